import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readBuild } from "../../infra/build.ts";
import { readDefinition } from "../../infra/definition.ts";
import { copyOf, type Fixture, makeFixture, synthesize } from "./synth.ts";

let fixture: Fixture;
let copy: ReturnType<typeof copyOf>;
const changeManifest = (
  change: (manifest: Record<string, Record<string, Record<string, unknown>>>) => void,
) => {
  const file = join(copy.folder, "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  change(manifest);
  writeFileSync(file, JSON.stringify(manifest));
};
beforeAll(async () => {
  fixture = await makeFixture();
});
beforeEach(() => {
  copy = copyOf(fixture.build);
  return () => copy.remove();
});
afterAll(() => fixture.remove());

describe("a build", () => {
  it("is read in the order of names", () => {
    const { functions, flows } = readBuild(copy.folder);
    expect(functions.map(({ name }) => name)).toEqual(["load", "price", "start"]);
    expect(flows.map(({ name, definition }) => [name, definition.distributed])).toEqual([
      ["orders", false],
      ["refill", true],
    ]);
  });

  it.each([
    ["no folder", () => copy.remove(), /the manifest, is not there/],
    ["no JSON", () => writeFileSync(join(copy.folder, "manifest.json"), "{"), /is not JSON/],
    ["another version", () => changeManifest((m) => Object.assign(m, { version: 2 })), /version: /],
    ["a member that nobody knows", () => changeManifest((m) => Object.assign(m, { extra: 1 })), /extra/],
    ["no definition", () => rmSync(join(copy.folder, "orders.asl.json")), /the definition of flow "orders"/],
    [
      "no bundle",
      () => rmSync(join(copy.folder, "functions/load/index.mjs")),
      /the bundle of function "load"/,
    ],
    [
      "a function that is not there",
      () => changeManifest((m) => Object.assign(m["flows"]?.["orders"] ?? {}, { functions: ["nope"] })),
      /calls "nope"/,
    ],
  ])("with %s is refused", (_what, damage, cause) => {
    damage();
    expect(() => readBuild(copy.folder)).toThrow(
      expect.objectContaining({ code: "RLT5004", message: expect.stringMatching(cause) }),
    );
  });

  it("without a start door is refused", () => {
    changeManifest((manifest) => delete manifest["functions"]?.["start"]);
    expect(() => synthesize(fixture, { build: copy.folder })).toThrow(/no start door/);
  });
});

describe("the control plane", () => {
  it("must be there whole", () => {
    expect(() => synthesize(fixture, { controlPlane: copy.folder })).toThrow(
      /one of Runlet's own functions, is not there/,
    );
  });
});

describe("a definition", () => {
  const read = (states: unknown) =>
    readDefinition(JSON.stringify({ States: states }), new Set(["task", "other"]), "f");

  it("tells what it needs", () => {
    const { tokens, distributed, usesBucket } = read({
      a: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
        Arguments: { FunctionName: "${task}" },
      },
      b: { Type: "Map", ItemReader: { Resource: "arn:aws:states:::s3:getObject" } },
    });
    expect([[...tokens], distributed, usesBucket]).toEqual([["task"], false, true]);
  });

  it.each([
    "${task}",
    "a ${task} b",
    "${unknown}",
    "$${task}",
    "${",
    '"FunctionName":"${task}"',
    '\\"FunctionName\\":\\"${task}\\"',
    "{% $x & '${task}' %}",
  ])("keeps the data %j as data", (data) => {
    const { text, tokens } = read({ a: { Type: "Pass", Output: { data, [data]: [data] } } });
    expect(text).not.toContain("${");
    expect(tokens.size).toBe(0);
    expect(JSON.parse(text)).toEqual({ States: { a: { Type: "Pass", Output: { data, [data]: [data] } } } });
  });

  it.each([
    ["a placeholder of no function", { a: { Resource: "${nope}" } }],
    ["a resource that its role would not allow", { a: { Resource: "arn:aws:states:::dynamodb:putItem" } }],
  ])("with %s is refused", (_what, states) => {
    expect(() => read(states)).toThrow(expect.objectContaining({ code: "RLT3001" }));
  });

  it("that is not JSON is refused", () => {
    expect(() => readDefinition("{", new Set(), "f")).toThrow(expect.objectContaining({ code: "RLT3001" }));
  });
});

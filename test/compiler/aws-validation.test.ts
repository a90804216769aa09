import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StateMachine } from "../../sdk/asl/types.ts";
import { compileFlows } from "../../sdk/testing/index.ts";
import { root } from "../cli/cli.ts";
import { EXAMPLES } from "../examples/folders.ts";
import { awsProblems } from "./aws-validation.ts";
import { brokenRules } from "./definition-rules.ts";

describe("definitions of the examples", () => {
  it.each(EXAMPLES)("%s passes AWS's language service, and our own rules", async (name) => {
    const compiled = await compileFlows(join(root, "examples", name, "flow.ts"));
    expect((await Promise.all(compiled.flows.map(awsProblems))).flat()).toEqual([]);
    expect(compiled.flows.flatMap(brokenRules)).toEqual([]);
    compiled.close();
  });
});

describe("AWS's language service as it is called here", () => {
  const machine = (States: object, StartAt = "a"): StateMachine =>
    ({ QueryLanguage: "JSONata", StartAt, States }) as unknown as StateMachine;
  const end = { Type: "Pass", End: true };

  it.each([
    ["a state that does not exist", machine({ a: { Type: "Pass", Next: "b" } })],
    ["a start that does not exist", machine({ a: end }, "b")],
    ["a state that nothing leads to", machine({ a: end, b: end })],
    ["an unknown type", machine({ a: { Type: "Repeat", End: true } })],
    ["a task without a resource", machine({ a: { Type: "Task", End: true } })],
    ["a choice without choices", machine({ a: { Type: "Choice", Default: "b" }, b: end })],
    ["no end", machine({ a: { Type: "Pass", Next: "b" }, b: { Type: "Pass", Next: "a" } })],
  ])("refuses %s", async (_, definition) => {
    expect(await awsProblems({ name: "f", definition })).not.toEqual([]);
  });

  it("has nothing against a plain definition", async () => {
    expect(await awsProblems({ name: "f", definition: machine({ a: end }) })).toEqual([]);
  });
});

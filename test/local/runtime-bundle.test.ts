import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import type { InvokeOutcome } from "../../sdk/local/lambda-host/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { isReference } from "../../sdk/model/protocol.ts";
import { decodeCause } from "../../sdk/runtime/decode-cause.ts";
import { inlineEvent, taskEvent } from "../runtime/as-lambda.ts";
import { outputOf, source, type TestHost, testHost } from "./host-fixture.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const SDK = fileURLToPath(new URL("../../sdk/", import.meta.url));

/** Bundles a module as the compiler does: the wrapper inside, the AWS SDK outside. */
async function bundleOf(code: string): Promise<string> {
  const file = await source(
    code.replace(/from "runlet\/(\w+)"/g, (_, path) => `from "${SDK}${path}/index.ts"`),
  );
  const outfile = join(dirname(file), "built", "index.mjs");
  const common = { bundle: true, minify: true, platform: "node", format: "esm", target: "node20" } as const;
  await build({ entryPoints: [file], outfile, external: ["@aws-sdk/*"], ...common });
  return outfile;
}

const TASKS = `
  import { createTaskHandler } from "runlet/runtime";
  import { secret, taskContext } from "${SDK}flow/task-context.ts";
  const actions = {
    big: () => "x".repeat(400_000),
    length: (text) => text.length,
    key: () => taskContext().idempotencyKey,
    fail: () => { throw new RangeError("no page with " + secret("token"), { cause: new Error("404") }); },
    hang: () => new Promise(() => {}),
  };
  export const handler = createTaskHandler({ fn: (name, ...rest) => actions[name](...rest) },
    { name: "act", timeoutSeconds: 0.05, secrets: ["token"] });
`;
const REGIONS = `
  import { createInlineHandler } from "runlet/runtime";
  export const handler = createInlineHandler({
    sum: ({ rows }) => rows.reduce((a, b) => a + b, 0),
    push: ({ rows }) => rows.push(1),
  });
`;

let host: TestHost;
let objects: string;

beforeAll(async () => {
  objects = await temporaryFolder();
  host = await testHost({ environment: { RUNLET_OBJECTS: objects, RUNLET_SECRET_TOKEN: "s3cr3t-value" } });
  const spec = { timeoutSeconds: 30, memoryMb: 256, environment: {} };
  host.register("act", { ...spec, bundleFile: await bundleOf(TASKS) });
  host.register("regions", { ...spec, bundleFile: await bundleOf(REGIONS) });
});

const act = (...args: Json[]): Promise<InvokeOutcome> => host.invoke("act", taskEvent({ args }) as never);
const failureOf = (outcome: InvokeOutcome) =>
  outcome.ok ? undefined : { error: outcome.error, ...decodeCause(outcome.cause, outcome.error) };

describe("the wrapper in a bundle, in a process", () => {
  it("runs a task and knows its call", async () => {
    expect(outputOf(await act("key"))).toBe("run-1/load/2.0");
  });

  it("keeps large results in the directory of objects", async () => {
    const reference = outputOf(await act("big"));
    expect(isReference(reference)).toBe(true);
    expect(await readdir(join(objects, "results/run-1/load"))).toHaveLength(1);
    expect(outputOf(await act("length", reference))).toBe(400_000);
  });

  it("gives name, message and cause of an error, and no secret", async () => {
    expect(failureOf(await act("fail"))).toEqual({
      error: "RangeError",
      name: "RangeError",
      message: "no page with [secret token]",
      cause: { name: "Error", message: "404" },
    });
  });

  it("ends the process of a task that did not stop in time", async () => {
    expect(failureOf(await act("hang"))?.message).toMatch(/^RLT3004: /);
    expect(host.processes().some(({ functionName }) => functionName === "act")).toBe(false);
    expect(outputOf(await act("key"))).toBe("run-1/load/2.0");
  });

  it("runs regions of a flow", async () => {
    const run = (region: string) => host.invoke("regions", inlineEvent(region, { rows: [1, 2] }) as never);
    expect(outputOf(await run("sum"))).toBe(3);
    expect(failureOf(await run("push"))?.message).toMatch(/^RLT2008: /);
  });
});

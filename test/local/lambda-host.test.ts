import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { bundle, errorOf, outputOf, source, testHost } from "./host-fixture.ts";

describe("an invocation", () => {
  it("passes the event and answers what the handler gives", async () => {
    const host = await testHost();
    await host.add("echo", "return { event, twice: event.n * 2, gone: undefined };");
    const event = { n: 21, text: "ü \u2028 \ud83d\ude00", deep: [[null, -1.5e-7, ""]] };
    expect(outputOf(await host.invoke("echo", event))).toEqual({ event, twice: 42 });
  });

  it("has Lambda's context", async () => {
    const host = await testHost({ requestId: () => "11111111-2222-3333-4444-555555555555" });
    const body =
      "const ms = context.getRemainingTimeInMillis(); return { ...context, ms, args: arguments.length };";
    const file = await source(`export async function handler(event, context) { ${body} }`);
    host.register("ctx", { bundleFile: file, timeoutSeconds: 7, memoryMb: 200, environment: {} });
    const { ms, logStreamName, ...context } = outputOf(await host.invoke("ctx", {})) as Record<
      string,
      unknown
    >;
    expect(context).toEqual({
      callbackWaitsForEmptyEventLoop: true,
      functionName: "ctx",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:ctx",
      memoryLimitInMB: "200",
      awsRequestId: "11111111-2222-3333-4444-555555555555",
      logGroupName: "/aws/lambda/ctx",
      args: 2,
    });
    expect(logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(ms).toBeGreaterThan(6_000);
    expect(ms).toBeLessThanOrEqual(7_000);
  });

  it("takes a handler that is no async function, and one that gives nothing", async () => {
    const host = await testHost();
    const sync = await source("export const handler = (event) => event + 1;");
    host.register("sync", { bundleFile: sync, timeoutSeconds: 9, memoryMb: 256, environment: {} });
    await host.add("nothing", "");
    expect(outputOf(await host.invoke("sync", 1))).toBe(2);
    expect(outputOf(await host.invoke("nothing", {}))).toBe(null);
  });

  it("of a task that puts a clock of its own in the place of Node's is answered, and so is the next", async () => {
    const host = await testHost();
    const stopped = "globalThis.setImmediate = globalThis.setTimeout = () => 0; performance.now = () => 0;";
    await host.add("stopped", `${stopped} return event.n;`);
    for (let n = 0; n < 4; n++) expect(outputOf(await host.invoke("stopped", { n }))).toBe(n);
  });

  it("carries large events and answers", async () => {
    const host = await testHost();
    await host.add("echo", "return event;");
    const rows = Array.from({ length: 50_000 }, (_, i) => `row ${i} ü "quoted"`);
    expect(outputOf(await host.invoke("echo", rows))).toEqual(rows);
  });

  it("is one at a time in a process, which stays warm", async () => {
    const host = await testHost({ maxProcesses: 1 });
    const head = "let calls = 0, running = 0, most = 0;";
    const body = `most = Math.max(most, ++running);
      await new Promise((r) => setImmediate(r));
      running--;
      return { calls: ++calls, most, pid: process.pid };`;
    await host.add("count", body, { head });
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => host.invoke("count", {})));
    const answers = outcomes.map(outputOf) as { calls: number; most: number; pid: number }[];
    expect(answers.map(({ calls }) => calls)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
    expect(answers.at(-1)?.most).toBe(1);
  });

  it("of a function that is not there answers as the service does", async () => {
    const host = await testHost({ requestId: () => "r-1" });
    expect(await host.invoke("none", {})).toEqual({
      ok: false,
      error: "Lambda.ResourceNotFoundException",
      cause:
        "Function not found: arn:aws:lambda:us-east-1:000000000000:function:none (Service: Lambda, Status Code: 404, Request ID: r-1)",
    });
  });

  it("sees a bundle that replaced another", async () => {
    const host = await testHost();
    await host.add("f", "return 1;");
    expect(outputOf(await host.invoke("f", {}))).toBe(1);
    await host.add("f", "return 2;");
    expect(outputOf(await host.invoke("f", {}))).toBe(2);
    expect(host.processes().length).toBe(1);
  });
});

describe("errors of a function", () => {
  it("are reported as Lambda's Node runtime does", async () => {
    const host = await testHost();
    await host.add("fail", 'const e = new RangeError("page 7"); e.stack = "line 1\\nline 2"; throw e;');
    expect(await host.invoke("fail", {})).toEqual({
      ok: false,
      error: "RangeError",
      cause: '{"errorType":"RangeError","errorMessage":"page 7","trace":["line 1","line 2"]}',
    });
  });

  it.each([
    ['"text"', "string", "text"],
    ["null", "object", "null"],
    ["42", "number", "42"],
    ["{ a: 1 }", "object", "[object Object]"],
  ])("of something else that is thrown: %s", async (thrown, error, errorMessage) => {
    const host = await testHost();
    await host.add("fail", `throw ${thrown};`);
    expect(errorOf(await host.invoke("fail", {}))).toEqual({ error, errorMessage, trace: [] });
  });

  it("leave the process in use", async () => {
    const host = await testHost({ maxProcesses: 1 });
    await host.add("fail", 'if (event.fail) throw new Error("x"); return process.pid;');
    const before = outputOf(await host.invoke("fail", {}));
    errorOf(await host.invoke("fail", { fail: true }));
    expect(outputOf(await host.invoke("fail", {}))).toBe(before);
  });

  it("of answers that cannot be sent", async () => {
    const host = await testHost();
    await host.add("big", "return 1n;");
    await host.add("cycle", "const a = {}; a.a = a; return a;");
    await host.add("long", 'return "x".repeat(6_291_555);');
    await host.add("fits", 'return "x".repeat(6_291_554);');
    await host.add("odd", "return () => 1;");
    const unsendable = {
      error: "Runtime.JSONStringifyError",
      errorMessage: "Unable to stringify response body",
    };
    expect(errorOf(await host.invoke("big", {}))).toMatchObject(unsendable);
    expect(errorOf(await host.invoke("cycle", {}))).toMatchObject(unsendable);
    expect(errorOf(await host.invoke("long", {}))).toEqual({
      error: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    });
    expect(String(outputOf(await host.invoke("fits", {}))).length).toBe(6_291_554);
    expect(outputOf(await host.invoke("odd", {}))).toBe(null);
  });

  it.each([
    ["no file", "", "Runtime.ImportModuleError", /Cannot find module/],
    ["a missing import", 'import "./none.mjs";', "Runtime.ImportModuleError", / Cannot find module/],
    ["a syntax error", "const = 1;", "Runtime.UserCodeSyntaxError", /^SyntaxError: Unexpected token/],
    ["no handler", "export const main = 1;", "Runtime.HandlerNotFound", /^index\.handler is undefined/],
    ["no function", "export const handler = 1;", "Runtime.HandlerNotFound", /is not a function$/],
    ["an error while loading", 'throw new TypeError("top");', "TypeError", /^top$/],
  ])("while it is loaded: %s", async (_, text, error, message) => {
    const host = await testHost();
    const file = text === "" ? "/nowhere/index.mjs" : await source(text);
    host.register("f", { bundleFile: file, timeoutSeconds: 9, memoryMb: 256, environment: {} });
    for (let n = 0; n < 2; n++) {
      const failure = errorOf(await host.invoke("f", {}));
      expect(failure.error).toBe(error);
      expect(failure.errorMessage).toMatch(message);
    }
  });
});

describe("the environment of a function", () => {
  it("is what was declared, and nothing of the host's", async () => {
    process.env["RUNLET_TEST_PARENT_SECRET"] = "leak";
    const host = await testHost({ environment: { RUNLET_OBJECTS: "/data" } });
    const file = await bundle("return { ...process.env };");
    const environment = { OWN: "1", AWS_LAMBDA_FUNCTION_NAME: "forged" };
    host.register("env", { bundleFile: file, timeoutSeconds: 9, memoryMb: 192, environment });
    const env = outputOf(await host.invoke("env", {})) as Record<string, string>;
    delete process.env["RUNLET_TEST_PARENT_SECRET"];
    const { PATH, HOME, TMPDIR, AWS_LAMBDA_LOG_STREAM_NAME, ...rest } = env;
    expect([PATH, HOME, TMPDIR]).toEqual([process.env["PATH"], process.env["HOME"], process.env["TMPDIR"]]);
    expect(AWS_LAMBDA_LOG_STREAM_NAME).toBeDefined();
    expect(rest).toEqual({
      OWN: "1",
      RUNLET_OBJECTS: "/data",
      _HANDLER: "index.handler",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "192",
      AWS_LAMBDA_FUNCTION_NAME: "env",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/env",
      AWS_REGION: "us-east-1",
      LAMBDA_TASK_ROOT: dirname(file),
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
    });
  });

  it("is its own: neither another function's nor another call's", async () => {
    const host = await testHost();
    const body = "const { MINE } = process.env; process.env.LEFT = event; return MINE ?? null;";
    await host.add("a", body, { environment: { MINE: "a" } });
    await host.add("b", body, { environment: {} });
    await host.warm(2);
    expect(outputOf(await host.invoke("a", "x"))).toBe("a");
    expect(outputOf(await host.invoke("b", "x"))).toBe(null);
  });

  it("is UTC, has the folder of the bundle, and no channel to the host", async () => {
    const host = await testHost();
    const body = `const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return { zone, hours: new Date(0).getHours(), cwd: process.cwd(), send: typeof process.send };`;
    const file = await bundle(body);
    host.register("where", { bundleFile: file, timeoutSeconds: 9, memoryMb: 256, environment: {} });
    expect(outputOf(await host.invoke("where", {}))).toEqual({
      zone: "UTC",
      hours: 0,
      cwd: dirname(file),
      send: "undefined",
    });
  });

  it("reaches Node itself where Node reads it", async () => {
    const host = await testHost();
    await host.warm(1);
    await host.add("options", 'return new Error("x").stack.includes("at ");', {
      environment: { NODE_OPTIONS: "--stack-trace-limit=0" },
    });
    expect(outputOf(await host.invoke("options", {}))).toBe(false);
  });
});

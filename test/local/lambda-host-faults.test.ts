import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import {
  buildEntry,
  bundle,
  childFile,
  errorOf,
  isAlive,
  outputOf,
  source,
  testHost,
  until,
} from "./host-fixture.ts";

const idless = (message: string) => message.replace(/RequestId: [0-9a-f-]{36} /, "");
const CHECK = 'if (event === "ok") return "ok";\n';

describe("what a task does to its process ends that invocation, and nothing else", () => {
  it.each([
    ["process.exit(1)", "Error: Runtime exited with error: exit status 1"],
    ["process.exit(0)", "Error: Runtime exited without providing a reason"],
    ["process.abort()", "Error: Runtime exited with error: signal: aborted"],
    ['process.kill(process.pid, "SIGKILL")', "Error: Runtime exited with error: signal: killed"],
  ])("%s", async (statement, message) => {
    const host = await testHost();
    await host.add("end", `${CHECK}${statement}; await new Promise(() => {});`);
    await host.add("other", 'await new Promise((r) => setTimeout(r, 30)); return "other";');
    const [ended, other] = await Promise.all([host.invoke("end", {}), host.invoke("other", {})]);
    expect(errorOf(ended).error).toBe("Runtime.ExitError");
    expect(idless(errorOf(ended).errorMessage)).toBe(message);
    expect(outputOf(other)).toBe("other");
    expect(outputOf(await host.invoke("end", "ok"))).toBe("ok");
  });

  it("a kill from outside, in the middle of a task", async () => {
    const host = await testHost();
    await host.add("victim", `${CHECK}console.log("in the middle"); await new Promise(() => {});`);
    const running = host.invoke("victim", {});
    await until(() => host.lines.length > 0, "the task runs");
    const pid = host.processes().find((process) => process.busy)?.pid ?? 0;
    process.kill(pid, "SIGKILL");
    expect(idless(errorOf(await running).errorMessage)).toMatch(/signal: killed$/);
    expect(outputOf(await host.invoke("victim", "ok"))).toBe("ok");
  });

  it("a kill of a process that waits", async () => {
    const host = await testHost();
    await host.add("f", "return process.pid;");
    const pid = outputOf(await host.invoke("f", {})) as number;
    process.kill(pid, "SIGKILL");
    await until(() => host.processes().length === 0, "its end is noticed");
    expect(outputOf(await host.invoke("f", {}))).not.toBe(pid);
  });

  it("an endless loop, after its timeout", async () => {
    const clock = new ManualClock();
    const host = await testHost({ clock });
    await host.add("loop", `${CHECK}process.stdout.write("spin\\n"); for (;;);`, { timeoutSeconds: 3 });
    const running = host.invoke("loop", {});
    await until(() => host.lines.length > 0, "the loop spins");
    expect(clock.step()).toBe(true);
    const failure = errorOf(await running);
    expect(failure.error).toBe("Sandbox.Timedout");
    expect(failure.errorMessage).toMatch(
      /^RequestId: [0-9a-f-]{36} Error: Task timed out after 3\.00 seconds$/,
    );
    expect(failure.trace).toBeUndefined();
    expect(outputOf(await host.invoke("loop", "ok"))).toBe("ok");
  });

  it("a timeout on the real clock", async () => {
    const host = await testHost();
    await host.add("slow", "await new Promise(() => {});", { timeoutSeconds: 0.05 });
    expect(idless(errorOf(await host.invoke("slow", {})).errorMessage)).toBe(
      "Error: Task timed out after 0.05 seconds",
    );
  });

  it("memory that runs out", async () => {
    const host = await testHost();
    await host.add("fill", `${CHECK}const all = []; for (;;) all.push({ n: all.length });`, { memoryMb: 20 });
    await host.add("other", "return 1;");
    const [filled, other] = await Promise.all([host.invoke("fill", {}), host.invoke("other", {})]);
    expect(errorOf(filled).error).toBe("Runtime.ExitError");
    expect(idless(errorOf(filled).errorMessage)).toBe("Error: Runtime exited with error: signal: aborted");
    expect(host.lines.some((line) => line.stream === "stderr" && /heap out of memory/.test(line.text))).toBe(
      true,
    );
    expect(outputOf(other)).toBe(1);
    expect(outputOf(await host.invoke("fill", "ok"))).toBe("ok");
  });

  it("an unhandled rejection, with the exit of Lambda's runtime", async () => {
    const host = await testHost();
    await host.add("reject", `${CHECK}Promise.reject(new Error("boom")); await new Promise(() => {});`);
    const failure = errorOf(await host.invoke("reject", {}));
    expect(failure).toMatchObject({
      error: "Runtime.UnhandledPromiseRejection",
      errorMessage: "Error: boom",
    });
    expect(failure.trace?.[0]).toBe("Runtime.UnhandledPromiseRejection: Error: boom");
    expect(outputOf(await host.invoke("reject", "ok"))).toBe("ok");
  });

  it("an unhandled rejection in the turn in which the handler returns", async () => {
    const host = await testHost();
    await host.add("reject", 'Promise.reject(new Error("boom")); return 1;');
    expect(errorOf(await host.invoke("reject", {})).error).toBe("Runtime.UnhandledPromiseRejection");
  });

  it("an exception outside of the handler", async () => {
    const host = await testHost();
    const body = 'setImmediate(() => { throw new TypeError("late"); }); await new Promise(() => {});';
    await host.add("late", `${CHECK}${body}`);
    expect(errorOf(await host.invoke("late", {}))).toMatchObject({
      error: "TypeError",
      errorMessage: "late",
    });
    expect(outputOf(await host.invoke("late", "ok"))).toBe("ok");
  });

  it("an end while it is loaded", async () => {
    const host = await testHost();
    await host.add("f", "return 1;", { head: "process.exit(3);" });
    expect(idless(errorOf(await host.invoke("f", {})).errorMessage)).toMatch(/exit status 3$/);
    await host.add("g", "return 1;", {
      head: 'Promise.reject(new Error("boom")); await new Promise(() => {});',
    });
    expect(errorOf(await host.invoke("g", {})).error).toBe("Runtime.UnhandledPromiseRejection");
  });

  it("a load without end", async () => {
    const clock = new ManualClock();
    const host = await testHost({ clock });
    await host.add("f", "return 1;", { head: 'console.log("loading"); for (;;);', timeoutSeconds: 3 });
    const running = host.invoke("f", {});
    await until(() => host.lines.length > 0, "it loads");
    clock.step();
    expect(errorOf(await running).error).toBe("Sandbox.Timedout");
  });

  it("its output closed, and its end in the middle of a line", async () => {
    const host = await testHost();
    await host.add("closed", "process.stdout.end(); return 1;");
    expect(outputOf(await host.invoke("closed", {}))).toBe(1);
    await host.add("half", 'process.stdout.write("half a line"); process.exit(1);');
    errorOf(await host.invoke("half", {}));
    expect(host.lines.at(-1)).toMatchObject({ functionName: "half", text: "half a line" });
  });

  it("a task that gave up on time leaves nothing running", async () => {
    const host = await testHost({ maxProcesses: 1 });
    await host.add("late", `${CHECK}throw new Error("RLT3004: A task ran longer than 1 s.");`);
    errorOf(await host.invoke("late", {}));
    const pid = host.processes()[0]?.pid;
    expect(pid).toBeUndefined();
    expect(outputOf(await host.invoke("late", "ok"))).toBe("ok");
  });
});

describe("an abort", () => {
  it("kills the process of that invocation only", async () => {
    const host = await testHost();
    await host.add(
      "wait",
      'console.log("on"); await new Promise((r) => setTimeout(r, event)); return event;',
    );
    const abort = new AbortController();
    const [aborted, other] = [host.invoke("wait", 60_000, { signal: abort.signal }), host.invoke("wait", 60)];
    await until(() => host.lines.length > 0, "the first runs");
    const pids = host.processes().map(({ pid }) => pid ?? 0);
    abort.abort();
    expect(idless(errorOf(await aborted).errorMessage)).toMatch(/signal: killed$/);
    expect(pids.some((pid) => !isAlive(pid))).toBe(true);
    expect(outputOf(await other)).toBe(60);
  });

  it("takes a call out of the queue, or keeps it from starting", async () => {
    const host = await testHost({ maxProcesses: 1 });
    await host.add("log", "console.log(event); await new Promise((r) => setTimeout(r, 20)); return event;");
    const abort = new AbortController();
    const first = host.invoke("log", "first");
    const second = host.invoke("log", "second", { signal: abort.signal });
    const third = host.invoke("log", "third");
    abort.abort();
    expect(errorOf(await second).error).toBe("Runtime.ExitError");
    expect(errorOf(await host.invoke("log", "fourth", { signal: abort.signal })).error).toBe(
      "Runtime.ExitError",
    );
    expect([outputOf(await first), outputOf(await third)]).toEqual(["first", "third"]);
    expect(host.lines.map((line) => line.text)).toEqual(["first", "third"]);
  });

  it("after the answer does nothing", async () => {
    const host = await testHost();
    await host.add("f", "return process.pid;");
    const abort = new AbortController();
    const pid = outputOf(await host.invoke("f", {}, { signal: abort.signal }));
    abort.abort();
    expect(outputOf(await host.invoke("f", {}))).toBe(pid);
  });
});

describe("the end of a host", () => {
  it("leaves no process behind, nor one that a task started", async () => {
    const host = await testHost();
    const head = 'import { spawn } from "node:child_process";';
    const body = `const sleeper = spawn("sleep", ["600"], { stdio: "ignore" });
      console.log(sleeper.pid);
      await new Promise(() => {});`;
    await host.add("start", body, { head });
    await host.add("idle", "return process.pid;");
    const idle = outputOf(await host.invoke("idle", {})) as number;
    const running = host.invoke("start", {});
    const waits = expect(running).rejects.toThrow("host of Lambda functions was closed");
    await until(() => host.lines.length > 0, "the task runs");
    const pids = [idle, Number(host.lines[0]?.text), ...host.processes().map(({ pid }) => pid ?? 0)];
    expect(pids.every(isAlive)).toBe(true);
    await host.close();
    await waits;
    await until(() => !pids.some(isAlive), "all are gone");
    await expect(host.invoke("idle", {})).rejects.toThrow("closed");
  });

  it.each(["for (;;);", "await new Promise(() => {});"])(
    "also ends them when it is killed itself: %s",
    async (body) => {
      const file = await bundle(`console.log(process.pid); ${body}`);
      const program = await source(`
      import { createLambdaHost } from ${JSON.stringify(await buildEntry("index.ts"))};
      const host = createLambdaHost({
        environment: {},
        childFile: ${JSON.stringify(await childFile())},
        onLog: (line) => console.log(line.text),
      });
      host.register("f", { bundleFile: ${JSON.stringify(file)}, timeoutSeconds: 900, memoryMb: 128, environment: {} });
      await host.warm(2);
      for (const { pid } of host.processes()) console.log(pid);
      await host.invoke("f", {});
    `);
      const run = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
      let printed = "";
      run.stdout.on("data", (text) => {
        printed += text;
      });
      await until(() => printed.trim().split("\n").length === 3, "the task runs");
      const pids = printed.trim().split("\n").map(Number);
      expect(pids.every(isAlive)).toBe(true);
      run.kill("SIGKILL");
      await until(() => !pids.some(isAlive), "its processes are gone");
    },
  );
});

import { getPriority } from "node:os";
import { describe, expect, it, vi } from "vitest";
import { outputOf, testHost } from "./host-fixture.ts";

const SLOW = "await new Promise((r) => setTimeout(r, event)); return process.pid;";

describe("processes", () => {
  it("become more while calls wait, up to the cap", async () => {
    const host = await testHost({ maxProcesses: 4 });
    await host.add("slow", SLOW);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => host.invoke("slow", 60)));
    const pids = new Set(outcomes.map(outputOf));
    expect(pids.size).toBeGreaterThan(1);
    expect(pids.size).toBeLessThanOrEqual(4);
    // One that was on its way while calls waited may come too late for any: it stays, within the cap.
    expect(host.processes().length).toBeGreaterThanOrEqual(pids.size);
    expect(host.processes().length).toBeLessThanOrEqual(4);
  });

  it("do not become more for a quick burst", async () => {
    const host = await testHost({ maxProcesses: 8 });
    await host.add("quick", "return process.pid;");
    await host.invoke("quick", {});
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => host.invoke("quick", {})));
    expect(new Set(outcomes.map(outputOf)).size).toBe(1);
  });

  it("are there for calls that come behind several that hang", async () => {
    const host = await testHost({ maxProcesses: 8 });
    const end = new AbortController();
    await host.add("f", 'if (event === "hang") await new Promise(() => {}); return event;');
    await host.invoke("f", "quick");
    const hung = Array.from({ length: 5 }, () => host.invoke("f", "hang", { signal: end.signal }));
    const quick = await Promise.all(Array.from({ length: 3 }, () => host.invoke("f", "quick")));
    expect(quick.map(outputOf)).toEqual(["quick", "quick", "quick"]);
    end.abort();
    expect((await Promise.all(hung)).map(({ ok }) => ok)).toEqual(new Array(5).fill(false));
  });

  it.skipIf(process.platform === "win32")("with a call that runs long yield to the others", async () => {
    const host = await testHost();
    const end = new AbortController();
    await host.add("f", 'if (event === "spin") for (;;); return process.pid;');
    const usual = getPriority(outputOf(await host.invoke("f", "quick")) as number);
    const spinning = host.invoke("f", "spin", { signal: end.signal });
    const { pid = 0 } = host.processes().find(({ busy }) => busy) ?? {};
    await vi.waitUntil(() => getPriority(pid) > usual, { timeout: 10_000 });
    const other = outputOf(await host.invoke("f", "quick")) as number;
    expect(getPriority(other)).toBe(usual);
    end.abort();
    await spinning;
  });

  it("that have yielded take calls again", async () => {
    const host = await testHost({ maxProcesses: 1 });
    await host.add("f", SLOW);
    const pid = outputOf(await host.invoke("f", 300)) as number;
    expect(outputOf(await host.invoke("f", 1))).toBe(pid);
    // To be as any other again takes a privilege.
    if (process.getuid?.() === 0) expect(getPriority(pid)).toBe(getPriority());
  });

  it("serve calls of a function in their order", async () => {
    const host = await testHost({ maxProcesses: 1 });
    await host.add("log", "console.log(event); return event;");
    await Promise.all(Array.from({ length: 10 }, (_, n) => host.invoke("log", n)));
    expect(host.lines.map((line) => Number(line.text))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("of the least recently used function give way", async () => {
    const host = await testHost({ maxProcesses: 2 });
    for (const name of ["a", "b", "c"]) await host.add(name, "return process.pid;");
    const a = outputOf(await host.invoke("a", {}));
    const b = outputOf(await host.invoke("b", {}));
    expect(outputOf(await host.invoke("a", {}))).toBe(a);
    await host.invoke("c", {});
    expect(outputOf(await host.invoke("a", {}))).toBe(a);
    expect(host.processes().some(({ pid }) => pid === b)).toBe(false);
  });

  it("let no function starve, even one process for many", async () => {
    const host = await testHost({ maxProcesses: 1 });
    const order: string[] = [];
    for (const name of ["a", "b", "c"]) await host.add(name, "return 1;");
    const calls = ["a", "a", "b", "a", "c"].map((name) => host.invoke(name, {}).then(() => order.push(name)));
    await Promise.all(calls);
    expect(order).toEqual(["a", "a", "b", "a", "c"]);
    expect(host.processes().length).toBe(1);
  });

  it("that are warm are bound on first use, where they fit", async () => {
    const host = await testHost();
    await host.add("f", "return process.pid;");
    await host.add("g", "return process.pid;", { memoryMb: 512 });
    await host.warm(2);
    const pids = host.processes().map(({ pid }) => pid);
    expect(pids.length).toBe(2);
    expect(host.processes().every(({ functionName, busy }) => functionName === undefined && !busy)).toBe(
      true,
    );
    expect(pids).toContain(outputOf(await host.invoke("f", {})));
    expect(pids).toContain(outputOf(await host.invoke("g", {})));
  });

  it("get as much heap as their function has memory", async () => {
    const host = await testHost();
    const head = 'import { getHeapStatistics } from "node:v8";';
    for (const memoryMb of [128, 512]) {
      await host.add("heap", "return getHeapStatistics().heap_size_limit / 1_048_576;", { head, memoryMb });
      const limit = outputOf(await host.invoke("heap", {})) as number;
      expect(limit).toBeGreaterThanOrEqual(memoryMb);
      expect(limit).toBeLessThan(memoryMb + 100);
    }
  });
});

describe("output", () => {
  it("comes line by line, with function and invocation, before the answer", async () => {
    let n = 0;
    const host = await testHost({ requestId: () => `request-${n++}`, maxProcesses: 1 });
    const body = `console.log("out", event); console.error("err");
      process.stdout.write("no line feed"); return event;`;
    await host.add("talk", body, { head: 'console.log("loading");' });
    await host.invoke("talk", 0);
    const seen = host.lines.length;
    await host.invoke("talk", 1);
    const shown = host.lines.map(({ functionName, requestId, stream, text }) => [
      functionName,
      requestId,
      stream,
      text,
    ]);
    expect(shown.filter(([, , stream]) => stream === "stdout")).toEqual([
      ["talk", undefined, "stdout", "loading"],
      ["talk", "request-0", "stdout", "out 0"],
      ["talk", "request-0", "stdout", "no line feed"],
      ["talk", "request-1", "stdout", "out 1"],
      ["talk", "request-1", "stdout", "no line feed"],
    ]);
    expect(shown.filter(([, , stream]) => stream === "stderr")).toEqual([
      ["talk", "request-0", "stderr", "err"],
      ["talk", "request-1", "stderr", "err"],
    ]);
    expect(seen).toBe(4);
  });

  it("of calls at the same time is told apart", async () => {
    const host = await testHost({ maxProcesses: 4 });
    const body = `for (let i = 0; i < 50; i++) { console.log(event); if (i % 10 === 0) await new Promise((r) => setTimeout(r, 2)); }
      return context.awsRequestId;`;
    await host.add("chatter", body);
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, n) => host.invoke("chatter", `call ${n}`)),
    );
    for (const [n, outcome] of outcomes.entries()) {
      const own = host.lines.filter((line) => line.requestId === outputOf(outcome));
      expect(own.map((line) => line.text)).toEqual(Array(50).fill(`call ${n}`));
    }
  });

  it("of any length and alphabet arrives whole", async () => {
    const host = await testHost();
    await host.add("long", 'console.log("ü😀".repeat(60_000)); console.log("x".repeat(600_000)); return 1;');
    await host.invoke("long", {});
    expect(host.lines[0]?.text).toBe("ü😀".repeat(60_000));
    expect(
      host.lines
        .slice(1)
        .map((line) => line.text)
        .join(""),
    ).toBe("x".repeat(600_000));
    expect(host.lines.length).toBeGreaterThan(2);
  });

  it("goes to nobody where nobody listens", async () => {
    const host = await testHost({ onLog: undefined as never });
    await host.add("talk", 'console.log("x"); return 1;');
    expect(outputOf(await host.invoke("talk", {}))).toBe(1);
  });
});

import { describe, expect, it } from "vitest";
import {
  launch,
  StartConflict,
  StartRefused,
  type StartRequest,
  startRun,
} from "../../functions/start/start.ts";
import { INLINE_RESULT_BYTES, isReference } from "../../sdk/model/protocol.ts";
import { memoryPorts } from "./memory-ports.ts";

const asked = (request: Partial<StartRequest> = {}): StartRequest => ({
  flow: "etl",
  input: { pages: 3 },
  source: "api",
  ...request,
});

describe("a start", () => {
  it("writes the record, then starts the execution under the run id", async () => {
    const ports = memoryPorts();
    expect(await startRun(asked(), ports)).toEqual({ runId: "run-1", status: "PENDING", replayed: false });
    expect(ports.machines.started.get("run-1")).toEqual({
      flow: "etl",
      runId: "run-1",
      input: { input: { pages: 3 } },
    });
    expect(ports.runs.all.get("run-1")).toMatchObject({
      flow: "etl",
      status: "PENDING",
      source: "api",
      position: 0,
    });
  });

  it("leaves the input out where the flow was called without one", async () => {
    const ports = memoryPorts();
    await startRun({ flow: "etl", source: "cli" }, ports);
    expect(ports.machines.started.get("run-1")?.input).toEqual({});
  });

  it("uses the run id that it is given", async () => {
    const ports = memoryPorts();
    expect((await startRun(asked({ runId: "mine" }), ports)).runId).toBe("mine");
  });
});

describe("a start that is refused", () => {
  it.each([
    ["an unknown flow", asked({ flow: "toString" }), "RLT4004"],
    ["an input that the schema refuses", asked({ input: { pages: "three" } }), "RLT2004"],
    ["an input that is not JSON", asked({ input: { pages: 1n } }), "RLT2001"],
    ["a reserved key", asked({ input: { pages: 1, "$runlet.ref": 1 } }), "RLT2002"],
    ["a blank key", asked({ idempotencyKey: " " }), "RLT4002"],
    ["a long key", asked({ idempotencyKey: "x".repeat(257) }), "RLT4002"],
    ["a run id that is no name", asked({ runId: "a/b" }), "RLT4002"],
    ["both a run id and a key", asked({ runId: "a", idempotencyKey: "b" }), "RLT4002"],
    ["an input above 50 MiB", asked({ input: { pages: 1, x: "x".repeat(50 * 1_024 * 1_024) } }), "RLT2009"],
  ])("%s leaves no trace", async (_what, request, code) => {
    const ports = memoryPorts();
    await expect(startRun(request, ports)).rejects.toMatchObject({ code });
    expect([ports.runs.all.size, ports.machines.started.size, ports.objects.all.size]).toEqual([0, 0, 0]);
  });

  it("names the field", async () => {
    await expect(startRun(asked({ input: { pages: "three" } }), memoryPorts())).rejects.toThrow(
      /pages: expected/,
    );
  });
});

describe("an idempotency key", () => {
  const keyed = asked({ idempotencyKey: "order-17" });

  it("answers with the same run, and starts it once", async () => {
    const ports = memoryPorts();
    const first = await startRun(keyed, ports);
    const second = await startRun(keyed, ports);
    expect(second).toEqual({ ...first, replayed: true });
    expect(ports.machines.started.size).toBe(1);
  });

  it("gives one run to many starts at once", async () => {
    const ports = memoryPorts();
    const results = await Promise.all(Array.from({ length: 1_000 }, () => startRun(keyed, ports)));
    expect(new Set(results.map(({ runId }) => runId)).size).toBe(1);
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect([ports.runs.all.size, ports.machines.started.size]).toEqual([1, 1]);
  });

  it("tells the state of a run that has moved on", async () => {
    const ports = memoryPorts();
    const { runId } = await startRun(keyed, ports);
    const end = { status: "COMPLETED", redriveCount: 0, event: 99_999, at: 1 } as const;
    await ports.runs.mark(runId, end, { flow: "etl", createdAt: 0 });
    expect(await startRun(keyed, ports)).toEqual({ runId, status: "COMPLETED", replayed: true });
  });

  it("is refused for another input", async () => {
    const ports = memoryPorts();
    await startRun(keyed, ports);
    await expect(startRun({ ...keyed, input: { pages: 4 } }, ports)).rejects.toBeInstanceOf(StartConflict);
    expect(ports.machines.started.size).toBe(1);
  });

  it("stands for another run in another flow", async () => {
    const ports = { ...memoryPorts(), hasFlow: () => true };
    const first = await startRun(keyed, ports);
    expect((await startRun({ ...keyed, flow: "other" }, ports)).runId).not.toBe(first.runId);
  });
});

describe("a crash between record and execution", () => {
  const keyed = asked({ idempotencyKey: "k" });

  it("is mended by a start with the same key", async () => {
    const ports = memoryPorts();
    ports.machines.fail(new Error("socket hang up"));
    await expect(startRun(keyed, ports)).rejects.toThrow("socket hang up");
    expect([ports.runs.all.size, ports.machines.started.size]).toEqual([1, 0]);
    expect(await startRun(keyed, ports)).toMatchObject({ status: "PENDING", replayed: true });
    expect([ports.runs.all.size, ports.machines.started.size]).toEqual([1, 1]);
  });

  it("goes on with the input of the first start, where the schema makes another one each time", async () => {
    let tick = 0;
    const ports = { ...memoryPorts(), parseInput: () => ({ at: ++tick }) };
    ports.machines.fail(new StartRefused("gone"));
    await expect(startRun(keyed, ports)).rejects.toThrow("gone");
    const { runId } = await startRun(keyed, ports);
    expect(ports.machines.started.get(runId)?.input).toEqual({ input: { at: 1 } });
  });

  it("goes on with an input that lives in an object", async () => {
    const ports = memoryPorts();
    const request = { ...keyed, input: { pages: 1, note: "x".repeat(20_000) } };
    ports.machines.fail(new Error("lost"));
    await expect(startRun(request, ports)).rejects.toThrow("lost");
    const { runId } = await startRun(request, ports);
    expect(ports.machines.started.get(runId)?.input).toEqual({ input: request.input });
  });
});

describe("a large input", () => {
  const ofBytes = (bytes: number) => {
    const empty = JSON.stringify({ pages: 1, note: "" }).length;
    return { pages: 1, note: "x".repeat(bytes - empty) };
  };

  it.each([
    ["8 KiB", 8_192, 0, false],
    ["8 KiB and a byte", 8_193, 1, false],
    ["the most that is inline", INLINE_RESULT_BYTES, 1, false],
    ["a byte more", INLINE_RESULT_BYTES + 1, 1, true],
    ["5 MB", 5_000_000, 1, true],
  ])("of %s goes where it is cheapest and fits", async (_what, bytes, objects, byReference) => {
    const ports = memoryPorts();
    const input = ofBytes(bytes);
    const { runId } = await startRun(asked({ input }), ports);
    const execution = ports.machines.started.get(runId);
    expect(ports.objects.all.size).toBe(objects);
    expect(isReference(execution?.input.input)).toBe(byReference);
    expect(JSON.stringify(execution?.input).length).toBeLessThan(262_144);
    expect(JSON.stringify(ports.runs.all.get(runId)).length).toBeLessThan(10_000);
    const again = memoryPorts();
    const record = ports.runs.all.get(runId);
    if (record) await launch(record, { machines: again.machines, objects: ports.objects });
    expect(again.machines.started.get(runId)).toEqual(execution);
  });

  it("is not written over by a start that turns out to be a conflict", async () => {
    const ports = memoryPorts();
    const first = asked({ idempotencyKey: "k", input: ofBytes(300_000) });
    await startRun(first, ports);
    const before = new Map(ports.objects.all);
    await expect(startRun({ ...first, input: ofBytes(300_001) }, ports)).rejects.toBeInstanceOf(
      StartConflict,
    );
    for (const [key, text] of before) expect(ports.objects.all.get(key)).toBe(text);
  });
});

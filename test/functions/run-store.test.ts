import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { runStoreFromEnvironment } from "../../functions/start/ports.aws.ts";
import { keyedRunId } from "../../functions/store/keys.ts";
import {
  LAST_EVENT,
  type RunRecord,
  type RunStore,
  type Transition,
} from "../../functions/store/run-record.ts";
import { memoryRuns } from "./memory-ports.ts";

// The fake and the table keep one contract. `npm run test:emulator` gives the address of a table made from the
// deployed template; without it the contract is checked on the fake alone, which the other tests stand on.
const onTheWire = process.env["RUNLET_TEST_TABLE"];
const stores: [string, () => RunStore | Promise<RunStore>][] = [["in memory", memoryRuns]];
if (onTheWire) stores.push(["in DynamoDB", () => runStoreFromEnvironment({ RUNLET_TABLE: onTheWire })]);

const T0 = Date.UTC(2026, 0, 1);
const record = (runId: string, more: Partial<RunRecord> = {}): RunRecord => ({
  runId,
  flow: "etl",
  status: "PENDING",
  source: "api",
  requestSha256: "00",
  input: { text: '{"input":{"pages":3}}' },
  createdAt: T0,
  updatedAt: T0,
  position: 0,
  ...more,
});
const running: Transition = { status: "RUNNING", redriveCount: 0, event: 1, at: T0 + 1 };
const failed: Transition = {
  status: "FAILED",
  redriveCount: 0,
  event: LAST_EVENT,
  at: T0 + 2,
  endedAt: T0 + 2,
  error: { name: "E", cause: "c" },
};
const seen = { flow: "etl", createdAt: T0 };

describe.each(stores)("run records %s", (_where, open) => {
  it("are created once", async () => {
    const runs = await open();
    const id = randomUUID();
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => runs.create(record(id, { createdAt: T0 + n }))),
    );
    expect(results.filter((existing) => existing === undefined)).toHaveLength(1);
    expect(new Set(results.filter((existing) => existing).map((existing) => existing?.createdAt)).size).toBe(
      1,
    );
  });

  it("come back as they were written", async () => {
    const runs = await open();
    const written = record(randomUUID(), { idempotencyKey: "k" });
    await runs.create(written);
    expect(await runs.get(written.runId)).toEqual(written);
    expect(await runs.get(randomUUID())).toBeUndefined();
  });

  it("are found by their key", async () => {
    const runs = await open();
    const key = randomUUID();
    await runs.create(record(keyedRunId("etl", key)));
    expect(await runs.getByIdempotencyKey("etl", key)).toMatchObject({ runId: keyedRunId("etl", key) });
    expect(await runs.getByIdempotencyKey("other", key)).toBeUndefined();
  });

  it("move on, and never back", async () => {
    const runs = await open();
    const id = randomUUID();
    await runs.create(record(id));
    expect(await runs.mark(id, running, seen)).toBe(true);
    expect(await runs.mark(id, running, seen)).toBe(false);
    expect(await runs.mark(id, failed, seen)).toBe(true);
    expect(await runs.mark(id, { ...failed, status: "COMPLETED" }, seen)).toBe(false);
    expect(await runs.mark(id, running, seen)).toBe(false);
    expect(await runs.get(id)).toMatchObject({ status: "FAILED", error: { name: "E" }, createdAt: T0 });
    expect(await runs.mark(id, { ...running, redriveCount: 1 }, seen)).toBe(true);
    const reopened = await runs.get(id);
    expect(reopened).toMatchObject({ status: "RUNNING", source: "api", input: { text: expect.any(String) } });
    expect(reopened).not.toHaveProperty("error");
    expect(reopened).not.toHaveProperty("endedAt");
  });

  it("are made by an event where nobody else made them", async () => {
    const runs = await open();
    const id = randomUUID();
    expect(await runs.mark(id, running, seen)).toBe(true);
    expect(await runs.get(id)).toMatchObject({ runId: id, flow: "etl", source: "direct", status: "RUNNING" });
  });

  it("come up for a check until they end", async () => {
    const runs = await open();
    // Far apart from the times of other tests, since a table on the wire is shared with them.
    const at = Date.UTC(2001, 0, 1) + Math.floor(Math.random() * 1e9);
    const [id, other] = [randomUUID(), randomUUID()];
    await runs.create(record(id, { createdAt: at }));
    await runs.create(record(other, { createdAt: at }));
    const due = async (now: number) => (await runs.due(now, 100)).map((run) => run.runId);
    expect(await due(at + 60_000)).not.toContain(id);
    expect(await due(at + 180_000)).toEqual(expect.arrayContaining([id, other]));
    await runs.defer(id, at + 600_000);
    expect(await due(at + 180_000)).not.toContain(id);
    expect(await due(at + 600_000)).toContain(id);
    await runs.mark(id, failed, seen);
    await runs.defer(id, at);
    expect(await due(at + 600_000)).not.toContain(id);
    await runs.mark(id, { ...running, redriveCount: 1 }, seen);
    expect(await due(failed.at + 300_000)).toContain(id);
    for (const run of [id, other]) await runs.mark(run, { ...failed, redriveCount: 2 }, seen);
  });

  it("are listed by flow, newest first", async () => {
    const runs = await open();
    const flow = `flow-${randomUUID()}`;
    for (const n of [2, 1, 3]) await runs.create(record(`${flow}-${n}`, { flow, createdAt: T0 + n }));
    const { runs: listed } = await runs.listByFlow(flow, { limit: 2 });
    expect(listed.map((run) => run.createdAt)).toEqual([T0 + 3, T0 + 2]);
    expect(listed[0]).toMatchObject({ runId: `${flow}-3`, flow, status: "PENDING" });
  });
});

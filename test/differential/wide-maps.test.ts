import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertSame, same } from "./compare.ts";
import { openPrograms, type Programs } from "./harness.ts";
import { suite } from "./suite.ts";

/** Flows whose answer must not depend on which Map runs them. */
const FLOWS = {
  tasks:
    "async ({ n }) => { const rs = await load.map(range(1, n)); return [rs.length, rs[0] ?? null, rs[n - 1] ?? null, rs.reduce((a, b) => a + b, 0)]; }",
  callback:
    "async ({ n, k, s }) => { const rs = await Promise.all(range(1, n).map(async (x, i) => { const y = await price([x, k]); if (x % 2 === 0) return { x, i, y }; return send(s, y, i); })); return [rs.length, rs[0], rs[n - 1], rs.filter((r) => r.count === 3).length]; }",
  statement: "async ({ n }) => { await notify.map(range(1, n)); return 'done'; }",
  failing:
    "async ({ n, bad }) => { try { const rs = await Promise.all(range(1, n).map(async (x) => { if (x === bad) throw new RangeError(`bad ${x}`); return load(x); })); return rs.length; } catch (e) { return send(e.name, e.message); } }",
  settled:
    "async ({ n, bad }) => { const rs = await Promise.allSettled(range(1, n).map(async (x) => pick(x === bad ? 'fail' : x))); return [rs.length, rs.filter((r) => r.status === 'rejected').map((r) => r.reason.message)]; }",
  wide: "async ({ n }) => { const rs = await load.map(range(1, n), { concurrency: 50 }); return [rs.length, rs.at(-1) ?? null]; }",
  batches:
    "async ({ n, k }) => { const rs = await send.map(range(1, n), { batchSize: 7 }); return [rs.length, rs.map((r) => r.sent[0]), k]; }",
  tolerant:
    "async ({ n, bad }) => { const rs = await pick.map(range(1, n).map((x) => (x === bad ? 'fail' : x)), { toleratedFailures: 1 }); return [rs.length, rs.filter((r) => r === null).length]; }",
} as const;

/** 100,000 take a while: `RUNLET_ITEMS=all npx vitest run test/differential/wide-maps.test.ts`. */
const MANY = process.env["RUNLET_ITEMS"] === "all" ? [3_600, 10_000, 100_000] : [3_600, 10_000];
const COUNTS = [0, 1, 2, 7, 40, 41, 90];

describe("a map of any number of items gives one answer", () => {
  let programs: Programs;
  beforeAll(async () => {
    const flows = Object.entries(FLOWS).map(([name, body]) => `export const ${name} = flow(${body});`);
    programs = await openPrograms({ "main.ts": flows.join("\n") });
  }, 60_000);
  afterAll(() => programs?.close());

  it.each(Object.keys(FLOWS))(
    "%s",
    async (name) => {
      const inputs = COUNTS.map((n) => ({ n, k: n % 3, s: "s", bad: n - 1 }));
      await same(programs, name, inputs);
    },
    120_000,
  );

  it(`${MANY.join(", ")} items`, async () => {
    for (const n of MANY) {
      const plain = await programs.plain("tasks", { n });
      const compiled = await programs.compiled("tasks", { n });
      expect(plain.end).toEqual({ value: JSON.stringify([n, 1, n, (n * (n + 1)) / 2]) });
      assertSame({ ...plain, calls: [] }, { ...compiled, calls: [] }, `${n} items`);
      expect(compiled.calls.length).toBe(n);
    }
  }, 900_000);
});

const many = {
  list: Array.from({ length: 60 }, (_, i) => i),
  a: 5,
  s: "text",
  rows: Array.from({ length: 45 }, (_, i) => [i, i + 1]),
  o: { x: { y: 3 } },
};

suite("what a distributed map's items read", {
  "captured values, and the input": {
    inputs: [many],
    flow: "async (raw) => { const o = await load(raw.o); let n = 1; n += raw.a; const all = await Promise.all(raw.list.map(async (x, i) => send(x, i, o.x.y, n, raw.s))); return all.map((r) => r.sent); }",
  },
  "a pattern and inner definitions": {
    inputs: [many],
    flow: "async (raw) => Promise.all(raw.rows.map(async ([a, b], i) => { const sum = a + b; const got = await price([sum, raw.a]); return { got, sum, i }; }))",
  },
  "loops, handlers and branches inside": {
    inputs: [many],
    flow: "async (raw) => Promise.all(raw.list.map(async (x) => { let n = 0; try { for (const j of [0, 1]) { n += await price([x, j]); if (x === 7) await boom('RangeError', 'seven'); } } catch (e) { await notify(e.message); return e.name; } switch (x % 3) { case 0: return n; case 1: { const y = await load(x); return [y]; } default: return raw.s; } }))",
  },
  "a map in a loop in a map": {
    inputs: [many],
    flow: "async (raw) => Promise.all(raw.list.map(async (x) => { let n = 0; for (const y of [1, 2]) { const rs = await Promise.all([1, 2].map(async (z) => price([x, y, z]))); n += rs.length; } return n; }))",
  },
  "a map inside, as large": {
    inputs: [{ list: many.list.slice(0, 42) }],
    flow: "async (raw) => { const all = await Promise.all(raw.list.slice(0, 2).map(async (x) => Promise.all(raw.list.map(async (y) => load([x, y]))))); return all.map((r) => r.length); }",
  },
  "a list of calls inside": {
    inputs: [many],
    flow: "async (raw) => { const all = await Promise.all(raw.list.map(async (x, i) => { const [a, b] = await Promise.all([load(x), price([i, raw.a])]); return a + b; })); return all; }",
  },
  "in a branch of a list of calls": {
    inputs: [many, { list: [1] }, { list: null }],
    flow: "async (raw) => { const [xs, y] = await Promise.all([load.map(raw.list), load(raw.a)]); return [xs.length, y]; }",
  },
  "in a loop": {
    inputs: [{ ...many, list: many.list.slice(0, 43) }],
    flow: "async (raw) => { let n = 0; for (const k of [1, 2]) { const rs = await load.map(raw.list); n += rs.length + k; } return n; }",
  },
  "items that only JavaScript computes": {
    inputs: [many],
    flow: "async (raw) => { const all = await Promise.all(raw.list.filter((x) => x % 2 === 0).concat(raw.list).map(async (x) => load(x))); return all.length; }",
  },
  "failures of several, and a catch": {
    inputs: [many],
    flow: "async (raw) => { try { await Promise.all(raw.list.map(async (x) => { if (x > 50) throw new TypeError(`x ${x}`); await load(x); })); return 'all'; } catch (e) { return e.message; } }",
  },
  "retries inside": {
    inputs: [many],
    flow: "async (raw) => { const rs = await Promise.all(raw.list.map(async (x) => flaky(x === 3 ? 2 : 0, x))); return rs.filter((r) => r.attempts > 0); }",
  },
  "tolerated in percent": {
    inputs: [many, { list: [1, 2] }],
    flow: "async (raw) => { const rs = await pick.map(raw.list.map((x) => (x === 1 ? 'fail' : x)), { toleratedFailures: '5%' }); return send(rs); }",
  },
  "too many to tolerate": {
    inputs: [many],
    flow: "async (raw) => { try { await pick.map(raw.list.map((x) => (x < 9 ? 'fail' : x)), { toleratedFailures: 3, concurrency: 41 }); return 'all'; } catch (e) { return [e.name, e.message]; } }",
  },
  "batches with what is captured": {
    inputs: [many],
    flow: "async (raw) => { const k = await load(raw.a); const rs = await send.map(raw.list.map((x) => [x, k, raw.s]), { batchSize: 25, concurrency: 30 }); return rs.map((r) => r.sent[0][0]); }",
  },
});

import { type Program, suite } from "./suite.ts";

const MODULE = `
import { sleep } from "runlet";
export const double = flow(async (x) => { const a = await load(x); return a * 2; });
`;
const of = (flow: string, inputs: readonly unknown[], more: object = {}): Program => ({
  flow,
  module: MODULE,
  inputs,
  ...more,
});

const PROGRAMS: Record<string, Program> = {
  "for of, with what stood before and what comes after": of(
    "async ({ xs, o }) => { const before = await load(o); let sum = 0; for (const x of xs) { const y = await load(x); sum += y; } const after = await price([before, sum]); return { before, sum, after, o }; }",
    [{ xs: [1, 2, 3, 4], o: { a: [[]] } }, { xs: [] }, { xs: [1], o: null }],
  ),
  "while, break and continue": of(
    "async ({ n }) => { let i = 0; let odd = 0; while (i < n) { i++; if (i % 2 === 0) continue; const y = await load(i); odd += y; if (odd > 8) break; } return [i, odd]; }",
    [{ n: 3 }, { n: 9 }, { n: 0 }],
  ),
  "for ever": of(
    "async ({ n }) => { let i = 0; for (;;) { const r = await load(i); if (r >= n) return { r }; i += 1; } }",
    [{ n: 0 }, { n: 4 }],
  ),
  "while (true) with a sleep": of(
    "async ({ n }) => { let i = 0; while (true) { const r = await load(i); if (r === n) break; i++; await sleep({ minutes: 1 }); } await load('end'); return i; }",
    [{ n: 3 }],
  ),
  "do while": of("async ({ n }) => { let i = 0; do { await load(i); i++; } while (i < n); return i; }", [
    { n: 3 },
    { n: 0 },
  ]),
  "loops in loops": of(
    "async ({ n }) => { let sum = 0; for (let i = 0; i < n; i++) { for (let j = 0; j < 2; j++) { const y = await load(i * 10 + j); sum += y; } await load(`row${i}`); } return sum; }",
    [{ n: 3 }, { n: 1 }],
  ),
  "two loops, one after the other": of(
    "async ({ n }) => { let a = 0; while (a < n) { await load(a); a++; } let b = 0; while (b < n) { await load([a, b]); b++; } return [a, b]; }",
    [{ n: 2 }],
  ),
  "in a try": of(
    "async ({ xs }) => { let done = 0; try { for (const x of xs) { await pick(x); done++; } return ['all', done]; } catch (e) { await load(e.message); return ['caught', done, e.name]; } }",
    [{ xs: [1, 2] }, { xs: [1, "fail", 3] }, { xs: ["fail"] }],
  ),
  "with a try inside": of(
    "async ({ xs }) => { let bad = 0; for (const x of xs) { try { await pick(x); } catch (e) { bad++; await load(e.message); } } return bad; }",
    [{ xs: [1, "fail", "fail", 2] }],
  ),
  "an error that nobody catches": of(
    "async ({ xs }) => { for (const x of xs) { await pick(x); } return 1; }",
    [{ xs: [1, 2, "fail", 3] }],
  ),
  "a map inside": of(
    "async ({ n }) => { let all = 0; for (let i = 0; i < n; i++) { const r = await Promise.all([1, 2].map(async (k) => load(i * 10 + k))); all += r[0] + r[1]; } return all; }",
    [{ n: 3 }],
  ),
  "a loop inside a map goes nowhere": of(
    "async ({ n }) => Promise.all([1, 2].map(async (k) => { let s = 0; for (let i = 0; i < n; i++) { const y = await load(k * 10 + i); s += y; } return s; }))",
    [{ n: 3 }],
  ),
  "flows that are called": of(
    "async ({ n }) => { let s = 0; for (let i = 0; i < n; i++) { const d = await double(i); s += d; } return s; }",
    [{ n: 3 }],
  ),
  "a flow that is tried again": of(
    "async ({ xs }) => { await load('begin'); for (const x of xs) { await pick(x); } return 1; }",
    [{ xs: [1, 2] }, { xs: [1, "fail"] }],
    { options: "{ retries: 2, retryDelay: { seconds: 30 } }" },
  ),
  "values of every kind live on": of(
    "async ({ n, v }) => { let last = v; const kept = await load({ v, list: [v], none: [] }); for (let i = 0; i < n; i++) { last = await load(last); } return [last, kept]; }",
    [null, [], [1], [[1]], {}, "", 0, { a: { b: null } }].map((v) => ({ n: 3, v })),
  ),
  "undefined lives on": of(
    "async ({ n }) => { let x; let y = 1; for (let i = 0; i < n; i++) { await load(i); if (i === 1) y = x; } return [x === undefined, y === undefined]; }",
    [{ n: 1 }, { n: 3 }],
  ),
  "retries inside keep their keys": of(
    "async ({ n }) => { let s = 0; for (let i = 0; i < n; i++) { const r = await flaky(i % 2, i); s += r.attempts; } return s; }",
    [{ n: 3 }],
  ),
  "without an input": of(
    "async () => { let s = 0; for (const i of [1, 2, 3]) { const y = await load(i); s += y; } return s; }",
    [{}],
  ),
};

suite("Loops that go on in another execution: each turn", PROGRAMS, { segmentEvents: 1 });
suite("Loops that go on in another execution: now and then", PROGRAMS, { segmentEvents: 20 });

import { type Program, suite } from "./suite.ts";

/** Flows that others call: with and without schema, failing in every way, retried, calling each other. */
const MODULE = `
import { FinalError } from "runlet";
export const echo = flow(async (x) => x);
export const none = flow(async () => "none");
export const given = flow(async (...rest) => 0);
export const worker = flow(async (x) => { const a = await load(x); return { a, again: await price(a) }; });
export const schooled = flow({ input: z.object({ n: z.number().max(9), tag: z.string().default("t"), at: z.string().transform((s) => s.length).optional() }) }, async (input) => { await send(input); return input; });
export const lenient = flow({ input: z.object({ n: z.number() }).default({ n: 7 }) }, async ({ n }) => n + 1);
export const picky = flow(async (x) => { await load("before"); const y = await pick(x); return { y }; });
export const thrower = flow(async (x) => { if (x === 1) throw new RangeError("direct"); if (x === 2) throw new TypeError("with " + x); if (x === 3) { try { await pick("fail"); } catch (e) { throw e; } } return x; });
export const named = flow({ name: "other-name" }, async (x) => { await boom(x, "message of " + x); });
export const refused = flow(async (x) => { const all = await Promise.all([x].map(async (one) => { await load(one); return one; })); return all.includes(all[0]); });
export const again = flow({ retries: 2, retryDelay: { seconds: 9 } }, async (x) => { const y = await pick(x); return y; });
export const outer = flow(async (x) => { const r = await picky(x); return { r }; });
export const mid = flow(async (x) => outer(x));
export const down = flow(async (n) => { if (n <= 0) return ["end"]; const rest = await down(n - 1); return [n, ...rest]; });
export const even = flow(async (n) => { if (n === 0) return true; return await odd1(n - 1); });
export const odd1 = flow(async (n) => { if (n === 0) return false; return await even(n - 1); });
export const mapper = flow(async (xs) => { const all = await Promise.all(xs.map(async (x) => { const r = await worker(x); return r.a; })); return all; });
`.replace("export const given = flow(async (...rest) => 0);\n", "");

const of = (flow: string, inputs?: readonly unknown[]): Program => ({
  flow,
  module: MODULE,
  ...(inputs && { inputs }),
});
const VALUES = [
  null,
  0,
  1,
  "",
  "text",
  [],
  [5],
  [[1]],
  [[]],
  [null],
  {},
  { a: [1, { b: null }] },
  true,
  -0.5,
  1e21,
];

suite("Flows in flows: values", {
  "a value there and back": of(
    "async ({ x }) => { const y = await echo(x); return { y }; }",
    VALUES.map((x) => ({ x })),
  ),
  "returned at once": of(
    "async ({ x }) => echo(x)",
    VALUES.map((x) => ({ x })),
  ),
  "no argument": of("async () => { const a = await none(); return [a, await none()]; }", [{}]),
  "what may be missing": {
    flow: "async (raw) => { const r = await load(raw); const f = echo(r?.x); const all = await Promise.all([r?.x, r].map(async (v) => await echo(v?.x))); return [await f, await echo(undefined), all, await echo(raw?.o?.x)]; }",
    module: MODULE,
    inputs: [{}, null, ...VALUES.map((x) => ({ x, o: { x } })), { x: { x: null } }],
    refuses: ["RLT3005"],
  },
  "undefined, at the top and inside": of(
    "async (input) => { const a = await echo(input.missing); const b = await echo({ a: input.missing, b: 1 }); const c = await echo([input.missing, 1]); return { a, b, c }; }",
    [{}, { missing: 1 }],
  ),
  "an object literal of guarded parts": of(
    "async ({ o }) => { const r = await worker({ x: o.x, y: [o.y, { z: `${o.x}!` }] }); return r; }",
    [{ o: { x: 1, y: 2 } }, { o: { x: "a", y: null } }, { o: {} }, { o: null }, {}],
  ),
  "what is awaited inside an argument": of(
    "async ({ x }) => worker([await load(x), await echo(await price(x))])",
    [{ x: 1 }, {}],
  ),
  "its calls stand in order": of(
    "async ({ x }) => { await load('a'); await worker(x); await load('b'); await worker([x]); return 1; }",
    [{ x: 1 }],
  ),
  "variables that change": of(
    "async ({ x }) => { let n = 1; n += 2; const a = await echo(n); n = a + 1; const b = await worker({ n, x }); n++; return { n, a, b }; }",
    [{ x: 2 }, {}],
  ),
  "a result that nobody reads": of("async ({ x }) => { await worker(x); return 1; }", [{ x: 1 }]),
  "a large result and a large input": of(
    "async ({ n }) => { const b = await big(n, 'r'); const y = await echo(b); const z = await worker(y); return [y.length, z.again]; }",
    [{ n: 100 }, { n: 300_000 }],
  ),
});

suite("Flows in flows: schemas", {
  "defaults and transforms": of("async ({ n, at }) => { const r = await schooled({ n, at }); return r; }", [
    { n: 1 },
    { n: 2, at: "four" },
    { n: 10 },
    { n: "1" },
    {},
    { n: null },
  ]),
  "a refusal is an error of the caller's": of(
    "async ({ n }) => { try { return await schooled({ n }); } catch (e) { return [e.name, e.message]; } }",
    [{ n: 1 }, { n: 10 }, {}],
  ),
  "a default for no input": of(
    "async (i) => [await lenient(), await lenient(i.a), await lenient({ n: 1 })]",
    [{}, { a: { n: 3 } }, { a: 3 }],
  ),
  "in a map": of(
    "async ({ ns }) => { const all = await Promise.all(ns.map(async (n) => { const r = await schooled({ n }); return r.tag; })); return all; }",
    [{ ns: [1, 2] }, { ns: [] }, { ns: [1, 99] }],
  ),
  "with changed variables": of(
    "async ({ n }) => { let k = 0; k += n; const r = await schooled({ n: k, tag: `k${k}` }); k = r.n; return [k, r.tag]; }",
    [{ n: 1 }, { n: 5 }],
  ),
});

suite("Flows in flows: failures", {
  "the child's own error": of("async ({ x }) => { const r = await picky(x); return r; }", [
    { x: 1 },
    { x: "fail" },
  ]),
  "through three levels": of("async ({ x }) => mid(x)", [{ x: 1 }, { x: "fail" }]),
  "caught, three levels up": of(
    "async ({ x }) => { try { return await mid(x); } catch (e) { await notify(e.name); return [e.name, e.message, e.cause?.message ?? null]; } }",
    [{ x: 1 }, { x: "fail" }],
  ),
  "thrown in the child": of(
    "async ({ x }) => { try { return await thrower(x); } catch (e) { return [e.name, e.message, String(e)]; } }",
    [0, 1, 2, 3].map((x) => ({ x })),
  ),
  "thrown on": of(
    "async ({ x }) => { try { return await thrower(x); } catch (e) { await load(e.message); throw e; } }",
    [{ x: 1 }, { x: 3 }],
  ),
  "a name of its own": of(
    "async ({ x }) => { try { await named(x); } catch (e) { return [e.name, e.message]; } await named(x); }",
    [{ x: "Busy" }, { x: "States.Timeout" }, { x: "RunletError" }],
  ),
  "no handler sees what only the compiler refuses": {
    ...(of(
      "async ({ x }) => { try { return await refused(x); } catch (e) { return 'caught ' + e.message; } }",
      [{ x: 1 }, { x: { a: 1 } }],
    ) as object),
    flow: "async ({ x }) => { try { return await refused(x); } catch (e) { return 'caught ' + e.message; } }",
    refuses: ["RLT2010"],
  },
  "items that fail": of(
    "async ({ xs }) => { try { return await Promise.all(xs.map(async (x) => { const r = await picky(x); return r.y; })); } catch (e) { return [e.name, e.message]; } }",
    [{ xs: [1, 2] }, { xs: [1, "fail", 3] }, { xs: ["fail", { fail: true }] }, { xs: [] }],
  ),
  "items that catch": of(
    "async ({ xs }) => Promise.all(xs.map(async (x) => { try { const r = await picky(x); return r.y; } catch (e) { return e.message; } }))",
    [{ xs: [1, "fail", 3] }],
  ),
  "a child that is tried again": of(
    "async ({ x }) => { try { return await again(x); } catch (e) { return e.message; } }",
    [{ x: 1 }, { x: "fail" }],
  ),
});

suite("Flows in flows: loops, maps, recursion", {
  "in a loop": of(
    "async ({ n }) => { const out = []; let sum = 0; for (let i = 0; i < n; i++) { const r = await worker(i); sum += r.a; } return [sum, out.length]; }",
    [{ n: 0 }, { n: 3 }],
  ),
  "in nested maps": of(
    "async ({ n }) => Promise.all(range(1, n).map(async (i) => { const inner = await Promise.all([i, i * 10].map(async (j) => { const r = await worker(j); return r.a; })); return inner; }))",
    [{ n: 2 }],
  ),
  "side by side with others": of(
    "async ({ x }) => Promise.all([worker(x), load(x), echo(1), (async () => { const r = await picky(x); return r.y; })()])",
    [{ x: 1 }, { x: "fail" }],
  ),
  settled: of(
    "async ({ xs }) => { const all = await Promise.allSettled(xs.map(async (x) => picky(x))); return all.map((r) => (r.status === 'rejected' ? [r.reason.name, r.reason.message] : r.value)); }",
    [{ xs: [1, "fail"] }],
  ),
  "a bare callback": of("async ({ xs }) => Promise.all(xs.map((x) => worker(x)))", [{ xs: [1, "a"] }]),
  "a flow that maps": of("async ({ xs }) => mapper(xs)", [{ xs: [1, 2, 3] }, { xs: [] }, { xs: 5 }]),
  "a parent that is tried again": {
    ...(of("", []) as object),
    flow: "async ({ x }) => { const a = await worker('same'); const b = await picky(x); return [a, b]; }",
    options: "{ retries: 2, retryDelay: [{ seconds: 3 }, { seconds: 5 }], retryIf: ['RangeError'] }",
    inputs: [{ x: 1 }, { x: "fail" }],
  },
  "a parent that is not: the child's error is another one": {
    ...(of("", []) as object),
    flow: "async ({ x }) => { const b = await picky(x); return [b]; }",
    options: "{ retries: 2, retryIf: ['TypeError'] }",
    inputs: [{ x: "fail" }],
  },
  recursion: of("async ({ n }) => { const all = await down(n); return all.length; }", [{ n: 0 }, { n: 5 }]),
  "each other": of("async ({ n }) => [await even(n), await odd1(n)]", [{ n: 4 }]),
  "recursion without end": of(
    "async ({ n }) => { try { const all = await down(n); return all.length; } catch (e) { return [e.name, e.message]; } }",
    [{ n: 98 }, { n: 99 }, { n: 200 }],
  ),
});

suite("Flows that nobody waits for", {
  "their calls are made": of(
    "async ({ x }) => { await worker.start(x); await schooled.start({ n: 1 }); return 1; }",
    [{ x: 1 }],
  ),
  "their failures are their own": of(
    "async ({ x }) => { const r = await picky.start(x); return typeof r.runId; }",
    [{ x: "fail" }, { x: 1 }],
  ),
  "but an input is refused to whoever starts them": of(
    "async ({ n }) => { try { await schooled.start({ n }); return 'started'; } catch (e) { return [e.name, e.message]; } }",
    [{ n: 1 }, { n: "x" }],
  ),
  "in maps and loops": of(
    "async ({ xs }) => { for (const x of xs) { await worker.start(x); } await Promise.all(xs.map(async (x) => { await worker.start([x]); return 1; })); return 1; }",
    [{ xs: [1, 2] }],
  ),
});

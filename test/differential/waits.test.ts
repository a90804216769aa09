import { type Program, suite } from "./suite.ts";

const MODULE = `
import { approval, sleep, sleepUntil, waitForEvent, waitForInput } from "runlet";
import * as runlet from "runlet";
const MINUTE = { minutes: 1 };
const Pages = z.object({ pages: z.number().int().max(9), tag: z.string().default("none") });
export const napper = flow(async (x) => { await sleep({ minutes: 10 }); return load(x); });
`;
const of = (flow: string, inputs?: readonly unknown[], more: object = {}): Program => ({
  flow,
  module: MODULE,
  ...(inputs && { inputs }),
  ...more,
});
const START = Date.UTC(2026, 0, 1);

suite("Sleeping", {
  "short and long": of(
    "async () => { await load(1); await sleep({ seconds: 30 }); await load(2); await sleep({ hours: 5 }); await load(3); return 4; }",
    [{}],
  ),
  "durations by name, none at all, a member of the module": of(
    "async () => { await sleep(MINUTE); await load(1); await sleep({ seconds: 0 }); await load(2); await runlet.sleep({ minutes: 2, seconds: 1 }); await load(3); return 1; }",
    [{}],
  ),
  "computed durations": of(
    "async ({ n }) => { await load('before'); await sleep({ seconds: n, minutes: n }); await load('after'); return 1; }",
    [0, 1, 7, 1.5, "3", null, -1, 1e9, undefined].map((n) => ({ n })),
  ),
  "refused durations are errors of the flow": of(
    "async ({ n }) => { try { await sleep({ seconds: n }); return 'slept'; } catch (e) { return [e.name, e.message]; } }",
    [1, 0.5, "x", -1, 4e7].map((n) => ({ n })),
  ),
  "until an instant": of(
    "async ({ at }) => { await sleepUntil(at); await load(1); return 1; }",
    [
      START + 90_000,
      START + 500,
      START - 1,
      new Date(START + 3_600_001).toISOString(),
      "2026-01-01T00:00:10Z",
      "no date",
      null,
      { a: 1 },
    ].map((at) => ({ at })),
  ),
  "between changed variables": of(
    "async ({ a }) => { let n = 1; n += 1; await sleep({ seconds: 5 }); n += 1; await sleep({ minutes: 5 }); const m = n * 2; await sleep({ seconds: m }); return [n, m, a]; }",
    [{ a: 1 }],
  ),
  "what may throw before it, throws before it": of(
    "async ({ a }) => { const x = a.b.c; await sleep({ seconds: 5 }); await load(x); const y = a.d.e; await sleep({ hours: 2 }); return [x, y]; }",
    [{ a: { b: { c: 1 }, d: { e: 2 } } }, { a: { b: { c: 1 } } }, { a: {} }, {}],
  ),
  "polling in a loop": of(
    "async ({ n }) => { let tries = 0; while (true) { const r = await load(tries); if (r >= n) return { tries, r }; tries++; await sleep({ minutes: 2 }); } }",
    [{ n: 0 }, { n: 3 }],
    { endless: true },
  ),
  "in maps, first and last": of(
    "async ({ xs }) => { const all = await Promise.all(xs.map(async (x, i) => { await sleep({ seconds: x }); const y = await load(x); if (i === 0) await sleep({ minutes: 2 }); return y; })); await sleep({ seconds: 3 }); return load(all); }",
    [{ xs: [1, 90, 30] }, { xs: [] }],
  ),
  "items begin with a plain wait": of(
    "async ({ xs }) => Promise.all(xs.map(async (x, i) => { await sleep({ seconds: 20 }); return [x, i]; }))",
    [{ xs: [1, "a", null] }],
  ),
  "in a try": of(
    "async ({ x }) => { try { await sleep({ hours: 1 }); await pick(x); await sleep({ seconds: 1 }); } catch (e) { await sleep({ minutes: 3 }); return load(e.message); } return 1; }",
    [{ x: 1 }, { x: "fail" }],
  ),
  "in a flow that is called": of(
    "async ({ x }) => { const all = await Promise.all([napper(x), load(0)]); const y = await napper(all[0]); return y; }",
    [{ x: 1 }],
  ),
  "side by side": of(
    "async () => Promise.all([(async () => { await sleep({ hours: 1 }); return 1; })(), (async () => { await sleep({ minutes: 90 }); return load(2); })()])",
    [{}],
  ),
});

const asked = (...answers: unknown[]): { show: object } => ({ show: { answers } });

suite("Waiting for an input", {
  "asked again until it is valid": of(
    "async ({ show }) => { const { pages, tag } = await waitForInput(Pages, 'How many?', { show }); return load([pages, tag]); }",
    [
      asked({ pages: 3 }),
      asked({ pages: "3" }, {}, null, { pages: 99 }, { pages: 9, tag: "x" }),
      asked("throw"),
    ],
  ),
  "a schema in place, a computed question": of(
    "async ({ show, who }) => { const n = await waitForInput(z.number().transform((x) => x * 2), `Tell me, ${who}`, { show }); return n + 1; }",
    [
      { ...asked(4), who: "Ann" },
      { ...asked("x", 1), who: 5 },
    ],
  ),
  "nobody answers in time": of(
    "async ({ show }) => { const n = await waitForInput(z.number(), 'n?', { show, timeout: { hours: 4 } }); return n; }",
    [asked(), asked("wrong"), asked(2)],
  ),
  "the timeout caught": of(
    "async ({ show }) => { try { return await waitForInput(z.number(), 'n?', { show, timeout: { minutes: 5 } }); } catch (e) { await load('late'); return [e.name, e.message]; } }",
    [asked(), asked(1), { show: { answers: [7], after: 300 } }, { show: { answers: [7], after: 299 } }],
  ),
  approvals: of(
    "async ({ show }) => { const d = await approval('Go?', { show, timeout: { hours: 4 } }); if (!d.approved) throw new Error(`rejected by ${d.by}`); return [d.by ?? null, d.comment ?? null]; }",
    [
      asked({ approved: true, by: "ann", comment: "fine" }),
      asked({ approved: false, by: "bob" }),
      asked({ approved: "yes" }, { by: 1 }, null, { approved: true, extra: 1 }, { approved: true }),
      asked(),
    ],
  ),
  "in a map, each its own": of(
    "async ({ xs }) => Promise.all(xs.map(async (x) => { const d = await approval(`Take ${x.id}?`, { show: x.show, timeout: { minutes: 1 } }); return d.approved; }))",
    [
      { xs: [1, 2].map((id) => ({ id, ...asked({ approved: id === 1 }) })) },
      {
        xs: [
          { id: 1, ...asked({ approved: true }) },
          { id: 2, ...asked() },
        ],
      },
      { xs: [] },
    ],
  ),
  "in a loop": of(
    "async ({ show }) => { const all = []; let sum = 0; for (const i of [1, 2, 3]) { const n = await waitForInput(z.number(), `n${i}?`, { show }); sum += n; } return [sum, all.length]; }",
    [asked("no", 5)],
  ),
  "what is shown may throw": of(
    "async ({ o }) => { const d = await approval('Go?', { show: o.a.show }); return d.approved; }",
    [{ o: { a: asked({ approved: true }) } }, { o: {} }],
  ),
  "a result that nobody reads": of("async ({ show }) => { await approval('Go?', { show }); return 1; }", [
    asked({ approved: true }),
  ]),
});

suite("Waiting for events", {
  "one that comes": of("async () => { const e = await waitForEvent('paid@30'); return load(e); }", [{}]),
  "one that does not": of(
    "async ({ name }) => { try { const e = await waitForEvent(name, { timeout: { minutes: 1 } }); return e; } catch (e) { return [e.name, e.message]; } }",
    [{ name: "paid" }, { name: "paid@59" }, { name: "paid@60" }, { name: "paid@61" }, { name: "x y/é@1" }],
  ),
  "side by side": of("async () => Promise.all([waitForEvent('a@5'), waitForEvent('b@1')])", [{}]),
});

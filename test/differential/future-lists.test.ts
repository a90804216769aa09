import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { PRELUDE } from "./prelude.ts";
import { type Program, suite } from "./suite.ts";

const inputs = [
  {
    a: 1,
    list: [3, 1, 2],
    s: "text",
    n: 3,
    rows: [{ x: 1 }, { x: 2 }],
    flag: true,
    none: null,
    bad: ["fail", 1],
  },
  { a: 5, list: [], s: "", n: 0, rows: [], flag: false, none: null, bad: [] },
  {
    a: "x",
    list: [null, "fail", 2, [1], {}],
    s: "fail",
    n: 2,
    rows: [{ x: "fail" }, { x: null }],
    bad: [1, "fail", 2],
  },
];
/** Plain Node has begun calls when a later one cannot be made: that is refused. */
const refuses = ["RLT3005"] as const;
const programs = (table: Record<string, string>): Record<string, Program> =>
  Object.fromEntries(Object.entries(table).map(([name, flow]) => [name, { flow, inputs, refuses }]));

suite(
  "calls that are pushed into a list, and awaited together",
  programs({
    "in a loop":
      "async (r) => { const ps = []; for (const x of r.list) ps.push(load(x)); return Promise.all(ps); }",
    submitted:
      "async (r) => { const ps = []; for (const x of r.list) { ps.push(load.submit(x)); } const rs = await Promise.all(ps); return rs; }",
    "failures are caught where they are awaited":
      "async (r) => { const ps = []; for (const x of r.bad) ps.push(pick(x)); try { return await Promise.all(ps); } catch (e) { return e.message; } }",
    settled:
      "async (r) => { const ps = []; for (const x of r.bad) ps.push(pick(x)); const rs = await Promise.allSettled(ps); return rs.map((x) => x.status === 'fulfilled' ? x.value : x.reason.message); }",
    "over a text, a Set, and nothing":
      "async (r) => { const ps = []; for (const x of r.s) ps.push(load(x)); for (const x of new Set(r.list)) ps.push(load(x)); for (const x of r.gone ?? []) ps.push(load(x)); return Promise.all(ps); }",
    "over what cannot be iterated":
      "async (r) => { const ps = []; for (const x of r.none) ps.push(load(x)); return await Promise.all(ps); }",
    "with members as arguments":
      "async (r) => { const ps = []; for (const { x } of r.rows) ps.push(load(x, r.rows.length, { x, y: [x] })); return await Promise.all(ps); }",
    "an argument that throws":
      "async (r) => { const ps = []; for (const x of r.rows) ps.push(load(x.x.y)); try { return await Promise.all(ps); } catch (e) { return e.name; } }",
    "a counting loop":
      "async (r) => { const ps = []; for (let i = 0; i < r.n; i++) { ps.push(load(i, r.a)); } const rs = await Promise.all(ps); return rs; }",
    "continue, break, conditions":
      "async (r) => { const ps = []; let n = 0; for (const x of r.list) { n++; if (x === 1) continue; if (n > 4) break; ps.push(load(x, n)); } const rs = await Promise.all(ps); return [rs, n]; }",
    "loops in loops, labels":
      "async (r) => { const ps = []; outer: for (const x of r.list) { for (const y of [1, 2, 3]) { if (y === 2) continue outer; ps.push(load([x, y])); } } return await Promise.all(ps); }",
    "a while, and statements by themselves":
      "async (r) => { const ps = []; ps.push(load('first')); let i = 0; while (i < 3) { ps.push(load(i)); i++; } if (r.flag) ps.push(load('flag')); return await Promise.all(ps); }",
    "what changes between two pushes: each call gets it as it was":
      "async (r) => { const ps = []; const acc = []; for (const x of r.list) { acc.push(x); ps.push(load(acc)); } const rs = await Promise.all(ps); return rs; }",
    "the same, submitted":
      "async (r) => { const ps = []; const acc = []; for (const x of r.list) { acc.push(x); ps.push(load.submit(acc)); } acc.push(9); const rs = await Promise.all(ps); return [rs, acc]; }",
    "a variable that is changed afterwards":
      "async (r) => { let k = 1; k += r.list.length; const ps = []; for (const x of r.list) ps.push(load(x, k)); k = 100; const rs = await Promise.all(ps); return [rs, k]; }",
    "undefined and nothing as arguments":
      "async (r) => { const ps = []; for (const x of r.list) { ps.push(load(undefined, x)); ps.push(load()); } return await Promise.all(ps); }",
    "with retries":
      "async (r) => { const ps = []; for (const x of r.list) ps.push(flaky(1, x)); const rs = await Promise.all(ps); return rs.map((x) => x.attempts); }",
    "in a try with a finally":
      "async (r) => { try { const ps = []; for (const x of r.bad) ps.push(pick(x)); return await Promise.all(ps); } catch (e) { await notify(e.message); throw e; } finally { await notify('fin'); } }",
    "in a loop, a map and a branch":
      "async (r) => { for (const y of [1, 2]) { const ps = []; for (const x of r.list) ps.push(load([x, y])); const rs = await Promise.all(ps); await notify(rs.length); } return await Promise.all(r.rows.map(async (row, i) => { if (i > 5) return 0; const ps = []; for (const x of [1, 2]) ps.push(load([x, i])); const rs = await Promise.all(ps); return rs; })); }",
    "one list after the other":
      "async (r) => { const ps = []; for (const x of r.list) ps.push(load(x)); const xs = await Promise.all(ps); const qs = []; for (const x of xs) qs.push(price(x)); const ys = await Promise.all(qs); return [xs, ys]; }",
    "two lists, and a call before them":
      "async (r) => { const a = load(0); const ps = []; for (const x of r.list) ps.push(load(x)); const qs = []; for (const x of r.list) qs.push(price(x)); return [await Promise.all(ps), await Promise.all(qs), await a]; }",
    "fifty of them":
      "async () => { const ps = []; for (let i = 0; i < 50; i++) ps.push(load(i)); const rs = await Promise.all(ps); return rs.length; }",
    "in a function of the flow":
      "async (r) => { const f = async (xs) => { const ps = []; for (const x of xs) ps.push(load(x)); return await Promise.all(ps); }; const a = await f(r.list); return a; }",
  }),
);

suite(
  "futures of a list that are awaited one by one",
  programs({
    "a sum":
      "async (r) => { const fs = r.list.map((x) => load.submit(x)); let t = 0; for (const f of fs) t += await f; return t; }",
    "a hundred submits and a sum":
      "async () => { const fs = range(1, 100).map((x) => load.submit(x)); let t = 0; for (const f of fs) t += await f; return t; }",
    pushed:
      "async () => { const ps = []; for (let i = 0; i < 3; i++) ps.push(load.submit(i)); let t = 0; for (const p of ps) t += await p; return t; }",
    "a failure is thrown in its turn":
      "async (r) => { const ps = []; for (const x of r.bad) ps.push(pick(x)); let n = 0; try { for (const p of ps) { await p; n += 1; } } catch (e) { await notify(n, e.message); } return n; }",
    "each failure is caught":
      "async (r) => { const ps = []; for (const x of r.bad) ps.push(pick(x)); const out = []; for (const p of ps) { try { out.push(await p); } catch (e) { out.push(e.name); } } return out; }",
    "a return and a break in the loop":
      "async (r) => { const ps = []; for (const x of r.bad) ps.push(pick(x)); for (const p of ps) { try { const v = await p; if (v === 1) return v; } catch (e) { break; } } return null; }",
    "a throw in the loop":
      "async (r) => { const ps = []; for (const x of r.list) ps.push(load(x)); let t = 0; for (const p of ps) { t += (await p) * 2; if (t > 5) throw new RangeError('much'); } return t; }",
    "callbacks that compute":
      "async (r) => { const fs = r.bad.map(async (x) => { const y = await pick(x); return [y, x]; }); const out = []; for (const f of fs) { const [y] = await f; out.push(y); } return out; }",
    "after something else":
      "async (r) => { const fs = r.bad.map((x) => pick.submit(x)); const y = await price(1); const rs = await Promise.allSettled(fs); return [y, rs.map((x) => x.status)]; }",
    "in a finally's try":
      "async (r) => { const fs = r.bad.map((x) => pick.submit(x)); try { let t = 0; for (const f of fs) t += await f; return t; } finally { await notify('end'); } }",
    "nobody awaits them":
      "async (r) => { const fs = r.bad.map((x) => pick.submit(x)); return await price(1); }",
  }),
);

suite("what a submitted call gets is what was there", {
  "a list that grows before the flow waits": {
    inputs,
    flow: "async (r) => { const acc = [1]; const p = load.submit(acc); acc.push(2); return [await p, acc]; }",
  },
  "an object beside a future": {
    inputs,
    flow: "async (r) => { const acc = { k: [1] }; const p = price(1); const q = load.submit({ acc, p }); acc.k.push(2); return [await q, acc]; }",
  },
});

const MODULE = `
export const sub = flow(async (x) => { const a = await load(x); return { a, b: await price(a) }; });
export const subBad = flow(async (x) => { await load(x); if (x === "fail" || x === 2) throw new RangeError("sub " + x); return [x]; });
async function enrich(row) { const p = await price(row); return { ...row, p }; }
`;
const more = {
  o: { x: 1 },
  rows: [
    { id: 1, items: [1, 2] },
    { id: 2, items: [] },
    { id: 3, items: [5] },
  ],
};
const withRows = inputs.map((one, i) => ({ ...one, ...(i === 1 ? {} : more) }));

suite(
  "lists of calls of several tasks, flows and async functions, and their lengths",
  Object.fromEntries(
    Object.entries({
      "two tasks":
        "async (r) => { const ps = []; ps.push(load(r.a)); if (r.flag) ps.push(price(r.s)); const rs = await Promise.all(ps); return rs; }",
      "two tasks in a loop":
        "async (r) => { const ps = []; for (const x of r.list) { if (typeof x === 'number') ps.push(price(x, 1)); else ps.push(load(x)); } return await Promise.all(ps); }",
      "sub-flows":
        "async (r) => { const ps = []; for (const x of r.list) ps.push(sub(x)); return await Promise.all(ps); }",
      "sub-flows and tasks, settled":
        "async (r) => { const ps = []; for (const x of r.bad) { ps.push(subBad(x)); ps.push(pick(x)); } const rs = await Promise.allSettled(ps); return rs.map((x) => x.status === 'fulfilled' ? x.value : x.reason.message); }",
      functions:
        "async (r) => { const ps = []; for (const x of r.rows) ps.push(enrich(x)); return await Promise.all(ps); }",
      "tasks whose argument changes":
        "async (r) => { const ps = []; const acc = []; for (const x of r.list) { acc.push(x); ps.push(load(acc)); ps.push(price(acc)); } return await Promise.all(ps); }",
      "one by one":
        "async (r) => { const ps = []; for (const x of r.bad) { ps.push(pick(x)); ps.push(subBad(x)); } const out = []; for (const p of ps) { try { out.push(await p); } catch (e) { out.push(e.message); } } return out; }",
      "flow with nothing":
        "async (r) => { const ps = []; ps.push(sub()); for (const x of r.list) ps.push(load(x)); return await Promise.all(ps); }",
      "flow of undefined":
        "async (r) => { const ps = []; for (const x of r.rows) { ps.push(sub(x.gone)); ps.push(load(x.gone)); } return await Promise.all(ps); }",
      "spread arguments":
        "async (r) => { const ps = []; for (const row of r.rows) { ps.push(send(...row.items, 1)); ps.push(price(row)); } const rs = await Promise.all(ps); return rs.length; }",
      length:
        "async (r) => { const ps = []; for (const x of r.list) ps.push(load(x)); const n = ps.length; const rs = await Promise.all(ps); return [n, rs]; }",
      "length, twice":
        "async (r) => { const ps = []; for (const x of r.list) ps.push(load(x)); console.log(ps.length); if (ps.length === 0) return 'none'; const rs = await Promise.all(ps); return [rs, ps.length]; }",
      "length of two tasks":
        "async (r) => { const ps = []; if (r.flag) ps.push(load(1)); if (r.a) ps.push(price(2)); if (ps.length === 0) return 'none'; return await Promise.all(ps); }",
      "length in a template":
        "async (r) => { const ps = []; for (const x of r.list) ps.push(load(x)); await notify(`${ps.length} begun`); const rs = await Promise.allSettled(ps); return rs.length; }",
      "submit and call":
        "async (r) => { const ps = []; for (const x of r.list) { ps.push(load.submit(x)); ps.push(price(x)); } return await Promise.all(ps); }",
      "in a map":
        "async (r) => { const rs = await Promise.all(r.rows.map(async (row) => { const ps = []; for (const x of row.items) { ps.push(load(x)); ps.push(sub([x])); } const ys = await Promise.all(ps); return ys.length; })); return rs; }",
      "in a try":
        "async (r) => { try { const ps = []; for (const x of r.bad) { ps.push(pick(x)); ps.push(price(x)); } return await Promise.all(ps); } catch (e) { return e.message; } finally { await notify('f'); } }",
      "in a loop":
        "async (r) => { const out = []; for (const row of r.rows) { const ps = []; for (const x of row.items) { ps.push(load(x)); ps.push(price(x)); } const rs = await Promise.all(ps); out.push(rs); } return out; }",
    }).map(([name, flow]) => [name, { flow, module: MODULE, inputs: withRows, refuses }]),
  ),
);

describe("lists of calls that cannot be followed are refused", () => {
  const main = join(mkdtempSync(join(tmpdir(), "runlet-lists-")), "main.ts");
  afterAll(() => rmSync(join(main, ".."), { recursive: true }));
  it.each<[string, string, string]>([
    [
      "a loop that waits",
      "RLT1201",
      "for (const x of r.list) { ps.push(load(x)); await notify(x); } return await Promise.all(ps);",
    ],
    [
      "one by its place",
      "RLT1201",
      "for (const x of r.list) ps.push(load(x)); const first = await ps[0]; return [first, await Promise.all(ps)];",
    ],
    [
      "an async function in place, which reads what the loop changes",
      "RLT1205",
      "let n = 0; for (const x of r.list) { n += 1; ps.push((async () => load(x, n))()); } return await Promise.all(ps);",
    ],
    [
      "an async function of the flow, which reads what the loop changes",
      "RLT1205",
      "let n = 0; const one = async (x) => load(x, n); if (r.flag) { const qs = []; for (const x of r.list) { n += 1; qs.push(one(x)); } return await Promise.all(qs); } return ps;",
    ],
    [
      "an async function whose argument changes",
      "RLT1205",
      "const acc = []; for (const x of r.list) { acc.push(x); ps.push(enrich(acc)); } return await Promise.all(ps);",
    ],
    [
      "a variable that a map changes",
      "RLT1104",
      "let n = 0; await Promise.all(r.list.map(async (x) => { n += await price(x); })); return [n, ps];",
    ],
  ])("%s: %s", (_, code, body) => {
    const found = check(
      main,
      `${PRELUDE}\n${MODULE}\nexport const m = flow(async (r) => { const ps = []; ${body} });\n`,
    );
    expect(found.map((one) => one.code)).toContain(code);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { PRELUDE } from "./prelude.ts";
import { type Program, suite } from "./suite.ts";

const MODULE = `
export const sub = flow(async (x) => { const a = await load(x); return { a, b: await price(a) }; });
export const subBad = flow(async (x) => { await load(x); if (x === "fail" || x === 2) throw new RangeError("sub " + x); return [x]; });
export const caused = task(async (x) => { await call("caused", [x]); throw new Error("outer " + x, { cause: new RangeError("inner " + x) }); });
export const subCause = flow(async (x) => { try { await caused(x); } catch (e) { throw new TypeError("sub of " + e.message, { cause: e }); } return 1; });
export const busy = task({ retries: 2, retryDelay: [{ seconds: 1 }, { seconds: 5 }], retryIf: ["Busy"] }, async (times, name) => { await call("busy", [times, name]); if (taskContext().attempt < times) { const e = new Error("busy " + taskContext().attempt); e.name = name; throw e; } return taskContext().attempt; });
async function enrich(row) { const p = await price(row); return { ...row, p }; }
`;
const usual = {
  a: 1,
  list: [3, 1, 2],
  rows: [
    { id: 1, items: [1, 2] },
    { id: 2, items: [] },
    { id: 3, items: [5] },
  ],
  o: { x: 1, y: 2 },
  n: 3,
  s: "text",
  flag: true,
  bad: ["fail", 1],
};
const inputs = [
  usual,
  { a: 5, list: [], rows: [], o: {}, n: 0, s: "", flag: false, bad: [] },
  {
    ...usual,
    a: "x",
    list: [null, "fail", 2],
    rows: [
      { id: "fail", items: ["fail"] },
      { id: null, items: [1] },
    ],
    o: { x: "fail", z: null },
    s: "fail",
    bad: [1, "fail", 2],
  },
  { a: null, rows: [{ id: 1 }, null], list: "abc", o: null, n: "2", bad: {} },
  { a: [1], rows: [null, { id: 1 }], list: { map: 1 }, o: [1], n: 45, s: null, flag: 0, bad: null },
  {
    ...usual,
    list: Array.from({ length: 45 }, (_, i) => i),
    rows: Array.from({ length: 43 }, (_, i) => ({ id: i, items: [i, i + 1] })),
  },
];
/** Plain Node has begun calls when a later one cannot be made; what is undefined is no result. */
const refuses = ["RLT3005"] as const;
const programs = (table: Record<string, string>): Record<string, Program> =>
  Object.fromEntries(
    Object.entries(table).map(([name, flow]) => [name, { flow, module: MODULE, inputs, refuses }]),
  );

suite(
  "Promise.all of any list of calls",
  programs({
    "spread of a map and a call":
      "async (r) => { const rs = await Promise.all([...r.list.map((x) => load(x)), price(r.a)]); return rs; }",
    "spread of an async map and two calls":
      "async (r) => { const rs = await Promise.all([price(r.a), ...r.list.map(async (x) => { const y = await load(x); return [y]; }), send(r.s)]); return rs; }",
    "two spreads":
      "async (r) => Promise.all([...r.list.map((x) => load(x)), ...r.rows.map((x) => price(x.id))])",
    "concat of two maps of calls":
      "async (r) => { const rs = await Promise.all(r.list.map((x) => load(x)).concat(r.rows.map((x) => price(x)))); return rs; }",
    "map of a nested member, throws":
      "async (r) => { try { return await Promise.all(r.rows.map((row) => load(row.items[0].x.y))); } catch (e) { return e.name; } }",
    "map destructured":
      "async (r) => { const rs = await Promise.all(r.rows.map(({ id, items }) => send(id, items.length))); return rs; }",
    "settled map of a member":
      "async (r) => { const rs = await Promise.allSettled(r.rows.map((row) => pick(row.id))); return rs.map((x) => x.status === 'fulfilled' ? x.value : x.reason.message); }",
    "settled spread":
      "async (r) => { const rs = await Promise.allSettled([...r.bad.map((x) => pick(x)), boom('E', 'm')]); return rs.map((x) => x.status === 'fulfilled' ? x.value : x.reason.name); }",
    "entries, not async":
      "async (r) => { const rs = await Promise.all(Object.entries(r.o).map(([k, v]) => send(k, v))); return rs; }",
    "Array.from with a mapper":
      "async (r) => { const rs = await Promise.all(Array.from({ length: 3 }, (_, i) => load(i))); return rs; }",
    "flatMap of calls":
      "async (r) => { const rs = await Promise.all(r.rows.flatMap((row) => row.items.map((x) => load(x)))); return rs; }",
    "conditional elements":
      "async (r) => { const [a, b] = await Promise.all([load(r.a), r.flag ? price(r.s) : null]); return [a, b ?? 'none']; }",
    "and element":
      "async (r) => { const [a, b] = await Promise.all([load(r.a), r.flag && price(r.s)]); return [a, b]; }",
    "conditional spread":
      "async (r) => { const rs = await Promise.all([load(r.a), ...(r.flag ? [price(r.s)] : [])]); return rs; }",
    "sub-flows with computed arguments in all":
      "async (r) => { const [a, b] = await Promise.all([sub(r.a + 1), sub(r.o.x)]); return [a, b]; }",
    "nested all, with a member of outer":
      "async (r) => { const rs = await Promise.all(r.rows.map(async (row) => { const ys = await Promise.all(row.items.map((x) => send(row.id, x))); return { id: row.id, n: ys.length }; })); return rs; }",
    "shadowed task name":
      "async (r) => { const rs = await Promise.all(r.rows.map((load) => price(load.id))); return rs; }",
    "shadowed task name called":
      "async (r) => { const rs = await Promise.all([...r.list.map((x) => { const load = (y) => y; return price(load(x)); }), price(1)]); return rs; }",
    "object args":
      "async (r) => { const rs = await Promise.all(r.rows.map((row, i) => send({ id: row.id, i, k: r.a }))); return rs.map((x) => x.sent); }",
    "no args":
      "async (r) => { const rs = await Promise.all([...r.list.map(() => load()), load()]); return rs; }",
    "undefined args":
      "async (r) => { const rs = await Promise.all(r.rows.map((row) => send(row.gone, row.id))); return rs.map((x) => x.sent); }",
    "undefined in objects":
      "async (r) => { const rs = await Promise.all(r.rows.map((row) => send({ a: row.gone, b: row.id }))); return rs.map((x) => x.sent); }",
    "method in args":
      "async (r) => { const rs = await Promise.all(r.rows.map((row) => load(row.items.join('-')))); return rs; }",
    "template in args":
      "async (r) => { const rs = await Promise.all(r.rows.map((row) => load(`${row.id}/${r.s}`))); return rs; }",
    "closure over flow variables":
      "async (r) => { const k = await load(r.a); const rs = await Promise.all(r.rows.map((row) => send(row.id, k))); return rs.map((x) => x.sent); }",
    "closure over a let":
      "async (r) => { let k = 1; k += 2; const rs = await Promise.all(r.rows.map((row) => send(row.id, k))); k = 9; return [rs.map((x) => x.sent), k]; }",
    "helper in args":
      "async (r) => { const key = (row) => `${row.id}!`; const rs = await Promise.all(r.rows.map((row) => load(key(row)))); return rs; }",
    "captured in async inside flatMap":
      "async (r) => { const rs = await Promise.all(r.rows.flatMap((row) => row.items.map(async (x) => { const y = await load(x); return [row.id, y]; }))); return rs; }",
    "captured in catch":
      "async (r) => { const rs = await Promise.all(r.rows.map((row) => pick(row.id).catch((e) => [row.items.length, e.message]))); return rs; }",
    "captured in catch, of a list":
      "async (r) => { const rs = await Promise.all([...r.bad.map((x) => pick(x).catch((e) => ({ x, m: e.message }))), load('end')]); return rs; }",
    "then and catch":
      "async (r) => { const rs = await Promise.all(r.bad.map((x) => pick([x][0]).then((y) => [y, 1]).catch((e) => e.name))); return rs; }",
    finally:
      "async (r) => { try { const rs = await Promise.all(r.bad.map((x) => pick([x][0]).finally(() => {}))); return rs; } catch (e) { return e.message; } }",
    "flow rejects with a cause":
      "async (r) => { try { return await Promise.all([...r.list.map((x) => load(x)), subCause(1)]); } catch (e) { return [e.name, e.message, e.cause && e.cause.message]; } }",
    "settled mix":
      "async (r) => { const rs = await Promise.allSettled([...r.bad.map((x) => subBad(x)), pick(r.s), 5, boom('E', 'm'), enrich({ id: 1 })]); return rs.map((x) => x.status === 'fulfilled' ? x.value : [x.reason.name, x.reason.message]); }",
    "settled mapped members":
      "async (r) => { const rs = await Promise.allSettled(r.rows.map((row) => pick(row.id))); let n = 0; for (const x of rs) if (x.status === 'rejected') n++; return [n, rs.length]; }",
    "block callback with two returns":
      "async (r) => { const rs = await Promise.all(r.list.map((x) => { if (x === 1) return price(x); return load(x); })); return rs; }",
    "block callback with values":
      "async (r) => { const rs = await Promise.all(r.list.map((x) => { const k = [x]; if (x === 1) return 'one'; return send(k, r.a); })); return rs; }",
    "block callback without return":
      "async (r) => { const rs = await Promise.all(r.list.map((x) => { if (x === 1) return load(x); })); return rs.length; }",
    "block callback with a loop":
      "async (r) => { const rs = await Promise.all(r.rows.map((row) => { let t = 0; for (const x of row.items) t += x; return load(t); })); return rs; }",
    "chosen task":
      "async (r) => { const rs = await Promise.all(r.list.map((x) => (x > 1 ? load(x) : price(x)))); return rs; }",
    "chosen list":
      "async (r) => { const rs = await Promise.all(r.flag ? r.list.map((x) => load(x)) : [price(1)]); return rs; }",
    filtered:
      "async (r) => { const rs = await Promise.all([load(1), r.flag && price(2), r.n > 2 && load(3)].filter(Boolean)); return rs; }",
    "awaited receiver":
      "async (r) => { const rs = await Promise.all((await load(r.rows)).map((row) => price(row.id))); return rs; }",
    "awaited in the first spread":
      "async (r) => { const rs = await Promise.all([...(await load(r.list)).map((x) => load(x)), price(1)]); return rs; }",
    "taken from a queue":
      "async (r) => { const q = [1, 2, 3, 4, 5]; const out = []; while (q.length > 0) { const rs = await Promise.all(q.splice(0, 2).map((x) => send(x, q.length))); out.push(rs.map((y) => y.sent)); } return out; }",
    "concat chain":
      "async (r) => { const rs = await Promise.all(r.list.map((x) => load(x)).concat(r.bad.map((x) => pick(x)), [price(1)], sub(2))); return rs; }",
    slices:
      "async (r) => { const rs = await Promise.all(r.list.slice(0, 2).map((x) => load(x)).concat(r.list.slice(2).map((x) => price(x)))); return rs; }",
    "Array.from over a Set":
      "async (r) => { const rs = await Promise.all(Array.from(new Set(r.list), (x) => load(x))); return rs; }",
    "Object.entries destructured":
      "async (r) => { const rs = await Promise.all(Object.entries(r.o).map(([k, v]) => send({ [k]: v }))); return rs.map((x) => x.sent); }",
    "Object.keys":
      "async (r) => { const rs = await Promise.all(Object.keys(r.o).map((k) => pick(r.o[k]))); return rs; }",
    "nested not async":
      "async (r) => { const rs = await Promise.all(r.rows.map((row) => Promise.all(row.items.map((x) => load([x, row.id]))))); return rs; }",
    "nested not async, plain call":
      "async (r) => { const rs = await Promise.all(r.rows.map((row) => Promise.all([load(row.id), price(row.items)]))); return rs; }",
    "nested in a spread":
      "async (r) => { const rs = await Promise.all([...r.rows.map((row) => Promise.all([load(row.id), price(row.items)])), load(0)]); return rs; }",
    "nested failing":
      "async (r) => { try { const rs = await Promise.all(r.rows.map((row) => Promise.all(row.items.map((x) => pick(x))))); return rs; } catch (e) { return e.message; } }",
    "task by name": "async (r) => { const rs = await Promise.all(r.list.map(load)); return rs; }",
    "task by name with all":
      "async (r) => { const rs = await Promise.all(r.list.map(send)); return rs.map((x) => x.sent); }",
    "flow by name": "async (r) => { const rs = await Promise.all(r.list.map(sub)); return rs; }",
    "function by name": "async (r) => { const rs = await Promise.all(r.rows.map(enrich)); return rs; }",
    "function of the flow by name":
      "async (r) => { const twice2 = async (x, i) => { const y = await load(x); return [y, i, r.a ?? 0]; }; const rs = await Promise.all(r.list.map(twice2)); return rs; }",
    "function of the flow called":
      "async (r) => { let k = 1; k++; const one = async (x) => { const y = await load(x); return [y, k]; }; const rs = await Promise.all([...r.list.map((x) => one(x)), one(7)]); return rs; }",
    "three params":
      "async (r) => { const rs = await Promise.all(r.list.map(async (x, i, all) => { const y = await load(x); return [y, i, all.length]; })); return rs; }",
    "default param":
      "async (r) => { const rs = await Promise.all([...r.rows.map(async ({ id = 0, items: [first = 'none'] = [] }) => { const y = await load(id); return [y, first]; }), 1]); return rs; }",
    "in a try":
      "async (r) => { try { const rs = await Promise.all([...r.bad.map((x) => pick(x)), load(1)]); return rs; } catch (e) { await notify(e.message); return e.name; } finally { await notify('f'); } }",
    "in a loop":
      "async (r) => { const out = []; for (const row of r.rows) { const rs = await Promise.all([...row.items.map((x) => load(x)), price(row.id)]); out.push(rs.length); } return out; }",
    "in a map":
      "async (r) => { const rs = await Promise.all(r.rows.map(async (row) => { const ys = await Promise.all([...row.items.map((x) => load([x, row.id])), price(1)]); return ys.length; })); return rs; }",
    "in a list":
      "async (r) => { const [a, b] = await Promise.all([(async () => { const ys = await Promise.all([...r.list.map((x) => load(x)), price(1)]); return ys; })(), load(2)]); return [a, b]; }",
    "futures in a list":
      "async (r) => { const f = load.submit(r.a); const rs = await Promise.all([...r.list.map((x) => send(x)), f]); return rs.length; }",
    "failing future in a list":
      "async (r) => { const f = pick.submit(r.s); try { const rs = await Promise.all([...r.list.map((x) => load(x)), f]); return rs.length; } catch (e) { return e.message; } }",
    "retries in a list":
      "async (r) => { const rs = await Promise.all([...r.list.map((x) => flaky(1, [x])), busy(1, 'Busy')]); return rs.length; }",
    "with options in a list":
      "async (r) => { const rs = await Promise.allSettled([...r.bad.map((x) => pick.with({ retries: 1, retryDelay: { seconds: 2 } })(x)), load(1)]); return rs.map((x) => x.status); }",
    "a map of a task in a list":
      "async (r) => { const rs = await Promise.all([...r.list.map((x) => load(x)), price.map([1, 2])]); return rs; }",
    "big in a list":
      "async (r) => { const v = await big(200000, 3); const rs = await Promise.all([...[1, 2].map((x) => load(v.text + x)), price(v.text)]); return rs.map((x) => x.length ?? x); }",
    "big results":
      "async (r) => { const rs = await Promise.all([...[1, 2, 3].map((x) => big(100000 + x, x)), load(1)]); return rs.map((x) => x.length ?? x); }",
    "big captured":
      "async (r) => { const v = await big(262000, 3); const rs = await Promise.all([...[1, 2].map(async (x) => { const y = await load(x); return v.text.length + y; }), load(1)]); return rs; }",
    returned: "async (r) => Promise.all([...r.list.map((x) => load(x)), price(1)])",
    destructured:
      "async (r) => { const [first, ...others] = await Promise.all([price(1), ...r.list.map((x) => load(x))]); return [first, others]; }",
    "as an argument": "async (r) => send(await Promise.all([...r.list.map((x) => load(x)), price(1)]))",
    "a number is no list":
      "async (r) => { try { return await Promise.all(r.flag ? r.n : [load(1)]); } catch (e) { return [e.name, e.message]; } }",
  }),
);

describe("lists of calls that cannot be made later are refused", () => {
  const main = join(mkdtempSync(join(tmpdir(), "runlet-calls-")), "main.ts");
  afterAll(() => rmSync(join(main, ".."), { recursive: true }));
  it.each([
    ["an await after a call", "RLT1203", "[...r.list.map((x) => load(x)), price(await load(1))]"],
    ["a variable that is changed in the list", "RLT1104", "r.list.map((x) => send(x, n++))"],
    [
      "a captured object that is changed",
      "RLT1105",
      "r.rows.flatMap((row) => [(async () => { row.x = await load(1); return row; })()])",
    ],
    ["calls in an object", "RLT1205", "Object.values({ a: load(1) })"],
  ])("%s: %s", (_, code, list) => {
    const flow = `async (r) => { let n = 0; const rs = await Promise.all(${list}); return [rs, r, n]; }`;
    const found = check(main, `${PRELUDE}\n${MODULE}\nexport const m = flow(${flow});\n`);
    expect(found.map((one) => one.code)).toContain(code);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { PRELUDE } from "./prelude.ts";
import { type Program, suite } from "./suite.ts";

const MODULE = `
import { approval, sleep, waitForEvent } from "runlet";
export const sub = flow(async (x) => { const a = await load(x); return { a, b: await price(a) }; });
export const subBad = flow(async (x) => { await load(x); if (x === "fail" || x === 2) throw new RangeError("sub " + x); return [x]; });
export const subTyped = flow({ input: z.object({ id: z.number() }) }, async ({ id }) => { await load(id); return id + 1; });
export const asked = flow(async (x) => { await load(x); return await approval("ok?", { show: { answers: [true], after: 60 } }); });
export const asking = flow(async (n) => { if (n > 0) return await asking(n - 1); const [one] = await Promise.all([asked(n)]); return one; });
export const telling = flow(async (n) => { await asked.start(n); return n; });
async function viaFlow(x) { const y = await asked(x); return y; }
async function enrich(row) { const p = await price(row); return { ...row, p }; }
async function two(a, b) { const x = await load(a); return [x, b]; }
async function thrower(x) { if (x === "fail") throw new TypeError("first"); await load(x); throw new RangeError("later " + x); }
`;
const usual = {
  a: 1,
  list: [3, 1, 2],
  rows: [{ items: [1, 2] }, { items: [] }],
  o: { x: 1 },
  n: 3,
  s: "text",
  flag: true,
};
const inputs = [
  usual,
  { a: 5, list: [], rows: [], o: {}, n: 0, s: "", flag: false },
  { ...usual, a: "x", list: [null, "fail", 2], s: "fail", flag: false },
  {
    a: [1],
    list: Array.from({ length: 45 }, (_, i) => i),
    rows: null,
    o: [1],
    n: 4,
    s: { fail: true },
    flag: 0,
  },
  null,
];
const programs = (table: Record<string, string>): Record<string, Program> =>
  Object.fromEntries(
    Object.entries(table).map(([name, flow]) => [
      name,
      { flow, module: MODULE, inputs, refuses: ["RLT3005"] as const },
    ]),
  );

suite(
  "calls of all kinds that begin now and are awaited later",
  programs({
    "a called flow, an async function, one in place, a task, at once":
      "async (r) => { const p = sub(r.a), q = two(r.a, r.n); let c = (async () => { await sleep({ seconds: 5 }); return load(r.n); })(); const d = sub({ id: r.o.x }); const x = await price(r.a); return [x, await d, await c, await q, await p]; }",
    "what fails in them, thrown where each is awaited":
      "async (r) => { const p = subBad(r.s), q = thrower(r.s), c = subTyped({ id: r.a }); const z = await load(1); const out = [z]; for (const i of [0, 1]) { try { out.push(await p); } catch (e) { out.push(e.message); } } try { await q; } catch (e) { out.push(e.name, e.message); } try { out.push(await c); } catch (e) { out.push(e.name); } return out; }",
    "what nobody awaits": "async (r) => { const p = subBad('fail'), q = sub(r.a); return await load(1); }",
    "a choice between calls":
      "async (r) => { const p = r.flag ? (r.n > 2 ? load(r.a) : sub(r.a)) : price(1); const q = r.flag ? load(r.a) : null; const c = r.flag && sub(r.n); const d = r.n ? load(r.n) : Promise.resolve({ a: r.a }); const z = await send(1); return [z, await c, await d, await p, await q]; }",
    "then and catch":
      "async (r) => { const p = pick(r.s).then((x) => [x]).catch((e) => e.message); const q = load(r.a).then((x) => x.y.z); const z = await load(1); try { return [await p, await q]; } catch (e) { return [e.name, z, await p]; } }",
    "Promise.all and allSettled that are awaited later":
      "async (r) => { const p = Promise.all(r.list.map((x) => load(x))), q = Promise.all([load(r.a), subBad(r.s)]), c = Promise.allSettled([pick(r.s), two(1, 2)]); const z = await send(1); const settled = (await c).map((one) => one.status); try { return [z, settled, await Promise.all([p, q])]; } catch (e) { return [e.message, await p, settled]; } }",
    "awaits in what they are called with":
      "async (r) => { const a = sub(await load(r.a)); const b = two(await a, await price(r.n)); const c = (await load(r.flag)) ? sub(1) : load(2); return [await c, await b]; }",
    "in a map, a loop and a try":
      "async (r) => { const out = []; for (const x of [1, 2]) { const p = sub(x), q = two(x, r.a); out.push([await q, await p]); } try { const xs = await Promise.all(r.list.map(async (x) => { const p = subBad(x), q = load(x, r.o.x); const y = await q; return [y, await p]; })); return [out, xs]; } catch (e) { return e.message; } finally { await notify('f'); } }",
    "handed to an async function, returned, and named twice":
      "async (r) => { const h = async (f, x) => { try { const v = await f; return [v, await price(x)]; } catch (e) { return e.message; } }; const p = subBad(r.s); const q = p; const a = await h(q, 1); const b = await Promise.all(r.list.map((x) => h(p, x))); const c = load(b.length); return r.flag ? c : [a, b]; }",
    "in what follows them: waitFor, arguments, functions":
      "async (r) => { const p = sub(r.a), q = load.submit(p), c = price.submit(1, { waitFor: [p] }), d = (async () => { const x = await p; return price(x); })(); return [await d, await c, await q, await send(p, { p })]; }",
  }),
);

suite(
  "futures that stand together",
  programs({
    "a list of them, by place, all and some":
      "async (r) => { const ps = [load(r.a), sub(r.n), r.flag ? load(5) : price(6)]; const z = await send(1); const a = await ps[1]; const [p, , q] = ps; return [z, a, await q, await p, await Promise.all(ps), await Promise.all([...ps, load(7)])]; }",
    "an object of them":
      "async (r) => { const calls = { a: load(r.a), b: sub(r.n) }; const { a, b } = calls; const z = await send(1); const x = await calls.b; return [z, x, await a, await Promise.all(Object.values(calls)), (await Promise.allSettled([b, calls.a]))[0].status]; }",
    settled:
      "async (r) => { const ps = [pick(r.s), subBad(r.s), load(3)]; const q = pick(r.s); const rs = await Promise.allSettled([...ps, q]); return rs.map((one) => one.status === 'fulfilled' ? one.value : one.reason.message); }",
    "lists of any length beside each other":
      "async (r) => { const ps = r.list.map((x) => load([x])), qs = r.list.map((x) => sub(x)), p = sub(r.a); const z = await send(1); const all = await Promise.all([p, ...ps, price(1), ...qs]); const more = await Promise.all(ps.concat(qs, p)); return [z, all, more.length]; }",
    "a failure among lists":
      "async (r) => { const ps = r.list.map((x) => pick(x)), p = load(r.a); try { return await Promise.all([p, ...ps, subBad(1)]); } catch (e) { return [e.message, await p]; } }",
    "awaited in the items of a distributed map":
      "async (r) => { const p = load(1), q = sub(2), ps = [1, 2].map((x) => load(x)); return await Promise.all(r.list.map(async (x) => { const [a, b] = await Promise.all([p, q]); const c = price.submit(x, { waitFor: [p] }); return [a, b.a, await c, await Promise.all([...ps, q])]; })); }",
    "calls of flows and functions in a list that is awaited later":
      "async (r) => { const ps = [...r.list.map((x) => two(x, r.a)), sub(1)], qs = r.list.map((x) => load(x).then((y) => [y])), cs = r.list.map((x) => subBad(x)); const z = await load(1); const rs = await Promise.allSettled(cs); return [z, await Promise.all(ps), await Promise.all(qs), rs.map((one) => one.status)]; }",
    "a graph of them, in virtual time":
      "async (r) => { const s = async (n, x) => { await sleep({ seconds: n }); return load([x, n]); }; const a = s(3, 'a'), b = s(5, 'b'), c = s(1, 'c'); const xs = [await c, await b, await a]; const d = s(2, 'd'), ps = [s(3, 'e'), s(1, 'f')], qs = { c: s(2, 'g') }; const all = await Promise.all([...ps, qs.c, s(4, 'h')]); return [xs, await d, all]; }",
  }),
);

suite(
  "each of a list of futures",
  programs({
    "a loop that waits between them":
      "async (r) => { const ps = r.list.map((x) => pick(x)); const out = []; for (const p of ps) { try { const y = await p; await notify(y); out.push(y); } catch (e) { if (!(e instanceof RangeError)) throw e; await notify(e.message); out.push(e.name); } } return out; }",
    "numbers beside them, in a map":
      "async (r) => await Promise.all(r.rows.map(async (row) => { const ps = row.items.map((x) => sub(x)); const out = []; for (const [i, p] of ps.entries()) { out.push([i, await p]); await notify(i); } return out; }))",
    "for await, of a name and in place":
      "async (r) => { const ps = r.list.map((x) => load(x)); const out = [ps.length]; for await (const x of ps) { if (x === 1) continue; await notify(x); out.push(x); } for await (const { a, b = 2 } of r.list.map((x) => sub(x))) out.push(a, b); for await (let x of [load(r.a), two(1, 2), 5]) { x = [x]; out.push(x); await notify(out.length); } return out; }",
    "for await that fails, and leaves":
      "async (r) => { const out = []; try { outer: for await (const x of r.list.map((y) => pick(y))) { for (const z of [1, 2]) { if (x === z) continue outer; out.push(await price(z)); } } } catch (e) { out.push(e.name, e.message); } finally { await notify('f'); } return out; }",
    "by a place that is computed":
      "async (r) => { const ps = [load(1), sub(2), pick(r.s)], qs = r.list.map((x) => load(x)); const out = []; for (let i = 0; i < ps.length; i++) { try { out.push(await ps[i]); } catch (e) { out.push(e.message); } await notify(i); } let i = 0; const a = await qs[i++]; const b = await qs[r.n - 2]; return [out, a ?? 'none', b ?? 'none', (await qs[await load(1)]) ?? 'none', i]; }",
    "by no place":
      "async (r) => { const ps = r.list.map((x) => load(x)); const k = r.flag ? 'length' : 'other'; return [(await ps[k]) ?? 'none', (await ps['length']) + ps.length]; }",
    "pushed, one after the other":
      "async (r) => { const ps = []; for (const x of r.list) ps.push(pick(x)); const out = []; for (const p of ps) { try { out.push(await p); } catch (e) { out.push(e.message); } await notify(out.length); } return out; }",
    "names of the lowering's own":
      "async (r) => { const ps$records = 1, record$ = 2, p$record = 3; const ps = r.list.map((x) => load(x)); const out = []; for (const p of ps) { out.push(await p, p$record, ps$records); await notify(record$); } return [out, record$]; }",
    "the rest of a list":
      "async (r) => { const [p, ...rest] = [load(1), sub(2), pick(r.s)]; const x = await p; const ps = [load(1), load(2), pick(r.s)]; const [, ...more] = ps; const [y, ...last] = more; const rs = await Promise.allSettled(more); const out = [rs.map((one) => one.status), await ps[0], await y]; try { return [x, out, await last[0], await Promise.all([...rest, p])]; } catch (e) { return [x, out, e.message]; } }",
    "large ones":
      "async (r) => { const ps = [1, 2, 3, 4].map((x) => big(100000, x)); const out = []; for (const p of ps) { const v = await p; out.push(v.length + v.text.length); await notify(v.rest); } const qs = [5, 6, 7].map((x) => big(100000, x)); const q = load(r.a); const all = await Promise.all([...qs, q]); return [out, all.map((x) => x?.rest ?? x)]; }",
  }),
);

suite(
  "bugs of futures",
  programs({
    "what a call beside another gets cannot be evaluated: the flow throws there, and not where it is awaited":
      "async (r) => { const out = []; try { const p = load(1), q = load(r.gone.y); try { return await q; } catch (e) { out.push('awaited'); } } catch (e) { out.push(e.name); } try { const p = load(1), q = sub(r.gone.y); const z = await price(2); out.push(z); } catch (e) { out.push(e.name); } return out; }",
    "what stands in a Promise.all that is awaited later cannot be evaluated: the flow throws there, and not where it is awaited":
      "async (r) => { const out = []; try { const p = Promise.all([load(2), 5, r.gone.y]); out.push(await load(1)); try { out.push(await p); } catch { out.push('awaited'); } } catch (e) { out.push(e.name); } try { const p = Promise.allSettled([load(r.gone.y)]); out.push(await load(3)); await p; } catch (e) { out.push(e.name); } const q = load(4), p = Promise.all([q, load(r.a), two(r.n, r.o.x ?? null), load(r.gone)]); return [out, await send(1), (await p).length]; }",
    "an element that is asserted to be there, or stands in parentheses":
      "async (r) => { const ps = [load(1), sub(2)]; const a = await (ps[0]!), xs = [[r.a]]; const y = xs[0]![0]; const qs = (r.list ?? []).map((x) => load(x)); let i = 0; return [a, await (ps[1] as any), y, (await (qs[i]!)) ?? 'none', xs[0]!.length]; }",
    "an empty list in the place of a call is a value":
      "async (r) => { const p = r.flag ? load(1) : [], q = r.flag ? sub(1) : Promise.resolve([]), c = r.flag ? Promise.all([load(2), sub(3)]) : Promise.resolve([]); const z = await send(1); const all = await Promise.all((r.list ?? []).map((x) => (x > 1 ? load(x) : []))); return [z, await p, await q, await c, all, await Promise.all([r.flag ? Promise.all([load(4)]) : [], load(5)])]; }",
    "a choice between futures":
      "async (r) => { const a = load(1), b = subBad(r.s); const c = r.flag ? a : b, d = r.flag ? b : load(2), e = r.n ? a : null; try { return [await e, await c, await d, await (r.flag ? a : 5)]; } catch (f) { return [f.message, await a]; } }",
    "an answer that is waited for beside calls":
      "async (r) => { const p = waitForEvent('done@30'), q = approval('ok?', { show: { answers: [true], after: 3 } }); const y = await load(1); const ok = await q; if (ok) { try { return [y, await p]; } catch (e) { return e.name; } } return [ok, await p]; }",
    "a called flow that waits for an answer beside calls that can be made meanwhile":
      "async (r) => { const p = asked(2); const y = await load(1); await send(2); const z = [y, await p]; const q = asking(1), d = telling(2); const x = await load(r.n); return [x, z, await q, await d]; }",
    "a called flow that starts one which waits is waited for by nobody":
      "async (r) => { const d = telling(2); const y = await load(r.a); if (y) await send([y]); return await d; }",
    "a join of futures in the items of a distributed map is no variable of the flow":
      "async (r) => await Promise.all(r.list.map(async (x) => { const p = load(x), q = price(x, r.o.x); const y = await q; return [y, await p]; }))",
  }),
);

suite(
  "undefined, given to calls that are awaited later",
  Object.fromEntries(
    Object.entries({
      "an argument, a default, and none at all":
        "async (r) => { const p = opt(r.gone), q = opt(r.a, undefined), s = opt(1, null), t = opt(r.gone, r.other); const y = await load(1); return [y, await p, await q, await s, await t]; }",
      "the input of a flow":
        "async (r) => { const p = subOf(r.gone), q = subOf(), s = subOf(null); const y = await load(1); return [y, await p, await q, await s]; }",
      "in lists of calls":
        "async (r) => { const ps = [undefined, 1, r.gone].map((x) => opt(1, x)); const y = await load(1); const qs = []; for (const x of [1, undefined, r.gone]) qs.push(opt(2, x)); return [y, await Promise.all(ps), await Promise.all(qs), await Promise.all([opt(1, r.gone), opt(2), load(r.gone)])]; }",
      "what a callback keeps of its list":
        "async (r) => { const ps = [[1, r.gone], [2, 5], [r.gone]].map(([x, k]) => opt(x, k).then((v) => [v, k === undefined, x ?? 'none'])); return await Promise.all(ps); }",
      "keys that are left undefined":
        "async (r) => { const p = parts({ id: r.gone, tags: r.tags }), q = parts({ id: r.a }, r.gone), s = parts(r.o, null); const y = await load(2); return [y, await p, await q, await s]; }",
      "what cannot be taken apart":
        "async (r) => { const p = parts(r.gone); const y = await load(2); try { return [y, await p]; } catch (e) { return [e.name, y]; } }",
      "a choice, and a chain":
        "async (r) => { const p = r.flag ? opt(r.gone, r.gone) : subOf(r.gone), q = opt(r.gone, r.gone).then((x) => [x]).catch((e) => e.message); const y = await load(2); return [y, await p, await q]; }",
    }).map(([name, flow]) => [
      name,
      {
        flow,
        module: [
          MODULE,
          `export const subOf = flow(async (x) => { const a = await load(x); return { a, u: x === undefined }; });
async function opt(a, b = 7) { const x = await load(a); return [x, b ?? "nullish", b === undefined]; }
async function parts({ id, tags = ["t"] }, more) { const y = await load(id ?? "no"); return [y, tags, more === undefined]; }`,
        ],
        inputs,
      },
    ]),
  ),
);

describe("futures that cannot be followed are refused", () => {
  const main = join(mkdtempSync(join(tmpdir(), "runlet-futures-")), "main.ts");
  afterAll(() => rmSync(join(main, ".."), { recursive: true }));
  it.each<[string, string, string]>([
    [
      "a list of promises that is awaited itself",
      "RLT1214",
      "const ps = r.list.map((x) => load(x)); return await ps;",
    ],
    ["a list of promises that is returned", "RLT1214", "const ps = r.list.map((x) => load(x)); return ps;"],
    [
      "the promise of task.map as a list",
      "RLT1205",
      "const ps = load.map(r.list); return await Promise.all(ps);",
    ],
    ["an async function's promise as an argument", "RLT1214", "const p = two(1, 2); return await send(p);"],
    [
      "the promise of Promise.all as an argument",
      "RLT1214",
      "const p = Promise.all([load(1)]); return await send(p);",
    ],
    [
      "a list that is changed",
      "RLT1214",
      "const ps = [load(1)]; ps.push(load(2)); return await Promise.all(ps);",
    ],
    [
      "a promise that is returned in a try",
      "RLT1201",
      "try { const p = subBad(1); return p; } catch (e) { return 1; }",
    ],
    [
      "no value, where the flow can tell",
      "RLT1314",
      "const p = (async () => { await load(1); })(); const x = await p; return x === undefined;",
    ],
    [
      "what it reads is assigned before it is awaited",
      "RLT1104",
      "let n = 1; const one = async (x) => { await load(x); return n; }; const p = one(1); n = 5; return [await p, n];",
    ],
    [
      "what it reads is assigned while a list of them runs",
      "RLT1104",
      "let k = 1; const h = async (x) => { await load(x); return k; }; const ps = r.list.map((x) => h(x)); k = 2; return [await Promise.all(ps), k];",
    ],
    [
      "what it was given is changed before it is awaited",
      "RLT1104",
      "const o = { n: 1 }; const q = o; const p = enrich(q); o.n = 2; return [await p, o];",
    ],
    [
      "it changes a variable of the flow",
      "RLT1104",
      "let n = 0; const p = (async () => { await load(1); n += 1; })(); await p; return n;",
    ],
    [
      "a result is changed, and awaited again",
      "RLT1105",
      "const ps = [send(1), send(2)]; const a = await ps[0]; a.x = 1; const [b] = await Promise.all(ps); return [a, b];",
    ],
    [
      "one future twice in a list, and a result changed",
      "RLT1105",
      "const p = send(1); const [a, b] = await Promise.all([p, p]); a.x = 1; return [a, b];",
    ],
    [
      "an answer that is waited for, and a request that cannot be sent meanwhile",
      "RLT1214",
      "const p = waitForEvent('paid'); if (r.flag) { await send(1); } return await p;",
    ],
    [
      "the same, two calls of which one needs the other's result",
      "RLT1214",
      "const p = (async () => { const v = await waitForEvent('paid'); return load(v); })(); const y = await load(r.a); await send(y + 1); return await p;",
    ],
    [
      "the same, in a Promise.all that is awaited later",
      "RLT1214",
      "const p = Promise.all([waitForEvent('paid'), load(3)]); await send(1); return await p;",
    ],
    [
      "a called flow that waits for an answer, and a request that cannot be sent meanwhile",
      "RLT1214",
      "const p = asked(1); if (r.flag) { await send(1); } return await p;",
    ],
    [
      "the same, of a flow that calls one which calls itself, and that nobody awaits",
      "RLT1214",
      "const p = asking(1); const y = await load(r.a); await send(y + 1); return y;",
    ],
    [
      "the same, in an async function, in a list of calls",
      "RLT1214",
      "const ps = (r.list ?? []).map((x) => viaFlow(x)); for (const x of r.list) { await send(x); } return await Promise.all(ps);",
    ],
    [
      "a result of the rest is changed, and awaited again",
      "RLT1105",
      "const ps = [send(1), send(2)]; const [p, ...rest] = ps; const [b] = await Promise.all(rest); b.x = 1; const c = await ps[1]; return [await p, b, c];",
    ],
    [
      "the rest of a list is changed",
      "RLT1214",
      "const [p, ...rest] = [load(1), load(2)]; rest.push(load(3)); return [await p, await Promise.all(rest)];",
    ],
    [
      "what the rest reads is changed",
      "RLT1104",
      "const n = { k: 1 }; const late = async (x) => { await load(x); await load(n.k); return x; }; const [p, ...rest] = [late(1), late(2)]; await p; n.k = 5; return [await Promise.all(rest), n];",
    ],
    [
      "a reduce whose callbacks run side by side",
      "RLT1202",
      "return await r.list.reduce(async (sum, x) => (await price(x)) + (await sum), 0);",
    ],
    [
      "setDownstream of what was not submitted",
      "RLT1214",
      "const p = load(1); const q = price.submit(2); p.setDownstream(q); return [await p, await q];",
    ],
    [
      "a result of a list is changed, and awaited again",
      "RLT1105",
      "const ps = r.list.map((x) => send(x)); const out = []; for (const p of ps) { const a = await p; a.x = 1; const b = await p; await notify(1); out.push(a, b); } return out;",
    ],
    [
      "one of a list that is passed on",
      "RLT1214",
      "const ps = r.list.map((x) => load(x)); for (const p of ps) { await price(p); } return 1;",
    ],
  ])("%s: %s", (_, code, body) => {
    const found = check(main, `${PRELUDE}\n${MODULE}\nexport const m = flow(async (r) => { ${body} });\n`);
    expect(found.map((one) => one.code)).toContain(code);
  });
});

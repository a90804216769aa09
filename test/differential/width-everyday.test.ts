import { expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { writeFiles } from "../compiler/fixture.ts";
import { PRELUDE } from "./prelude.ts";
import { suite } from "./suite.ts";

/** Forms in daily use that were refused without need, beside some like them that must be. */
suite(
  "forms that were refused without need",
  {
    "array call":
      "async (raw) => { const z = Array(3).fill(0); for (let i = 0; i < 3; i++) z[i] += await load(i); return [z, [...Array(3).keys()], Array(2).fill().map((_, i) => i), Array(raw.a > 3 ? 2 : 1).fill('q')]; }",
    substr: "async (raw) => [raw.s.substr(1, 2), 'abc'.substr(-2), 'abc'.substr(1)]",
    "conditional receiver push":
      "async (raw) => { const evens = [], odds = []; for (const x of raw.list) { (x % 2 ? odds : evens).push(x); await notify(x); } return { evens, odds }; }",
    "conditional receiver in script":
      "async (raw) => { const evens = [], odds = []; for (const x of raw.list) { (x % 2 ? odds : evens).push({ x }); } await notify(1); evens.push(0); return { evens, odds }; }",
    "conditional receiver awaited arg":
      "async (raw) => { const evens = [], odds = []; for (const x of raw.list) { (x % 2 ? odds : evens).push(await load(x)); } return { evens, odds }; }",
    "coalesced push awaited":
      "async (raw) => { const out = {}; for (const x of raw.items) { (out[x.price] ??= []).push(await load(x.id)); (out.all ||= []).push(await load(1), x.id); } return out; }",
    "coalesced push awaited in try":
      "async (raw) => { const out = {}; for (const x of [1, 'fail', 2]) { try { (out[`k${x}`] ??= []).push(await pick(x)); } catch (e) { (out.err ??= []).push(e.message); } } return out; }",
    "template overtaken":
      "async (raw) => { let n = 0; const f = () => `n${++n}`; return `${f()}-${await load(f())}-${f()}-${raw.flag ? await load('t') : 'no'}-${`in${await load(n)}`}`; }",
    "template overtaken of an object":
      "async (raw) => { const xs = [1]; const r = `${xs}-${(xs.push(2), await load(xs))}-${xs}`; return r; }",
    "keys overtaken":
      "async (raw) => { let n = 0; const next = () => ++n; const o = { a: next(), b: await load(next()), [`k${next()}`]: next(), ...(await load({ z: next() })), c: next() }; return [o, n]; }",
    "key read and changed":
      "async (raw) => { let k = 'a'; const o = { [k]: (k = 'b', await load(1)), [k]: 2 }; return o; }",
    "spread overtaken":
      "async (raw) => { const xs = [1, 2]; const r = [...xs, await load(xs.push(3)), ...xs]; const s = await send(...xs, (xs.length = 0, await load(5)), ...xs); return [r, s]; }",
    "template throws first":
      "async (raw) => { let n = 0; try { return `${raw.none.x}${(n++, await load(n))}`; } catch (e) { return [n, e.message]; } }",
    "template of nothing and objects":
      "async (raw) => { let n = 1; return `${raw.o}|${raw.none}|${raw.zz}|${raw.list}|${n}|${(n = 2, await load(n))}|${n}`; }",
    "for in delete":
      "async (raw) => { const o = { a: 1, b: 2, c: 3 }; const ks = []; for (const k in o) { ks.push(k); if (k === 'a') delete o.b; o.d = 4; await load(k); } return [ks, o]; }",
    "for in delete own":
      "async (raw) => { const o = { ...raw, toString: 1, valueOf: 2 }; for (const k in o) { if (o[k] === null || (await load(k)) === 'list') delete o[k]; if (k === 'toString') delete o.valueOf; } return Object.keys(o); }",
    "for in with continue break":
      "async (raw) => { const o = { ...raw.o, p: 1, q: 2 }; outer: for (const k in o) { for (const j of [1, 2]) { if (k === 'x') { delete o.p; continue outer; } if (k === 'q') break outer; await load([k, j]); } } return o; }",
    "match loop":
      "async (raw) => { const out = []; for (const m of (raw.s + ' k1=v1;k2=v2').matchAll(/(\\w+)=(?<v>\\w+)/g)) { out.push({ k: m[1], v: m.groups.v, at: m.index, n: m.length }); await load(m[1]); } return out; }",
    "match kept":
      "async (raw) => { let m = null; m = /(\\d+)-(\\d+)?/.exec(`12-${raw.a}`); await load(1); m = m ?? []; return [m[0], m.index, m.input, m.groups === undefined, m[2] === undefined, [...m].length]; }",
    "match const":
      "async (raw) => { const m = `12-${raw.a}`.match(/(\\d+)-(\\d+)/); await load(1); if (!m) return 'no'; const [, x, y] = m; await load(x); return [x, y, m.index]; }",
    "promise resolve":
      "async (raw) => { const a = await Promise.resolve(raw.a); const b = await (raw.flag ? load(1) : Promise.resolve(null)); const c = await Promise.resolve(load(3)); return [a, b, c]; }",
    url: "async (raw) => { const u = new URL('https://ex.com/p?x=1'); u.searchParams.set('page', String(raw.a)); await load(u.toString()); u.searchParams.append('q', raw.s); u.pathname = '/z'; return [u.pathname, u.searchParams.get('q'), u.href]; }",
    params:
      "async (raw) => { const p = new URLSearchParams({ a: '1' }); for (const w of raw.words) { p.append('w', w); await load(p.toString()); } return p.toString(); }",
    locale:
      "async (raw) => [Number(raw.a * 1234.5).toLocaleString('en-US'), (raw.a * 1.5).toLocaleString('de-DE', { minimumFractionDigits: 2 }), new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(raw.a), new Date(0).toLocaleDateString('en-US', { timeZone: 'UTC', dateStyle: 'long' }), raw.s.toLocaleUpperCase('tr'), new Intl.DateTimeFormat('en', { timeZone: 'UTC', month: 'short' }).format(new Date(raw.a * 1e9)), new Intl.PluralRules('en').select(raw.a)]",
    "locale over steps": {
      flow: "async (raw) => { const out = []; const pc = new Intl.NumberFormat('en', { style: 'percent' }); for (const x of raw.items) { out.push(money.format(x.price), pc.format(x.price / 100)); await notify(out.length); } return out; }",
      module: "const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'EUR' });",
    },
  },
  { inputs: 12 },
);

it.each([
  [
    "an array of an object",
    "async () => { const o = { n: 1 }; const xs = Array(o); await load(1); xs[0].n = 2; return [o, xs]; }",
    "RLT1105",
  ],
  [
    "what one of two lists got",
    "async (raw) => { const a = [], b = []; const o = { n: 0 }; (raw.flag ? a : b).push(o); await load(1); o.n = 2; return [a, b, o]; }",
    "RLT1105",
  ],
  [
    "a list that its argument replaces",
    "async () => { let out = {}; (out.a ??= []).push((out = { a: [9] }, await load(1))); return out; }",
    "RLT1105",
  ],
  [
    "keys of an object that is replaced",
    "async () => { let o = { a: 1, b: 2 }; for (const k in o) { await load(k); o = { c: 1 }; delete o.c; } return o; }",
    "RLT1101",
  ],
  [
    "a part of an address",
    "async () => { const u = new URL('https://ex.com/p?x=1'); const p = u.searchParams; p.set('a', 'b'); await load(1); p.set('c', 'd'); return u.href; }",
    "RLT1105",
  ],
  ["a number's text in the machine's language", "async (raw) => raw.a.toLocaleString()", "RLT1311"],
  ["a text of what may be a date", "async (raw) => raw.a.toLocaleString('en')", "RLT1311"],
  ["a date's text in the machine's time zone", "async () => new Date(0).toLocaleDateString('en')", "RLT1311"],
  ["a format in the machine's language", "async () => new Intl.NumberFormat().format(1)", "RLT1311"],
  [
    "a date's format in the machine's time zone",
    "async () => new Intl.DateTimeFormat('en').format(0)",
    "RLT1311",
  ],
])("refuses %s", (_, flow, code) => {
  const found = check(writeFiles({ "f.ts": `${PRELUDE}\nexport const f = flow(${flow});` })("f.ts"));
  expect(found.map((one) => one.code)).toEqual([code]);
});

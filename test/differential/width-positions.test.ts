import { suite } from "./suite.ts";

/** Constructs at other places than those that they were made for: in loops, branches, tries, maps and helpers. */
suite(
  "constructs in other positions",
  {
    "console in branch loop finally":
      "async (raw) => { console.log('start', raw.a); for (const x of raw.list) { if (x > 1) { console.warn('big', x); await load(x); } else console.log(`small ${x}`); } try { console.info('in try'); await pick(raw.flag ? 'fail' : 1); console.log('not reached?'); } catch (e) { console.error('caught', e.message); } finally { console.debug('fin', raw.none); } console.log({ a: raw.a, list: raw.list }); return 1; }",
    "console in helper and closure": {
      flow: "async (raw) => { let s = 0; for (const x of raw.list) { s += await step2(x); console.log(`${s}`); } return s; }",
      module:
        "const step2 = async (n) => { console.log('step2', n); const r2 = await load(n); console.log('got', r2); return r2; };",
    },
    "console with side effects in args":
      "async (raw) => { let n = 0; console.log('n', ++n, n++); await load(n); console.log(n, (n += 5)); return n; }",
    "chain in loop":
      "async (raw) => { const out = []; for (const x of [1, 'fail', ...raw.list]) { const r = await pick(x).then((v) => ({ ok: v })).catch((e) => ({ err: e.message })).finally(() => { out.push('f'); }); out.push(r); } return out; }",
    "chain in finally and catch":
      "async (raw) => { let r = null; try { await pick('fail'); } catch (e) { r = await load(e.message).catch(() => 'never'); } finally { await pick(raw.flag ? 'fail' : 1).catch((e) => notify(e.message)); } return r; }",
    "chain in ternary and template":
      "async (raw) => `${await pick('fail').catch(() => 'x')}-${raw.flag ? await load(1).then((x) => x + 1) : 0}`",
    "chain throwing in then caught outside":
      "async (raw) => { try { return await load(raw.a).then((x) => { if (x > 3) throw new TypeError(`too big ${x}`); return x; }); } catch (e) { return [e.name, e.message]; } }",
    "chain in map":
      "async (raw) => await Promise.all(raw.list.map(async (x) => await pick(x === 2 ? 'fail' : x).catch((e) => null)))",
    "optional await in loop with break":
      "async (raw) => { let n = 0; for (const it of [...raw.items, null]) { const t = (await load(it))?.tags?.length; if (t === undefined) break; n += t; } return n; }",
    "case awaits with break label":
      "async (raw) => { let r = ''; loop: for (const x of raw.list) { switch (x) { case await load(1): r += 'one'; break; case await load(2): r += 'two'; continue loop; default: r += 'def'; if (x > 2) break loop; } r += '.'; } return r; }",
    "nullish assign on members in loop":
      "async (raw) => { const cache = {}; const out = []; for (const w of [...raw.words, ...raw.words]) { cache[w] ??= await load(w + '!'); out.push(cache[w]); } return [out, cache]; }",
    "logical assign with side effects":
      "async (raw) => { const o = { a: 0, b: null, c: 1 }; let k = 0; o[['a', 'b', 'c'][k++]] ||= await load(k); o[['a', 'b', 'c'][k++]] ??= await load(k); o[['a', 'b', 'c'][k++]] &&= await load(k); return [o, k]; }",
    "enum in switch": {
      flow: "async (raw) => { const c = raw.flag ? Color13.Green : Color13.Blue; await load(Color13[c]); switch (c) { case Color13.Red: return 'r'; case Color13.Green: return [Kind13.A, Color13.Blue, Color13[5]]; default: return Kind13.B; } }",
      module: "enum Color13 { Red, Green = 5, Blue } enum Kind13 { A = 'a', B = 'b' }",
    },
    "map over steps nested values":
      "async (raw) => { const m = new Map(); for (const it of raw.items) { const e = m.get(it.id) ?? { n: 0, tags: [] }; m.set(it.id, { n: e.n + 1, tags: [...e.tags, ...it.tags] }); await notify(it.id); } m.delete(1); const out = []; for (const [k, v] of m) { out.push([k, v, await load(v.n)]); } return [out, m.has(2), m.size]; }",
    "set operations over steps":
      "async (raw) => { const seen = new Set(); const dups = []; for (const x of [...raw.list, ...raw.list, '1', NaN, NaN, 0, -0]) { if (seen.has(x)) dups.push(String(x)); else seen.add(x); await notify(String(x)); } return [[...seen].map(String), dups, seen.size]; }",
    "map with object values changed after a step":
      "async (raw) => { const m = new Map(); m.set('a', { n: 0 }); await load(1); m.get('a').n = 5; await load(2); return [...m]; }",
    "map of lists pushed":
      "async (raw) => { const m = new Map(); for (const it of raw.items) { if (!m.has(it.price)) m.set(it.price, []); m.get(it.price).push(it.id); await notify(it.id); } return [...m.entries()]; }",
    "pushed promises with index":
      "async (raw) => { const ps = []; for (const x of raw.list) { if (x > 1) ps.push(load(x * 2)); } const r = await Promise.all(ps); return r; }",
    "pushed promises settled":
      "async (raw) => { const ps = []; for (let i = 0; i < 3; i++) ps.push(pick(i === 1 ? 'fail' : i)); const r = await Promise.allSettled(ps); return r.map((x) => x.status); }",
    "early return in async helper in module with try": {
      flow: "async (raw) => { const r = await find20(raw.items, 2); const q = await find20(raw.items, 77); return [r, q === undefined, q]; }",
      module:
        "const find20 = async (items, id) => { for (const it of items) { if (it.id === id) { try { return await load(it); } finally { await notify('found'); } } } return undefined; };",
    },
    "helper with default params and destructuring": {
      flow: "async (raw) => { const out = []; for (const it of raw.items) out.push(await build21(it), await build21({ id: 9 }, { prefix: raw.s })); return out; }",
      module:
        "const build21 = async ({ id, tags = ['none'], ...rest }, { prefix = 'p', n = tags.length } = {}) => { const r = await load(`${prefix}${id}`); return { r, n, rest }; };",
    },
    "helper that throws custom": {
      flow: "async (raw) => { try { return [await must22(raw.a), await must22(raw.none)]; } catch (e) { if (e.name === 'AppError') return e.message; throw e; } }",
      module:
        "class AppError22 extends Error { constructor(m, o) { super(m, o); this.name = 'AppError22'; } }\nconst must22 = async (x) => { if (x === null || x === undefined) throw new AppError22('missing ' + x); return await load(x); };",
    },
    "while true with nested try finally break":
      "async (raw) => { const log = []; let i = 0; while (true) { try { i++; if (i === 2) continue; if (i === 4) break; log.push(await load(i)); } finally { log.push(`f${i}`); } } return log; }",
    "switch inside try in loop with return in finally helper":
      "async (raw) => { const f = async (x) => { try { switch (x) { case 1: return 'one'; case 2: throw new Error('two'); default: await load(x); } return 'def'; } catch (e) { return e.message; } finally { await notify(x); } }; return [await f(1), await f(2), await f(3)]; }",
    "compound ops on members of arrays of objects":
      "async (raw) => { const t = raw.items.map((x) => ({ id: x.id, n: 0 })); for (let i = 0; i < t.length; i++) { t[i].n += await price(i); t[i].n *= 2; t[i]['x' + i] = t[i].n--; } return t; }",
    "string building in loop":
      "async (raw) => { let s = ''; for (const [i, w] of raw.words.entries()) { s += (i ? ', ' : '') + `${w}=${await load(i)}`; } s = s.padEnd(10, '.'); return s; }",
    "accumulate min max":
      "async (raw) => { let min = Infinity, max = -Infinity; for (const x of raw.list) { min = Math.min(min, x); max = Math.max(max, x); await notify(x); } return { min: min === Infinity ? null : min, max: Number.isFinite(max) ? max : null }; }",
    "destructure from awaited nested default":
      "async (raw) => { const { a = await_default(), b: { c = 'C' } = {} } = await load({ b: { c: null } }); return [a, c]; function await_default() { return 'A'; } }",
    "array destructuring of awaited with rest and swap":
      "async (raw) => { let [x, , ...r] = await load([1, 2, 3, 4]); [x, r[0]] = [r[0], x]; await load(r); return [x, r]; }",
    "object spread of awaited in loop":
      "async (raw) => { let acc = {}; for (const w of raw.words) { acc = { ...acc, ...(await load({ [w]: w.length })), last: w }; } return acc; }",
    "comparing dates from iso":
      "async (raw) => { const start = new Date('2024-01-31T00:00:00.000Z'); const days = []; for (let d = new Date(start); days.length < 3; d.setUTCMonth(d.getUTCMonth() + 1)) { days.push(d.toISOString()); } await load(days); return days; }",
    "date kept over step":
      "async (raw) => { const d = new Date(raw.a * 1000); await load(1); d.setUTCSeconds(59); await load(2); return [d.toISOString(), d.getTime(), JSON.stringify(d), typeof d, d > new Date(0)]; }",
    "nested functions with shared counter":
      "async (raw) => { let id = 0; const nextId = () => `id-${++id}`; const rows = raw.items.map((x) => ({ id: nextId(), ref: x.id })); await load(rows); const more = nextId(); return [rows, more, id]; }",
    "unary and in conditions chain":
      "async (raw) => { if (!raw.none && !!raw.a && !(raw.s === '') && (raw.items?.length ?? 0) > 1 && await load(true)) return 'all'; else if (raw.a || (await load(0))) return 'some'; return 'none'; }",
    "number keys order":
      "async (raw) => { const o = {}; for (const k of ['b', '2', 'a', '1', '01', '-1', '4294967295', '4294967294']) { o[k] = k; await notify(k); } return [Object.keys(o), JSON.stringify(o), Object.entries({ ...o, 0: 'z' })[0]]; }",
    "delete then re-add key order":
      "async (raw) => { const o = { a: 1, b: 2, c: 3 }; delete o.a; await load(1); o.a = 4; o.b = 5; return [Object.keys(o), o]; }",
    "string compare sort localeless":
      "async (raw) => { const xs = ['\u00e4', 'a', 'Z', 'z', '\ud83d\ude00', '\\ufffd', ...raw.words]; xs.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)); await load(xs); return xs; }",
    "sort numbers as strings mixed":
      "async (raw) => [[10, 9, 1, null, undefined, 'b', true].sort().map(String), [3, 1, 2].sort(() => 0), [...\"hello\"].sort().join('')]",
    "toString radix fractional":
      "async (raw) => [(0.5).toString(2), (255.75).toString(16), (raw.a / 8).toString(8), Number.parseInt('101', 2), parseInt(' 42abc'), parseInt(''), parseInt(null, 36), (25).toString(36), (1e21 + 1).toString(), (123.456).toFixed(0), (0.000001234).toString(), (-1.5).toFixed(0), (2.5).toFixed(0), (1.45).toFixed(1), (8.345).toFixed(2)].map((x) => (Number.isNaN(x) ? 'nan' : x))",
    "split limits and regex groups":
      "async (raw) => ['a,b,,c'.split(','), 'a1b2c3'.split(/\\d/), 'a1b2'.split(/(\\d)/), ''.split(''), ''.split(','), 'abc'.split('', 2), '2024-05-06'.replace(/(\\d+)-(\\d+)-(\\d+)/, '$3/$2/$1'), 'aaa'.replace(/a/g, (m, o) => o), 'x'.replace('x', '$$'), 'abc'.replace(/(?<first>a)/, '[$<first>]')]",
    "includes NaN and indexOf on strings":
      "async (raw) => [raw.s.includes(''), 'abc'.indexOf('c', -5), 'abc'.indexOf('', 10), 'abcabc'.lastIndexOf('c', -1), 'abc'.slice(-2, -1), 'abc'.substring(2, 0), 'abc'.substr ? 1 : 0, 'abc'.at(-4) === undefined, ' \\u00a0x\\ufeff '.trim().length, '\u00df'.toUpperCase(), '\u0130'.toLowerCase().length]",
    "loops over string code points with await":
      "async (raw) => { const out = []; for (const ch of 'a\ud83d\ude00' + raw.s) { out.push(await load(ch.codePointAt(0))); if (out.length > 4) break; } return out; }",
    "early exit nested maps":
      "async (raw) => { const r = raw.rows.map((row) => row.map((c) => row.length * c)).flat().filter(Boolean); const idx = raw.rows.findIndex((row) => row.some((c) => c === 3)); await load(idx); return [r, idx, raw.rows.flatMap((row, i) => row.map((c) => [i, c]))]; }",
    "every and some on empty":
      "async (raw) => [raw.list.every((x) => x > 0), raw.list.some((x) => x > 2), [].every(Boolean), [].some(Boolean), raw.items.find((x) => x.id === 99), raw.items.findLast((x) => x.price > 5)?.id]",
    "hostile keys in counting":
      "async (raw) => { const c = {}; for (const k of ['__proto__x', 'constructor', 'hasOwnProperty', 'valueOf', '', ' ', 'a.b', '$states', '%}']) { c[k] = (Object.hasOwn(c, k) ? c[k] : 0) + 1; await notify(k); } return [c, Object.keys(c).length]; }",
    "generators of ids from index in template":
      "async (raw) => { const ids = Array.from({ length: 3 }, (_, i) => `${raw.s}-${String(i + 1).padStart(3, '0')}`); for (const id of ids) await load(id); return ids; }",
    "flags accumulate booleans":
      "async (raw) => { let ok = true; let any = false; for (const x of raw.list) { ok &&= (await load(x)) > 0; any ||= x === 2; } ok = ok && !any; return [ok, any]; }",
    "await in computed key and call args nested":
      "async (raw) => { const o = { [await load('k')]: [await load(1), { z: await load(2) }], n: Math.max(await load(3), raw.a, await load(1)) }; return [o, o[await load('k')][await load(1)].z]; }",
    "return await in switch in for in":
      "async (raw) => { for (const k in raw.o) { switch (k) { case 'x': if (raw.flag) return await load(raw.o[k]); break; case 'list': await load(raw.o[k].length); } } return 'end'; }",
    "conditional deletes and in":
      "async (raw) => { const o = { ...raw }; if ('none' in o) delete o.none; if (!('zzz' in o)) o.zzz = await load(1); for (const k of ['a', 'b']) if (k in o && o[k] > 1) delete o[k]; return o; }",
    "nested closures shadow loop var":
      "async (raw) => { const out = []; for (let i = 0; i < 2; i++) { const fs = [1, 2].map((i) => i * 10); out.push(...fs, i, ...raw.list.map((x, i) => i)); await load(i); } return out; }",
    "do while with continue":
      "async (raw) => { let i = 0; const out = []; do { i++; if (i % 2) continue; out.push(await load(i)); } while (i < 5); return out; }",
    "for with multiple updates and closures":
      "async (raw) => { const out = []; for (let i = 0, j = raw.list.length; i < j; i++, j--) { const swap = () => [i, j]; out.push(swap()); await load(i + j); } return out; }",
    "record of tasks chosen by switch":
      "async (raw) => { const run = async (kind, x) => { switch (kind) { case 'load': return await load(x); case 'price': return await price(x); default: throw new RangeError(`unknown ${kind}`); } }; const out = []; for (const k of ['load', 'price', raw.s]) { try { out.push(await run(k, raw.a)); } catch (e) { out.push(`${e.name}: ${e.message}`); } } return out; }",
    "regex exec loop in helper": {
      flow: "async (raw) => await load(words55(raw.s + ' and more'))",
      module:
        "const words55 = (s) => { const re = /\\w+/g; const out55 = []; let m; while ((m = re.exec(s)) !== null) out55.push([m[0], m.index]); return out55; };",
    },
  },
  { inputs: 6 },
);

suite(
  "values that are awaited, handed on and kept, in other positions",
  {
    "await of changes":
      "async (raw) => { let n = 0; const xs = []; const a = await (n += 1); const b = await n++; const c = await xs.push(n); const bump = () => ++n; const d = await bump(); const e = [await bump(), n, await bump(), n]; await load(n); return [a, b, c, d, e, n, xs]; }",
    "await of values in branches and loops":
      "async (raw) => { const out = []; for (const x of raw.list) { const v = await (x > 1 ? load(x) : x * 10); out.push(v, await x); if (await (raw.flag && x === 2)) break; } return out; }",
    "await of date now value":
      "async (raw) => { const t = await Date.now(); const d = await new Date(0).toISOString(); return [typeof t, d]; }",
    "await of object then changed":
      "async (raw) => { const o = await { n: 1, list: [] }; o.n = 2; await load(1); o.list.push(3); return o; }",
    "await of a function result object changed":
      "async (raw) => { const mk = () => ({ n: 0 }); const o = await mk(); await load(1); o.n = 5; return o; }",
    "handed in map callback sync with effects": {
      flow: "async (raw) => { let n = 0; const seen = []; const r = await tally61(raw.list, (x) => { n += x; seen.push(x); return n; }); return [r, n, seen]; }",
      module:
        "const tally61 = async (xs, fn) => { const ys = xs.map((x) => fn(x)); await notify(ys.length); xs.forEach(fn); return ys; };",
    },
    "handed async changes inside map refused or exact": {
      flow: "async (raw) => { const r = await par62(raw.list, async (x) => (await load(x)) * raw.a); return r; }",
      module: "const par62 = async (xs, fn) => await Promise.all(xs.map(async (x) => await fn(x)));",
    },
    "handed by helper returning closures result": {
      flow: "async (raw) => { let k = raw.a; return await both63(async () => { k += 1; return await load(k); }, (v) => v * k); }",
      module:
        "const both63 = async (f, g) => { const a = await f(); const b63 = g(a); const c63 = await f(); return [a, b63, c63, g(c63)]; };",
    },
    "two helpers each with closures nested": {
      flow: "async (raw) => await timed64('outer', () => retry64((i) => timed64(`t${i}`, async () => await pick(i < 1 ? 'fail' : raw.a))))",
      module:
        "const retry64 = async (fn, n = 2) => { for (let i = 0; ; i++) { try { return await fn(i); } catch (e) { if (i >= n) throw e; } } };\nconst timed64 = async (name, fn) => { const r = await fn(); await notify(name); return r; };",
    },
    "closure param destructured": {
      flow: "async (raw) => await each65(raw.list, async ({ x, i, last = false, ...rest }) => [await load(x + i), last, rest])",
      module:
        "const each65 = async (xs, fn) => { const out = []; for (const [i, x] of xs.entries()) out.push(await fn({ x, i, last: i === xs.length - 1 })); return out; };",
    },
    "closure throws custom and finally order": {
      flow: "async (raw) => { try { return await withLock66('a', async () => { await load(1); if (raw.flag) throw new RangeError('r'); return await withLock66('b', () => load(2)); }); } catch (e) { return [e.message, e.cause?.name, e.cause instanceof RangeError]; } }",
      module:
        "const withLock66 = async (key, fn) => { await notify(`lock ${key}`); try { return await fn(); } catch (e) { throw new Error(`in ${key}: ${e.message}`, { cause: e }); } finally { await notify(`unlock ${key}`); } };",
    },
    "template capture in condition":
      "async (raw) => { let n = 0; const id = () => `i${n++}`; if (`${id()}${await load(id())}` === 'i0i1') return [n, `${n}${n++}${await load(n)}${n}`]; return n; }",
    "args change later args":
      "async (raw) => { let n = 1; const r = await send(n, n++, (n *= 2), await load(n), ...[n, n++], n); return r; }",
    "regex match in condition and loop over steps":
      "async (raw) => { let rest = 'a1b22c333' + raw.s; const out = []; let m; while ((m = /\\d+/.exec(rest))) { out.push([m[0], m.index]); rest = rest.slice(m.index + m[0].length); await load(rest); if (out.length > 5) break; } return out; }",
    "match array passed to a task and returned":
      "async (raw) => { const m = /(\\w)(\\w)/.exec('ab'); const r = await load(m); await load(m.slice(1)); return [r, m, { ...m }, JSON.stringify(m)]; }",
    "matchAll collected then stepped":
      "async (raw) => { const all = [...'x1y2'.matchAll(/([a-z])(\\d)/g)]; await load(all.length); return all.map((m) => [m[1], m[2], m.index, m.groups === undefined]); }",
    "url in list over steps":
      "async (raw) => { const us = raw.words.map((w) => new URL(`https://ex.com/${w}`)); for (const u of us) { await load(u.pathname); } return us.map((u) => u.href); }",
    "url compare json":
      "async (raw) => { let u = new URL('https://ex.com/a?b=1#c'); await load(u.hash); u = new URL('../d', u); await load(u.href); return [JSON.stringify({ u }), `${u}`, u.searchParams.has('b')]; }",
    "conditional push nested receiver":
      "async (raw) => { const r = { ok: [], bad: [] }; for (const it of raw.items) { (it.price > 5 ? r.ok : r.bad).push(await load(it.id)); (it.price > 5 ? r.ok : r.bad).push(it); } await load(1); r.ok.push(0); return r; }",
    "for in array splice":
      "async (raw) => { const xs = ['a', 'b', 'c', 'd']; const ks = []; for (const i in xs) { ks.push(i); if (xs[i] === 'b') xs.splice(1, 2); await load(i); } return [ks, xs]; }",
    "for in delete all":
      "async (raw) => { const o = structuredClone(raw.o); for (const k in o) { await load(k); for (const j in o) delete o[j]; } return o; }",
    "Array n dynamic":
      "async (raw) => { const xs = Array(raw.a); try { await load(xs.length); } catch (e) { return e.message; } return [...xs].length; }",
    "intl in loop with await":
      "async (raw) => { const out = []; for (const x of raw.items) out.push(await load(new Intl.NumberFormat('en-US', { minimumFractionDigits: 2 }).format(x.price * 1000))); return out; }",
    "promise resolve of throwing":
      "async (raw) => { try { return await Promise.resolve(raw.none.x); } catch (e) { return await Promise.resolve(e.message); } }",
    "substr negative emoji":
      "async (raw) => ['\ud83d\ude00b'.substr(1, 1), raw.s.substr(raw.b), raw.s.substr(0, raw.a), 'abc'.substr(NaN, Infinity), 'abc'.substr(1, -1)]",
    "what a pattern found lost where it found it, when it was changed in place": {
      flow: "async (raw) => { const m = /(\\w)(\\w)/.exec('ab'); await load(1); m.push('z'); await load(2); return [m.index, m.input, m[3]]; }",
      refuses: ["RLT3005"],
    },
    "a field's old value was nothing where another field got it":
      "async (raw) => { const t = { n: 1 }; t.x = t.n--; await load(t); const u = {}; u.x = t.n++; await load(u); return [t, u]; }",
    "the same in a list and in an argument":
      "async (raw) => { const t = { n: 1 }; const xs = []; xs.push(t.n--); await load(1); const r = await load(t.n--); return [t, xs, r]; }",
    "the same in a loop, by a computed key":
      "async (raw) => { const t = raw.items.map((x) => ({ id: x.id, n: 0 })); for (let i = 0; i < t.length; i++) { t[i].n += await price(i); t[i]['x' + i] = t[i].n--; } return t; }",
  },
  { inputs: 6 },
);

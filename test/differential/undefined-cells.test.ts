import { suite } from "./suite.ts";

/** Variables that hold undefined between two steps. */
const PROGRAMS: readonly string[] = [
  "async (raw) => { let x; if (raw.flag) x = raw.a; await load(1); return [x === undefined, x ?? 'none', typeof x]; }",
  "async (raw) => { let s; for (const w of raw.words) { s = w; await load(w); } return { s, t: s?.length }; }",
  "async (raw) => { let found = undefined; for (const i of raw.items) { if (i.id === 2) found = i; await load(i.id); } return found ? found.price : 'no'; }",
  "async (raw) => { let x = 1; x = undefined; await load(1); await send(x); return send([x]); }",
  "async (raw) => { let x = { a: 1 }; if (raw.a) x = undefined; await load(1); return x.a; }",
  "async (raw) => { let out = []; for (let i = 0; i < 3; i++) { let s; if (i === 0) s = 'first'; out = [...out, s === undefined]; let t = 0; t += i; await load(t); s = 'x'; } return out; }",
  "async (raw) => { let it = null; try { await notify(1); } finally { it = raw.none?.y; await send(it); } return { it }; }",
  "async (raw) => { let it = null; try { await notify(1); } finally { it = raw.items.find((item) => item.id === raw.b)?.price; await send(it); } return { it }; }",
  "async (raw) => { let x = raw.o?.q; await load(1); x ||= 5; await load(x); let y = raw.list.at(9); y = y ?? x; return [x, y]; }",
  "async (raw) => { let x = raw.list.find((v) => v === raw.none); let n = 0; while (n < 2) { x = raw.o?.k; n++; await load(x ?? null); } return [x, n]; }",
  "async (raw) => { let x = raw.rows.at(0); const y = x; await load(y); x = undefined; await load(y ?? 0); return [x, y, `${x}`]; }",
  "async (raw) => { let x; let y; try { x = raw.a; await pick(raw.b); y = raw.o.x.q.z; } catch (e) { return [x, y, e.message]; } return [x, y]; }",
  "async (raw) => { const it = [raw.a, , raw.b]; await send(it); return { it }; }",
  "async (raw) => { const it = [undefined, raw.a]; await send(it); return { it }; }",
  "async (raw) => { let last; for (const x of raw.list) { const y = await load(x); last = y > 2 ? y : undefined; } return [last, last !== undefined]; }",
  "async (raw) => { let x = raw.o?.list; for (const v of x ?? []) await load(v); if (!x) x = void 0; await load(2); return x?.[0] ?? x; }",
  "async (raw) => { let x; await load(1); x = Number('q'); await load(2); return [x === undefined, x > 1]; }",
  "async (raw) => { let x; await load(1); x = [undefined, 1]; await load(2); return [x === undefined, typeof x, x?.length]; }",
];

suite("variables that are undefined", Object.fromEntries(PROGRAMS.map((program) => [program, program])));

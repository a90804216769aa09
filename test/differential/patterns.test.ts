import { suite } from "./suite.ts";

/** Programs that once gave another answer than plain Node; each is named after what was wrong. */
suite(
  "patterns and their defaults",
  {
    "a default that changes a variable was evaluated in two regions":
      "async (raw) => { const log = []; const t = (x) => { log.push(x); return x; }; const { a = t('da'), b = t('db'), ...rest } = raw.o ?? {}; await load(log); return [a, b, rest, log]; }",
    "the same in a list":
      "async (raw) => { const log = []; const t = (x) => { log.push(x); return x; }; const [p = t(1), , q = t(2), ...r] = raw.list ?? []; await load(log); return [p, q, r, log]; }",
    "the same of a key that is computed":
      "async (raw) => { let log = ''; const k = (x) => { log += x; return x; }; const { [k('a')]: u = k('d'), [k('b')]: v } = raw; await load(log); return [u, v, log]; }",
    "the same of a parameter of a function that waits":
      "async (raw) => { let n = 0; const f = async (a, b = ++n) => await load([a, b]); await f(1); await f(2); return n; }",
    "a default read a name before it as it was in the state before":
      "async ({ q = 5, r = [q] }) => { q += 1; r.push(q); await load(r); return [q, r]; }",
    "the same of a declaration":
      "async (raw) => { let { q = 5, r = [q] } = raw; q += 1; r.push(q); await load(r); return [q, r]; }",
    "a list that is none was quoted as where it is assigned":
      "async ({ items }) => { const [first, ...rest] = items; if (!first) return []; first.lead = true; await send(first); return rest; }",
    "the same of an answer":
      "async (raw) => { const [a, b = 2, ...c] = await load(raw.list); c.push(a, b); return c; }",
    "the same of an answer whose parts are set anew":
      "async (raw) => { let [a, c = 3] = await load(raw.rows); a = 1; await notify(1); return [a, c]; }",
    "the same of a choice":
      "async (raw) => { let [a, c = 3] = raw.list ? raw.rows : 1; a = 1; await notify(1); return [a, c ?? null]; }",
    "a member of a member was read after what is assigned to it had waited":
      "async ({ o }) => { const copy = structuredClone(o); copy.x.y = await load(1); return [o, copy]; }",
  },
  { inputs: 9 },
);

suite("patterns of loops that wait, in V8's words", {
  "of nothing":
    "async (raw) => { let n = 0; for (const { k } of [{ k: 1 }, raw.none]) n += await load(k); return n; }",
  "of what is no list":
    "async (raw) => { let n = 0; for (const [k] of [[1], raw.a]) n += await load(k); return n; }",
  "nested, with defaults that read what stands before":
    "async (raw) => { const out = []; for (const [i, { price: p = i, tags: [t = p] = [], ...rest }] of (raw.items ?? [{}]).entries()) { out.push([await load(p), t, rest]); } return out; }",
  "whose parts change":
    "async (raw) => { const out = []; for (let { id, tags = [] } of raw.items ?? []) { id += 1; tags = [...tags, id]; await load(id); out.push(tags); } return out; }",
  "of nothing in it": "async (raw) => { for (const { o: { x } } of [raw, raw.o]) await load(x); return 1; }",
});

import { suite } from "./suite.ts";

// What a loop goes through is awaited once; the loop itself costs no transition a turn.
suite("loops over what is awaited", {
  "a sum": `async (i) => { let s = 0; for (const x of await load(i)) s += x; return s; }`,
  "a part of the answer, taken apart": `async (i) => { const out = []; for (const { id, k = 1 } of (await load(i)).items) out.push([id, k]); return out; }`,
  "a list of answers": `async (i) => { const out = []; for (const x of [await load(i.a), i.b, await send(i.c)]) out.push(x); return out; }`,
  "an answer or nothing": `async (i) => { const out = {}; for (const x of (await load(i)) ?? []) out[x] = (out[x] ?? 0) + 1; return out; }`,
  "its keys": `async (i) => { const out = []; for (const k in await load(i)) out.push(k); return out; }`,
  "its entries": `async (i) => { const out = []; for (const [k, v] of Object.entries(await load(i))) { if (v === null) continue; out.push(k + v); } return out; }`,
  "left in two ways": `async (i) => { for (const x of await load(i.list)) { if (x === i.stop) return { found: x }; if (x === "end") break; } await send("none"); return "none"; }`,
  "labelled, and loops in it": `async (i) => { let n = 0; outer: for (const row of await load(i.rows)) { for (const x of row) { if (x === 0) continue outer; if (x < 0) break outer; n += x; } } return n; }`,
  "in a try, throwing": `async (i) => { let n = 0; try { for (const x of await load(i)) { n++; if (x === null) throw new Error("null at " + n); } } catch (e) { return { n, message: e.message }; } finally { await notify(n); } return n; }`,
  "the call fails": `async (i) => { const out = []; try { for (const x of await flaky(i)) out.push(x); } catch (e) { out.push(e.message); } return out; }`,
  "in a loop that waits": `async (i) => { const seen = []; for (const id of i.ids) { for (const x of await load(id)) seen.push(x); await send(seen.length); } return seen; }`,
  "in items": `async (i) => await Promise.all(i.ids.map(async (id) => { let t = 0; for (const x of await load([id, id])) t += x; return t; }))`,
  "the list changes meanwhile": `async (i) => { const xs = [1, 2]; for (const x of [...xs, await load(i.v)]) { xs.push(x); } return xs; }`,
  "values before and behind the call": `async (i) => { let n = 1; const out = []; for (const x of [n, n++, await load(n), n]) out.push(x); return { out, n }; }`,
  "a variable of its own": `async (i) => { let last; for (last of await load(i)) { if (last) break; } return last; }`,
  "names that hide others": `async (i) => { const x = i; const out = []; for (const y of await load(x)) { const x = y; out.push(x); } return [out, x]; }`,
  "while another call runs": `async (i) => { const p = load(i.a); const out = []; for (const x of await load(i.b)) out.push(x); return [await p, out]; }`,
  "of a call that began before": `async (i) => { const p = load(i); let s = ""; for (const x of await p) s += x; return s; }`,
  groups: `async (i) => { const groups = {}; for (const r of await load(i.rows)) (groups[r.k] ??= []).push(r.v); for (const k of Object.keys(groups)) await send(groups[k]); return groups; }`,
  "a Set": `async (i) => { const seen = new Set(); for (const x of await load(i)) { if (seen.has(x)) continue; seen.add(x); } return [...seen]; }`,
  "of many calls": `async (i) => { let s = 0; for (const x of await Promise.all(i.ids.map((id) => load(id)))) s += x; return s; }`,
  "a text": `async (i) => { const out = []; for (const c of String(await load(i))) out.push(c); return out; }`,
});

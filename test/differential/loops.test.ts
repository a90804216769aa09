import { suite } from "./suite.ts";

/** Loops over hostile input end soon: every one of them is bounded by a number. */
suite("variables that change", {
  "an assignment": "async (raw) => { let x = raw.a; await load(x); x = raw.b; await send(x); return x; }",
  "assigned in an arm":
    "async (raw) => { let x = 1; if (raw.a) x = raw.b; else { x = 'no'; } return send(x); }",
  "assigned in one arm": "async (raw) => { let x = raw.s; if (raw.a) x = raw.b; return [x, await load(x)]; }",
  "declared without a value":
    "async (raw) => { let x; if (raw.a) x = raw.b; return { x, u: x === undefined, s: await send(x) }; }",
  counting: "async (raw) => { let n = 0; n++; n += 2; n -= 5; n--; await load(n); n = 7; return n; }",
  "adding what comes":
    "async (raw) => { let sum = 0; sum += raw.a; sum += raw.b; await load(sum); return sum; }",
  "joining texts":
    "async (raw) => { let s = ''; s += raw.s; s += '-'; s = s + raw.t; return send(s, s.length); }",
  "increment of anything": "async (raw) => { let x = raw.a; x++; await load(1); x--; return [x]; }",
  "old value kept": "async (raw) => { let x = raw.a; const y = x; x = raw.b; await load(y); return [x, y]; }",
  "a constant of what changes":
    "async (raw) => { let n = 1; const twice = n * 2; n = 5; const { y } = { y: n }; await load(0); return [twice, n, y]; }",
  "destructured from what changes":
    "async (raw) => { let o = raw.o; const { x, ...rest } = o ?? {}; o = null; await load(x); return { x, rest, o }; }",
  "swapped by a third":
    "async (raw) => { let a = raw.a; let b = raw.b; const t = a; a = b; b = t; return send(a, b); }",
  "awaited into": "async (raw) => { let x = await load(raw.a); x = await load([x]); return x; }",
  "awaited onto":
    "async (raw) => { let n = 1; n += (await price(raw.a)); n = n * (await price(n)); return n; }",
  "arithmetic of all kinds":
    "async (raw) => { let x = raw.a; x *= 2; await load(1); x /= 4; x %= 7; await load(2); return x; }",
  "a throw between": "async (raw) => { let x = 1; x = raw.o.x.y; await notify(x); x = 2; return x; }",
  shadowed: "async (raw) => { let x = 1; { let x = raw.a; x = [x]; await load(x); } x += 1; return x; }",
  "in a callback of its own":
    "async (raw) => { let n = 0; const all = [1, 2, 3].map((v) => { let n = v; n *= 2; return n; }); n += all[2]; return send(n, all); }",
  "read by a callback":
    "async (raw) => { let least = 2; least = least + 0; const few = [1, 2, 3, 4].filter((v) => v > least); await load(few); return few; }",
  "inside a map's item":
    "async (raw) => await Promise.all([1, 2].map(async (v) => { let n = v; if (raw.a) n += 10; await load(n); n++; return n; }))",
  "an object that is made anew":
    "async (raw) => { let o = { n: 1 }; o = { ...o, a: raw.a }; await load(o); o = { ...o, n: o.n + 1 }; return o; }",
  "a list that is made anew":
    "async (raw) => { let xs = []; xs = [...xs, raw.a]; await load(xs); xs = [...xs, raw.b]; return { xs, n: xs.length }; }",
});

suite("loops", {
  "for with an index":
    "async (raw) => { let sum = 0; for (let i = 0; i < 3; i++) { sum += await price(i); } return sum; }",
  "for over what comes":
    "async (raw) => { const out = []; let n = 0; for (const x of [raw.a, raw.b, 3]) { await load(x); n++; } return n; }",
  "for of a list":
    "async (raw) => { let last = null; for (const x of raw.list) { last = await load(x); } return last; }",
  "for of its members":
    "async (raw) => { let all = []; for (const row of raw.rows) { const p = await price(row.id); all = [...all, p]; } return all; }",
  "for of destructured":
    "async (raw) => { let all = ''; for (const { id, price: p = 1 } of raw.rows) { await load(id); all += `${id}:${p};`; } return all; }",
  "for of with break":
    "async (raw) => { for (const x of raw.list) { if (x === 2) break; await load(x); } return 'done'; }",
  "for of with continue":
    "async (raw) => { let n = 0; for (const x of raw.list) { if (!x) continue; await load(x); n += 1; } return n; }",
  "for of with return":
    "async (raw) => { for (const x of raw.list) { if (x === 5) return ['found', await load(x)]; await notify(x); } return 'none'; }",
  "for of without awaits":
    "async (raw) => { let n = 0; for (const x of [1, 2, 3]) { n += x; } return send(n); }",
  while: "async (raw) => { let n = 3; while (n > 0) { await load(n); n--; } return n; }",
  "while over a result":
    "async (raw) => { let page = { next: 1 }; let n = 0; while (page.next && n < 4) { page = await load({ next: n < 2 ? n + 1 : null, a: raw.a }); n++; } return { page, n }; }",
  "while true with break":
    "async (raw) => { let n = 0; while (true) { n++; const p = await price(n); if (p > 2 || n > 2) break; } return n; }",
  "do while": "async (raw) => { let n = 0; do { n += 1; await load([n, raw.a]); } while (n < 2); return n; }",
  "do while with continue":
    "async (raw) => { let n = 0; do { n += 1; if (n === 2) continue; await load(n); } while (n < 4); return n; }",
  "for with continue":
    "async (raw) => { let s = ''; for (let i = 0; i < 4; i++) { if (i === 1) continue; s += i; await load(s); } return s; }",
  "for without a test":
    "async (raw) => { let out = 0; for (let i = 0; ; i += 2) { if (i > 4) break; out += await price(i); } return out; }",
  "for with two":
    "async (raw) => { let s = 0; for (let i = 0, j = 5; i < j; i++, j--) { s += await price([i, j]); } return s; }",
  nested:
    "async (raw) => { let s = []; for (let i = 0; i < 2; i++) { for (const x of raw.list ?? []) { if (x === 3) break; s = [...s, [i, await load(x)]]; } } return s; }",
  "a map in a loop":
    "async (raw) => { let all = []; for (let i = 0; i < 2; i++) { const rs = await Promise.all([1, 2].map(async (x) => load([x, i, raw.a]))); all = [...all, rs]; } return all; }",
  "a loop in a map":
    "async (raw) => await Promise.all([2, 1].map(async (n) => { let t = 0; for (let i = 0; i < n; i++) { t += await price([i, raw.a]); } return t; }))",
  "a map of a task in a loop":
    "async (raw) => { let out = []; for (let i = 1; i < 3; i++) { out = [...out, await load.map(range(1, i))]; } return out; }",
  "a failure in a turn":
    "async (raw) => { let n = 0; for (const x of raw.list) { n++; await pick(x); } return n; }",
  "a throw in a turn":
    "async (raw) => { for (let i = 0; i < 3; i++) { await load(i); if (i === 1) throw new RangeError(`turn ${i}`); } return 1; }",
  "a pending throw at a turn's end":
    "async (raw) => { let v; for (let i = 0; i < 2; i++) { await load(i); v = raw.o.x.y; } return v; }",
  "retries in a loop":
    "async (raw) => { let got = []; for (let i = 0; i < 2; i++) { const r = await flaky(i, raw.a); got = [...got, r.attempts]; } return got; }",
  "a constant in a turn":
    "async (raw) => { let all = []; for (let i = 0; i < 3; i++) { const sq = i * i; const label = `#${sq}`; await load(label); all = [...all, sq]; } return all; }",
  "a variable of each turn":
    "async (raw) => { let all = []; for (let i = 0; i < 3; i++) { let x; if (i === 1) x = raw.a; all = [...all, x === undefined ? 'u' : x]; await load(i); } return all; }",
  "a return in a loop without end":
    "async (raw) => { let i = 0; for (;;) { i++; if (i === 3) return i; await load(i); } }",
  "an empty body": "async (raw) => { let n = 0; for (; n < 3; n++) {} return send(n); }",
  "an if at a turn's end":
    "async (raw) => { let best = null; for (const x of raw.list) { const p = await price(x); if (best === null || p > best) best = p; } return best; }",
  "codepoints of a text":
    "async (raw) => { let n = 0; for (const c of raw.s) { n += 1; if (n > 5) break; await load(c); } return n; }",
});

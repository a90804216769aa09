import { suite } from "./suite.ts";

/** Variables that only ever hold texts, or booleans, or nearly so. */
const PROGRAMS: readonly string[] = [
  "async (raw) => { let s = ''; switch (raw.a) { case 1: s += 1; default: s += 'd'; await load(s); case 5: s += raw.a; break; case 3: s += raw.v; } return s; }",
  "async (raw) => { let s = ''; try { try { await pick('fail'); } catch (e) { s += 1; throw e; } } catch (e) { s += 2; await load(s); s += e.message; } return s; }",
  "async (raw) => { let s = 'a'; for (const x of raw.list) { s = `${s}${x}`; await load(s); if (s.length > 3) s = s + raw.o; } return [s, typeof s, s === 'a']; }",
  "async (raw) => { let done = false; let n = 0; while (!done) { n++; await load(n); done = n > 2 || raw.flag === false; } return [done, n, done ? 'x' : 'y', `${done}`]; }",
  "async (raw) => { let seen = !raw.none; let s = raw.flag ? 'a' : 'b'; await load(s); seen = s === 'a' && seen; return send(seen, s, seen === true, s < 'b'); }",
  "async (raw) => { let s = 'a'; await load(1); s = raw.a; await load(2); s += 1; return [s, typeof s]; }",
  "async (raw) => { let s = 'a'; let t = s; await load(1); t += raw.b; s = t; await load(s); t = s + 1; return [s, t]; }",
  "async (raw) => { let s = 'a'; let t = 1; await load(1); t += raw.b; s = t; await load(s); return [s, t, s + 1]; }",
  "async (raw) => { let s = 'a'; const set = (x) => { s = x; return 'k'; }; await load(s); const r = [(s = 'b', set(raw.a)), s]; await load(1); return [r, s, typeof s]; }",
  "async (raw) => { let s = ''; for (const w of raw.words) { s = w; await load(s); } let f = false; for (const x of raw.list) { f = f || x > 2; if (f) break; await load(x); } return [s, f]; }",
  "async (raw) => { let s = 'x'; [s] = raw.words; await load(1); let b = true; ({ flag: b } = raw); await load(b); return [s === undefined, s ?? null, b]; }",
  "async (raw) => { let s = 'x'; await load(1); s ??= raw.a; s ||= 'e'; s &&= `${raw.t}!`; await load(s); s = typeof raw.v; return [s, s.toUpperCase(), s.split('')]; }",
  "async (raw) => { let s; if (raw.flag) s = 'yes'; await load(1); return [s === undefined, `${s}`, s ?? 'no']; }",
  "async (raw) => { let s = ''; let n = 0; for (let i = 0; i < 3; i++) { s += i; s += raw.s; n = s.length; await load(s); } return [s, n, s.indexOf(raw.s)]; }",
  "async (raw) => { let b = true; await load(1); b = raw.a && true; await load(2); b = b === true; return [b, !b]; }",
  "async (raw) => { let b = false; await load(1); b ||= raw.flag; await load(b); return [b, b === true]; }",
  "async (raw) => { let s = 'a'; s++; await load(1); return [`${s}`, typeof s]; }",
  "async (raw) => { let s = 'a'; await Promise.all(raw.list.map(async (x) => { let t = 'i'; t += x; await load(t); return t; })); s += await load(raw.v ?? 1); return s; }",
  "async (raw) => { let s = 'x'; for (const w of raw.words) { s = w === 'b' ? s + w : `${w}`; if (await load(s === 'w')) return s; } return s + raw.missing + raw.none + raw.o.list; }",
  "async (raw) => { let s = ''; const out = {}; for (const i of raw.items) { s = 'k' + i.id; out[s] ??= await load(i.price); out[s] += s; } return [out, s]; }",
  "async (raw) => { const by = {}; for (const w of raw.words) by[w] ??= await load(`${w}!`); by.a ||= await load(raw.a); const x = by.none ?? (await load('none')); const y = raw.missing || (await load(2)); const z = by.q && (await load(3)); return [by, x, y, z === undefined]; }",
  "async (raw) => { let big = 'x'; big = (await load(raw.s)) + 'y'; await load(1); for (let i = 0; i < 3; i++) { big += big; await load(i); } return [big.length, big === raw.s, big.slice(0, 2)]; }",
];

suite("variables of one type", Object.fromEntries(PROGRAMS.map((program) => [program, program])), {
  inputs: 30,
});

const big = {
  flow: "async (raw) => { let s = 'x'; const b = await big(300000, 1); s = `${b.text}`; await load(s.length); s += 'y'; return [s.length, s === 'x', s.slice(-2), s ? 1 : 2]; }",
  inputs: [{}],
};
suite("variables of one type, large", { big });

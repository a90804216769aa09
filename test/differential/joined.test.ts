import { suite } from "./suite.ts";

/** Tests and assignments in a row, which become one state: what one assigns, the next reads. */
const JOINED: readonly string[] = [
  "async (raw) => { let x = 0, y = 'a'; if (raw.a === 1) x = 1; else if (raw.flag) { x = 2; y = '$v_x'; } else y = raw.s; const r = await load(x); if (r === x) { x = y; y = r; } return [x, y, await load(y)]; }",
  "async (raw) => { const out = []; for (const k of [1,2,3]) { let s = null; try { s = await pick(k === 2 ? 'fail' : k); } catch (e) { s = e.message; if (k > 1) s = 0; } if (s === 0) continue; if (raw.flag) { out.push(s); } else if (k === 3) break; out.push(k); } return out; }",
  "async (raw) => await Promise.all([1,2,3].map(async (n) => { let l = 'x'; if (n === 1) l = 'one'; else if (n === raw.a) l = n; if (l === 'x') return null; if (l === 2) l = 'two'; return [l, await load(l)]; }))",
  "async (raw) => { let a = 1, b = 2; if (raw.a) { [a, b] = [b, a]; } if (a === 2) a = b; if (b === 1) b = a + 1; return [a, b, await load(a)]; }",
  "async (raw) => { let t = 0; let i = 0; while (i < 4) { i += 1; if (i === 2) continue; if (raw.a === i) { t += 10; } else if (i > 2) t -= 1; const r = await load(i); if (r === 3) { t = 'x' + t; break; } } if (t === 'x9') return 1; return t; }",
];
suite("tests and assignments in a row", Object.fromEntries(JOINED.map((flow) => [flow, flow])));

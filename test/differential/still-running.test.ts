import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { PRELUDE } from "./prelude.ts";
import { suite } from "./suite.ts";

const inputs = [{ a: 1, flag: true, list: [3, 1, 2] }, { a: 5, flag: false, list: [] }, {}];

suite("what calls see of variables that change", {
  "a counter in two elements: each call gets its own": {
    inputs,
    flow: "async () => { let i = 0; const rs = await Promise.all([load(i++), load(i++)]); return [rs, i]; }",
  },
  "a counter that is read, and changed by a later element, was read before": {
    inputs,
    flow: "async () => { let i = 0; const rs = await Promise.all([load(i), load(i++), load([i, 1]), i]); return [rs, i]; }",
  },
  "what is taken from a queue": {
    inputs,
    flow: "async () => { const q = [1, { x: 2 }, 3]; const rs = await Promise.all([load(q.shift()), load(q.shift()), q.pop()]); return [rs, q]; }",
  },
  "callbacks under way read what changed before them, and what changes after they were awaited": {
    inputs,
    flow: "async () => { let k = 1; for (const y of [1, 2]) { k += y; const fs = [1, 2].map(async (x) => { await load(x); return k; }); const rs = await Promise.all(fs); k += 1; await notify(rs, k); } return k; }",
  },
  "a row that an async function reads is changed when it was awaited, in a loop that may be left": {
    inputs,
    flow: "async (r) => { let n = 0; for (const k of [1, 2]) { const row = { id: k }; const p = (async () => { await load(k); return [row.id, k]; })(); const z = await load(0); if (z === r.a) break; const e = await p; row.e = e; await send(row); n += 1; } return n; }",
  },
  "the same, in a map": {
    inputs,
    flow: "async (r) => await Promise.all((r.list ?? []).map(async (x) => { const row = { id: x }; const p = (async () => { await load(x); return [row.id, x]; })(), q = load(x); const y = await q; const e = await p; row.e = y; return [e, row]; }))",
  },
  "the same, in a try": {
    inputs,
    flow: "async (r) => { try { const row = { id: 3 }; row.more = 1; const p = (async () => { await load(3); return [row.id, 3]; })(); const y = await pick(r.a); const e = await p; row.e = y; return [e, row]; } catch (e) { return e.message; } }",
  },
  "something else changes while callbacks are under way": {
    inputs,
    flow: "async (r) => { let n = 0; const fs = [1, 2].map(async (x) => { const y = await load(x); return [y, r.a ?? 0]; }); n += 1; const z = await load(n); n += 1; let t = 0; for (const f of fs) { const [y] = await f; t += y; } return [t, z, n]; }",
  },
});

describe("a change that calls under way would see is refused", () => {
  const main = join(mkdtempSync(join(tmpdir(), "runlet-running-")), "main.ts");
  afterAll(() => rmSync(join(main, ".."), { recursive: true }));
  const LATE = "let n = 1; const late = async (x) => { await load(x); await load(n); return x; };";
  const CHANGED = "const rs = await Promise.all(fs); return [rs, k];";
  it.each([
    [
      "a variable that callbacks under way read after their first await",
      `let k = 1; const fs = r.list.map(async (x) => { await load(x); return k; }); k = 2; ${CHANGED}`,
    ],
    [
      "the same, in a branch",
      `let k = 1; const fs = r.list.map(async (x) => { await load(x); return k; }); if (r.flag) k = 2; ${CHANGED}`,
    ],
    [
      "the same, by a function of the flow",
      `let k = 1; const up = () => { k += 1; return k; }; const fs = r.list.map(async (x) => { await load(x); return k; }); up(); ${CHANGED}`,
    ],
    [
      "an item's object, by another name",
      "const k = [{ id: 1 }]; const first = k[0]; const fs = k.map(async (x) => { await load(1); return x.id; }); first.id = 9; return await Promise.all(fs);",
    ],
    [
      "a list that callbacks read and that grows",
      `const k = [1]; const fs = r.list.map(async (x) => { await load(x); return k.length; }); k.push(2); ${CHANGED}`,
    ],
    [
      "a variable that callbacks read which nobody awaits",
      "let k = 1; const fs = r.list.map(async (x) => { await load(x); await load(k); }); await load(0); k = 2; return k;",
    ],
    [
      "a variable that an async function reads, where a key of the name stands beside an await",
      `${LATE} const p = late(1); await send({ p: 1 }); n = 5; return [await p, n];`,
    ],
    [
      "the same, where a member of the name is read",
      `${LATE} const p = late(1); const z = (await send(1)).p; n = 5; return [await p, n, z];`,
    ],
    [
      "the same, where the future is handed to a function that may not await it",
      `${LATE} const no = async (f, x) => load(x); const p = late(1); await no(p, 1); n = 5; return [await p, n];`,
    ],
    [
      "the same, where the await may be left out",
      `${LATE} const p = late(1); const y = r.flag && (await p); n = 5; return [await p, n, y];`,
    ],
    [
      "the same, where one of a list was awaited",
      `${LATE} const ps = [late(1), late(2)]; const y = await ps[0]; n = 5; return [y, await ps[1], n];`,
    ],
    [
      "the same, where a loop over a list is left",
      `${LATE} const ps = r.list.map((x) => late(x)); for (const p of ps) { await p; break; } n = 5; await load(n); return n;`,
    ],
    [
      "the same, in a handler that is come to before the await",
      `${LATE} try { const p = late(1); await pick(r.a); await p; } catch { n = 5; } await load(n); return n;`,
    ],
    [
      "the same, in the next turn of a loop",
      `${LATE} for (const x of [3, 1]) { const p = late(x); if (x === 3) continue; await p; n = 7; } return n;`,
    ],
    [
      "the same, by the caller of an async function that does not await it",
      `${LATE} const no = async () => { const p = late(1); return 5; }; const y = await no(); n = 5; await load(n); return [y, n];`,
    ],
    [
      "the same, by the caller of an async function that fails before it awaits",
      `${LATE} const no = async () => { const p = late(1); await pick(r.a); return await p; }; const [one] = await Promise.allSettled([no()]); n = 5; await load(n); return [one.status, n];`,
    ],
    [
      "the same, in the declaration in which it begins",
      `${LATE} const p = late(1), m = n++; return [await p, m, n];`,
    ],
    [
      "an object that a later element changes",
      "const k = [1]; const rs = await Promise.all([load(k), load(k.push(2))]); return rs;",
    ],
    [
      "a variable that an async function reads and a later element changes",
      "let k = 0; const rs = await Promise.all([(async () => { const y = await load(k); return y; })(), load(k++)]); return rs;",
    ],
  ])("%s", (_, body) => {
    const found = check(main, `${PRELUDE}\nexport const m = flow(async (r) => { ${body} });\n`);
    expect(found.map((one) => one.code)).toContain("RLT1104");
  });
});

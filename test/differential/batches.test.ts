import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { PRELUDE } from "./prelude.ts";
import { suite } from "./suite.ts";

const inputs = [
  {
    a: 1,
    list: [3, 1, 2, null, {}],
    n: 3,
    rows: [{ x: 1 }, { x: { y: 2 } }],
    none: null,
    bad: ["fail", 1, 2],
  },
  { a: 5, list: [], n: 0, rows: [], none: null, bad: [] },
  { a: "x", list: ["fail", 2, [1]], n: 2, rows: [{ x: "fail" }, { x: null }, {}], bad: [1, "fail", 2] },
];
const FLOWS: Record<string, string> = {
  "calls that are gone on with":
    "async (r) => { const out = []; let batch = []; for (const x of r.bad) { batch.push(pick(x).catch((e) => ({ error: e.message, x }))); if (batch.length === 2) { out.push(...(await Promise.all(batch))); batch = []; } } if (batch.length > 0) out.push(...(await Promise.all(batch))); return out; }",
  "an async function":
    "async (r) => { const work = async (x) => { const v = await load(x); return await send(v, x); }; const pending = []; const out = []; for (const x of r.list) { pending.push(work(x)); if (pending.length === 2) { out.push(...await Promise.all(pending)); pending.length = 0; } } if (pending.length) out.push(...await Promise.all(pending)); return out; }",
  "what may throw was moved, and the await behind it not":
    "async (r) => { try { const b = []; b.push(load(r.rows[0].x)); await Promise.all(b); b.length = 0; b.push(load(3)); b.push(load(r.rows[1].x.y)); await Promise.all(b); b.length = 0; let c = []; c.push(send(7)); await Promise.all(c); c = []; c.push(send(8)); await Promise.all(c); await notify('after'); return 'end'; } catch (e) { return e.name; } }",
  "something waits between":
    "async (r) => { let batch = []; let done = 0; for (const x of r.list) { batch.push(load(x)); if (batch.length === 2) { const rs = await Promise.all(batch); batch = []; done += rs.length; await notify(done); } } const rest = await Promise.all(batch); done += rest.length; return done; }",
  "plain work between":
    "async (r) => { const SIZE = 2; let batch = []; const res = []; for (const row of r.rows) { const key = String(row.x).trim().toUpperCase(); batch.push(send({ key, n: key.length })); if (batch.length >= SIZE) { res.push(await Promise.all(batch)); batch = []; } } if (batch.length > 0) { res.push(await Promise.all(batch)); } return res; }",
  "a handler reads what changes":
    "async (r) => { let n = 0; let batch = []; const out = []; for (const x of r.list) { n++; batch.push(load(x).then((v) => [v, n])); if (batch.length === 2) { out.push(...(await Promise.all(batch))); batch = []; } } out.push(...(await Promise.all(batch))); return out; }",
  "found early":
    "async (r) => { let batch = []; for (const x of r.list) { batch.push(load(x)); if (batch.length === 2) { const [a, b] = await Promise.all(batch); batch = []; if (a === 3) return ['early', a, b]; } } const rest = await Promise.all(batch); return rest; }",
  undefined:
    "async (r) => { let batch = []; const out = []; for (const x of r.list) { batch.push(load(r.gone, x)); if (batch.length === 2) { out.push(...(await Promise.all(batch))); batch = []; } } out.push(...(await Promise.all(batch))); return out.length; }",
  "some throw":
    "async (r) => { const rows = [{ o: { n: 1 } }, { o: { n: 2 } }, { o: { n: 3 } }, {}, { o: { n: 5 } }]; let batch = []; for (const row of rows) { batch.push(load(row.o.n)); if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return 'ok'; }",
  "fails, and throws":
    "async (r) => { let batch = []; const out = []; const rows = [{ x: 1 }, { x: 'fail' }, { x: 3 }, null]; try { for (const row of rows) { batch.push(pick(row.x)); if (batch.length === 4) { out.push(...(await Promise.all(batch))); batch = []; } } out.push(...(await Promise.all(batch))); } catch (e) { out.push(e.name); } await notify('end'); return out; }",
  "beside another list":
    "async (r) => { let batch = []; const out = []; for (const x of r.list) { if (!x) continue; batch.push(load(x)); if (batch.length === 2) { out.push(...(await Promise.all(batch))); batch = []; } else if (x === 2) { out.push('two'); } } if (batch.length !== 0) { out.push(...(await Promise.all(batch))); } return out; }",
  thrown:
    "async (r) => { const out = []; let batch = []; for (const x of r.list) { if (out.length > 0 && x === 2) throw new Error('no'); batch.push(load(x)); if (batch.length === 2) { out.push(...(await Promise.all(batch))); batch = []; } } out.push(...(await Promise.all(batch))); return out; }",
  "taken out":
    "async (r) => { const out = []; const batch = []; for (const x of r.list) { batch.push(load(x)); if (batch.length === 2) { out.push(...(await Promise.all(batch.splice(0)))); } } out.push(...(await Promise.all(batch))); return out; }",
};

suite(
  "calls that are pushed and awaited in one loop",
  Object.fromEntries(Object.entries(FLOWS).map(([name, flow]) => [name, { flow, inputs }])),
);

describe("refused, since it would not be the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "runlet-batches-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(
    Object.entries({
      "not awaited":
        "async (r) => { let batch = []; for (const x of r.list) { batch.push(load(x)); if (batch.length === 2) { await Promise.all(batch); batch = []; } } return 1; }",
      "awaited again":
        "async (r) => { let batch = []; for (const x of r.list) { batch.push(load(x)); if (batch.length >= 2) { await Promise.all(batch); } } await Promise.all(batch); return 1; }",
      "left with calls":
        "async (r) => { let batch = []; for (const x of r.list) { batch.push(load(x)); if (x === 2) return 'left'; if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return 1; }",
      "an argument that changes":
        "async (r) => { const o = { n: 0 }; let batch = []; for (const x of r.list) { o.n += 1; batch.push(load(o)); if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return 1; }",
      "a call between":
        "async (r) => { let batch = []; for (const x of r.list) { batch.push(load(x)); await notify(x); if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return 1; }",
      "asked for behind":
        "async (r) => { let batch = []; for (const x of r.list) { batch.push(load(x)); if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return batch.length; }",
      "forgotten without await":
        "async (r) => { let batch = []; for (const x of r.list) { batch.push(load(x)); if (x === 1) { batch = []; } if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return 1; }",
      "maybe awaited":
        "async (r) => { let batch = []; for (const x of r.list) { batch.push(load(x)); if (batch.length === 2) { await Promise.all(batch); batch = []; } } if (batch.length && r.flag) await Promise.all(batch); return 1; }",
      "no promises":
        "async (r) => { const f = (x) => [x]; let batch = []; for (const x of r.list) { batch.push(f(x)); if (batch.length === 2) { await Promise.all(batch); batch = []; } } return await Promise.all(batch); }",
      "a list that may be none":
        "async (r) => { let batch = []; let out; try { for (const x of r.list) { batch.push(load(x)); if (batch.length === 2) { out.push(...(await Promise.all(batch))); batch = []; } } out.push(...(await Promise.all(batch))); } catch (e) { return e.message; } return 1; }",
      "reads what changes":
        "async (r) => { let n = 0; const work = async (x) => { const m = n; const v = await load([x, m]); return v; }; let batch = []; for (const x of r.list) { n++; batch.push(work(x)); if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return n; }",
      "reads what changes, through others":
        "async (r) => { let n = 0; const at = () => n; const work = async (x) => { const m = at(); return await load([x, m]); }; const run = async (xs) => { let batch = []; for (const x of xs) { n++; batch.push(work(x)); if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return n; }; return await run(r.list); }",
      "a let that a handler reads":
        "async (r) => { const out = []; let batch = []; for (const x of r.list) { let k = 1; batch.push(load(x).then((v) => [v, k])); k = 2; if (batch.length === 2) { out.push(...(await Promise.all(batch))); batch = []; } } out.push(...(await Promise.all(batch))); return out; }",
      "changed by what gets it":
        "async (r) => { let batch = []; const seen = []; for (const x of r.list) { seen.push(x); batch.push(load(seen)); if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return 1; }",
      "a helper that changes it":
        "async (r) => { const fix = (o) => { o.fixed = true; return o; }; let batch = []; const rows = r.rows.map((o) => ({ ...o })); for (const row of rows) { batch.push(send(fix(row))); if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return rows; }",
      "a parameter":
        "async (r) => { const run = async (load) => { let batch = []; const out = []; for (const x of r.list) { batch.push(load(x)); if (batch.length === 2) { out.push(...(await Promise.all(batch))); batch = []; } } out.push(...(await Promise.all(batch))); return out; }; return await run((x) => price(x)); }",
      "awaited only where there is nothing":
        "async (r) => { let out = null; let batch = []; for (const x of r.list) { batch.push(load(x)); if (batch.length === 2) { out ??= await Promise.all(batch); batch = []; } } await Promise.all(batch); return out; }",
      "filled under another name":
        "async (r) => { const out = []; const box = out; let batch = []; for (const x of r.list) { batch.push(load(box)); out.push(x); if (batch.length === 2) { await Promise.all(batch); batch = []; } } await Promise.all(batch); return out; }",
    }),
  )("%s", (_name, flow) => {
    const found = check(join(folder, "main.ts"), `${PRELUDE}\nexport const f = flow(${flow});`);
    expect(found.map(({ code }) => code)).not.toEqual([]);
  });
});

/** Where an expression over `raw` may stand in a flow. */
export const POSITIONS = {
  returned: (e) => `async (raw) => (${e})`,
  "as an argument": (e) => `async (raw) => { await send(1, ${e}, raw.a); return "sent"; }`,
  "named, used twice": (e) => `async (raw) => { const it = ${e}; await send(it); return { it }; }`,
  "of a task's result": (e) => `async (input) => { const raw = await load(input); return send(${e}); }`,
  "as a test": (e) =>
    `async (raw) => { if (${e}) { await load("yes"); } else { await load("no"); } return "end"; }`,
  "in an arm": (e) =>
    `async (raw) => { if (raw.flag) { return send(${e}); } const it = ${e}; return { it }; }`,
  "in both arms, and after": (e) =>
    `async (raw) => { if (raw.a > 3) { const one = ${e}; await notify(one); } else { await load(${e}); } return send(${e}); }`,
  "in a callback": (e) => `async (raw) => Promise.all(raw.list.map(async (x) => send(x, ${e})))`,
  "in a callback with statements": (e) =>
    `async (raw) => { const all = await Promise.all(raw.list.map(async (x, i) => { const it = ${e}; if (i > 0) { await notify(it); return [i, it ?? null]; } return [x, (await send(it)).count]; })); return all; }`,
  "of a callback's item": (e) =>
    `async (input) => Promise.all([input, input].map(async (raw, i) => { if (i === 1) return await load(${e}); return ${e}; }))`,
  "in a nested map": (e) =>
    `async (raw) => { const all = await Promise.all(raw.rows.map(async (row, i) => Promise.all(row.map(async (cell) => { const it = ${e}; return load([cell, i, it ?? 0]); })))); return all; }`,
  "as items": (e) =>
    `async (raw) => { const all = await Promise.all((${e}).map(async (x, i) => send(x, i))); return all.length; }`,
  "as items of a task's map": (e) =>
    `async (raw) => { const all = await pick.map(${e}, { concurrency: 2 }); return all; }`,
  "in a try": (e) =>
    `async (raw) => { try { const it = ${e}; await send(it); return { it }; } catch (error) { return await load([error.name]); } }`,
  "in a finally": (e) =>
    `async (raw) => { let it = null; try { await notify(1); } finally { it = ${e}; await send(it); } return { it }; }`,
  "in a function": (e) => `async (raw) => { const make = () => (${e}); await send(make()); return make(); }`,
  "in an async function": (e) =>
    `async (raw) => { const make = async (raw) => { const it = ${e}; await send(it); return it; }; return [await make(raw)]; }`,
  "in a loop that does not wait": (e) =>
    `async (raw) => { const all = []; for (let n = 0; n < 2; n++) { all.push(${e}); } await load(all.length); return all; }`,
  "in a loop that waits": (e) =>
    `async (raw) => { const all = []; for (const n of [1, 2]) { all.push(await load(${e})); } return all; }`,
  "assigned to a member": (e) =>
    `async (raw) => { const box = { n: 1 }; box.it = ${e}; await load(box.n); return box; }`,
  thrown: (e) =>
    `async (raw) => { const it = ${e}; await notify(); throw new RangeError("with " + JSON.stringify(it)); }`,
} satisfies Record<string, (expression: string) => string>;

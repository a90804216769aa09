import { suite } from "./suite.ts";

const INPUTS = { inputs: 14 };

/** `then`, `catch` and `finally` of what is called, in the place of `try` and `await`. */
suite(
  "methods of promises",
  {
    "a failure becomes a value":
      "async ({ a }) => { const r = await pick(a).catch(() => null); return [r]; }",
    "a failure's name and message":
      "async ({ a }) => await pick(a).catch((e) => ({ name: e.name, message: e.message }))",
    "parts of a failure":
      "async ({ a }) => await pick(a).catch(({ name, message = 'none' }) => `${name}: ${message}`)",
    "a handler with statements":
      "async ({ a }) => { const r = await pick('fail').catch((e) => { if (a) return a; const m = e.message; return { m }; }); return r; }",
    "a handler that gives nothing":
      "async ({ a }) => { const r = await pick('fail').catch(() => {}); return [r, a === r]; }",
    "a handler that calls a task":
      "async ({ a }) => { await pick(a).catch((e) => notify(e.message)); return 1; }",
    "a handler that waits":
      "async ({ a }) => await pick(a).catch(async (e) => { const x = await load(e.message); return [x, await load(2)]; })",
    "a handler that throws again": "async ({ a }) => { await pick(a).catch((e) => { throw e; }); return 1; }",
    "a handler that throws another":
      "async ({ a }) => { await pick(a).catch((e) => { throw new TypeError(`wrapped: ${e.message}`, { cause: e }); }); return 1; }",
    "a handler whose call fails":
      "async ({ a }) => { try { return await pick('fail').catch(() => boom('Second', 'twice')); } catch (e) { return [e.name, e.message]; } }",
    "what throws in the arguments is not caught":
      "async ({ a }) => { try { return await pick(a.b.c).catch(() => 'caught'); } catch (e) { return 'outside ' + e.message; } }",
    "what throws in the first argument of two":
      "async (raw) => { try { return await send(raw.none.x, raw.a).catch(() => 'caught'); } catch (e) { return 'outside ' + e.message; } }",
    "arguments are evaluated once and in order":
      "async ({ a }) => { let n = 0; const r = await send(n++, [n, a], (n += 2)).catch(() => null); return [n, r]; }",
    "a handler changes a variable":
      "async ({ items }) => { let failed = 0; const log = []; for (const x of items ?? []) { await pick(x).catch((e) => { failed += 1; log.push(e.message); }); } return { failed, log }; }",
    "operands before it keep their values":
      "async () => { let n = 1; const r = [n, await pick('fail').catch(() => { n = 5; return n; }), n]; return r; }",
    "what comes of a result": "async ({ a }) => await load(a).then((x) => [x, typeof x])",
    "what comes of parts of a result":
      "async ({ a }) => await load({ p: a, q: [1, 2] }).then(({ p, q: [, second] }) => [p, second])",
    "a result goes on to a task":
      "async ({ a }) => { const r = await load(a).then((x) => send(x, 1)).then((r) => r.count); return r; }",
    "a parameter that is assigned to": "async ({ a }) => await load(2).then((x) => { x += 1; return x; })",
    "then fails, and is caught": "async ({ a }) => await load(a).then((x) => x.y.z).catch((e) => e.message)",
    "a failure passes a then":
      "async ({ a }) => await pick('fail').then((x) => load([x])).catch((e) => e.name)",
    "caught, then goes on": "async ({ a }) => await pick(a).catch(() => 'none').then((x) => load(x))",
    "finally after a result":
      "async ({ a }) => { const r = await load(a).finally(() => notify('end')); return r; }",
    "finally after a failure":
      "async ({ a }) => { const r = await pick(a).finally(() => notify('end')); return r; }",
    "finally that fails":
      "async ({ a }) => { try { return await pick(a).finally(() => boom('Late', 'end')); } catch (e) { return e.name; } }",
    "finally with statements":
      "async ({ a }) => { let n = 0; try { await pick(a).finally(async () => { n += 1; await notify(n); }); } catch (e) { return [e.name, n]; } return n; }",
    "all three":
      "async ({ a }) => { let n = 0; const r = await pick(a).then((x) => [x]).catch((e) => e.message).finally(() => { n++; }); return [r, n]; }",
    "returned without await": "async ({ a }) => { return pick(a).catch((e) => e.message); }",
    "inside a try":
      "async ({ a }) => { try { const r = await pick(a).catch(() => load('instead')); return r; } catch { return 'no'; } }",
    "a function of the module": {
      flow: "async ({ a }) => await pick(a).catch(explain)",
      module: "function explain(e) { return { said: e.message.toUpperCase() }; }",
    },
    "an async function of the module": {
      flow: "async ({ a }) => await pick(a).catch(tell)",
      module: "async function tell(e) { await notify(e.message); return 'told'; }",
    },
    "an async function of the flow":
      "async ({ a }) => { const tell = async (e) => { await notify(e.name); return e.message; }; return [await pick(a).catch(tell), await pick('fail').catch(tell)]; }",
    "twice in one expression":
      "async ({ a }) => [await pick(a).catch(() => 1), await pick('fail').catch(() => 2)]",
    "in a condition": "async ({ a }) => { if (await pick(a).catch(() => false)) return 'yes'; return 'no'; }",
    "in the items of a map":
      "async ({ items }) => await Promise.all((items ?? []).map((x) => pick(x).catch((e) => e.message)))",
    "in the items of a map that waits":
      "async ({ items }) => await Promise.all((items ?? []).map(async (x, i) => { const r = await pick(x).catch(() => null); return [i, r]; }))",
    "in a list of calls":
      "async ({ a }) => await Promise.all([pick(a).catch(() => 'first'), pick('fail').catch((e) => e.message), load(1).then((x) => x + 1)])",
    "of an async function":
      "async ({ a }) => { const twice = async (x) => [await pick(x), await pick(x)]; return await twice(a).catch((e) => e.message); }",
    "of a flow": {
      flow: "async ({ a }) => await inner(a).catch((e) => [e.name, e.message])",
      module: "export const inner = flow(async (x) => await pick(x));",
    },
    "of a map of a task":
      "async ({ items }) => { const list = Array.isArray(items) ? items : []; return await pick.map(list).catch((e) => e.message); }",
    "what a handler gives may be changed":
      "async ({ a }) => { const r = await pick('fail').catch(() => ({ n: 1 })); r.n += 1; await load(r); r.n += 1; return r; }",
    "in a loop with continue":
      "async ({ items }) => { const out = []; for (const x of items ?? []) { const r = await pick(x).catch(() => null); if (r === null) continue; out.push(r); } return out; }",
    "of a list of calls":
      "async ({ a }) => await Promise.all([pick(a), load(1)]).then(([p, q]) => ({ p, q })).catch((e) => e.message)",
    "of a list of calls that fails":
      "async ({ a }) => await Promise.all([pick('fail'), load(a)]).catch((e) => [e.name])",
    "what comes of a list whose arguments throw":
      "async ({ a }) => { try { return await Promise.all([load(a.b.c), load(1)]).then((xs) => xs.length); } catch (e) { return e.message; } }",
    "what comes of a map":
      "async ({ items }) => await Promise.all((items ?? []).map((x) => load(x))).then((xs) => xs.length)",
    "settled, then filtered":
      "async ({ items }) => await Promise.allSettled((items ?? []).map((x) => pick(x))).then((rs) => rs.filter((r) => r.status === 'fulfilled').length)",
    "in a finally":
      "async ({ a }) => { const log = []; try { await pick(a); } finally { await pick('fail').catch((e) => log.push(e.message)); } return log; }",
    "in a switch":
      "async ({ a }) => { switch (await pick(a).catch(() => 'x')) { case 'x': return 'failed'; default: return 'fine'; } }",
    "in an argument, between changes":
      "async () => { let n = 0; const r = await send(n++, await pick('fail').catch(() => n++), n); return [r, n]; }",
    "with labels outside":
      "async ({ items }) => { let seen = 0; outer: for (const x of items ?? []) { for (const y of [1, 2]) { const r = await pick(x).catch(() => null); if (r === null) continue outer; seen += y; if (seen > 5) break outer; } } return seen; }",
    "a handler within a handler":
      "async ({ a }) => await pick(a).catch(() => pick('fail').catch((e) => [e.name, a]))",
    "names of a handler hide others":
      "async ({ a }) => { const e = 1; const r = await pick('fail').catch((e) => { const a = e.name; return a; }); return [r, e, a]; }",
    "a handler's own variables in a loop":
      "async ({ items }) => { const out = []; for (const x of items ?? []) { let k = 0; out.push(await pick(x).catch(() => { k += 1; return k; })); } return out; }",
    "a sleep":
      "async () => { const r = await load(1).then((x) => x + 1).finally(async () => { await load(2); }); return r; }",
  },
  INPUTS,
);

suite("then with two functions, and functions by name", {
  "both ways, the first":
    "async (raw) => { const r = await load(raw.a).then((v) => v + 1, (e) => e.message); return r; }",
  "both ways, the second":
    "async (raw) => { const r = await pick('fail').then((v) => v + 1, (e) => e.message); return r; }",
  "calls in both, and a third behind them":
    "async (raw) => { const r = await pick(raw.flag ? 'fail' : 3).then((v) => load(v), (e) => notify(e.message)).then((v) => [v ?? 'none']); return r; }",
  "what a task gives that gives nothing":
    "async (raw) => await notify(1).then((v) => v === undefined, (e) => e.message)",
  "the same, with a default": "async (raw) => await notify(1).then((v = 5) => v, (e) => e.message)",
  "what the first throws is not the second's":
    "async (raw) => { try { return await load(raw.a).then((v) => v.x.y, (e) => 'caught ' + e.message); } catch (e) { return ['outer', e.message]; } }",
  "arguments that throw are nobody's":
    "async (raw) => await load(raw.a.b.c).then((v) => [v], (e) => 'caught ' + e.message)",
  "the same, before a catch":
    "async (raw) => { try { return await load(raw.a.b.c).then((v) => [v], (e) => 'caught ' + e.message).catch((e) => 'later'); } catch (e) { return ['outer', e.message]; } }",
  "calls that fail in both":
    "async (raw) => { try { return await pick(raw.flag ? 'fail' : raw.a).then((v) => boom('X', v), (e) => boom('Y', e.message)); } catch (e) { return [e.name, e.message]; } }",
  "variables that change":
    "async (raw) => { let n = 0; await pick(raw.flag ? 'fail' : raw.a).then(() => { n += 1; }, () => { n -= 1; }); await notify(n); return n; }",
  patterns:
    "async (raw) => { const out = []; for (const x of ['fail', 1, 2]) out.push(await pick(x).then(({ y = 3 }) => y, ({ message }) => message)); return out; }",
  "in a map":
    "async (raw) => await Promise.all(['fail', 1].map((x) => pick(x).then((v) => ({ v }), (e) => ({ e: e.message }))))",
  "awaited later":
    "async (raw) => { const p = pick(raw.flag ? 'fail' : 1).then((v) => load(v), (e) => e.message); await notify(2); return await p; }",
  "loops and returns in them":
    "async (raw) => await load(raw.a).then(async (v) => { for (const x of [1, 2]) { if (x === v) return 'hit'; await notify(x); } return v; }, async (e) => { await notify(e.message); })",
  "tasks by name": "async (raw) => await pick(raw.flag ? 'fail' : 1).then(load, price)",
  "nothing, and one for errors":
    "async (raw) => await pick(raw.flag ? 'fail' : 1).then(undefined, (e) => e.message)",
  "one for values, and nothing":
    "async (raw) => await pick(raw.flag ? 'fail' : 1).then((v) => [v], undefined)",
  "a bare return": "async (raw) => await load(1).then((v) => { if (raw.flag) return; return v; }, () => 1)",
  "a bare return of what failed":
    "async (raw) => { const r = await pick('fail').then((v) => v, (e) => { if (raw.flag) return 'f'; }); return [r === undefined, r ?? null]; }",
  "the second throws on":
    "async (raw) => { return pick(raw.flag ? 'fail' : 1).then((v) => v, (e) => { throw new Error('w', { cause: e }); }); }",
  "own functions by name":
    "async (raw) => { const ok = (v) => ({ ok: true, v }); const bad = (e) => ({ ok: false, m: e.message }); return [await pick(1).then(ok, bad), await pick('fail').then(ok, bad)]; }",
  "with finally behind":
    "async (raw) => { try { return await pick('fail').then((v) => v, (e) => { throw e; }).finally(() => notify('f')); } catch (e) { return e.message; } }",
  "own functions that read others":
    "async (raw) => { const ok = (v) => [v, raw?.a ?? null]; return await pick(raw.flag ? 'fail' : 1).then(ok).catch(price); }",
  "JSON's": "async (raw) => await load(raw.a).then(JSON.stringify)",
  conversions: "async (raw) => await load(raw.a).then(String)",
  "tasks in a row, and finally": "async (raw) => await load(raw.a).then(load).then(price).finally(notify)",
  "functions with more parameters, and none":
    "async (raw) => { const f = (v, k = 7) => v + k; const g = () => 'g'; return await pick(raw.flag ? 'fail' : 1).then(f, g); }",
  "functions that were handed on":
    "async (raw) => { const go = async (done) => await load(2).then(done, done); return await go((x) => x + 1); }",
  "of calls in a list":
    "async (raw) => { const ps = [1, 2].map((x) => load(x).then(price, notify)); await notify(0); return await Promise.all(ps); }",
});

import { suite } from "./suite.ts";

suite(
  "lines that a flow writes",
  {
    "before a task, formatted":
      "async (raw) => { console.log('a %s is %d%%', raw.s, raw.a, raw.b, null, true); console.warn('text', 1.5, '', 'it\\'s'); await load(1); return 1; }",
    "each level":
      "async (raw) => { console.log('l'); console.info('i'); console.warn('w'); console.error('e'); console.debug('d'); await load(raw.a); return 1; }",
    "templates and results":
      "async (raw) => { const r = await load(raw.a); console.log(`got ${r} of ${raw.s}`); const t = await load(2); console.log(r, t, raw.none); await notify(); return r; }",
    "objects and lists":
      "async (raw) => { console.log(raw.o, raw.list, { n: raw.a, deep: { x: [1, [2]] } }); await load(1); console.log('%o %j', raw.items, raw.words); return 1; }",
    "whatever the input has":
      "async (raw) => { console.log(raw.a, raw.none); await load(0); console.log(raw.list); return 2; }",
    "before the end": "async (raw) => { await load(1); console.log('done', raw.a); return raw.b; }",
    "before nothing else": "async (raw) => { console.log('only'); }",
    "before a failing end":
      "async (raw) => { console.log('first'); await load(1); console.error('about to fail', raw.a); throw new RangeError('x ' + raw.a); }",
    "before a task that fails":
      "async (raw) => { console.log('going'); await pick({ fail: true }); console.log('never'); return 1; }",
    "in branches":
      "async (raw) => { if (raw.flag) { console.log('yes', raw.a); } else { console.log('no'); await load(0); } console.log('after'); await load(1); return 1; }",
    "before a test":
      "async (raw) => { console.log('asking'); if (raw.a > 3) return 'big'; console.log('small'); return 'small'; }",
    "in a loop that waits":
      "async (raw) => { for (const [i, x] of raw.list.entries()) { console.log('turn', i); if (x === 1) { console.warn('skip'); continue; } await load(x); console.log('end of', i); } return 1; }",
    "in a loop that does not wait":
      "async (raw) => { let n = 0; for (const x of raw.list) { n += x; console.log('sum', n); } await load(n); return n; }",
    "behind && and in ? :":
      "async (raw) => { raw.flag && console.log('flagged'); raw.none && console.log('never'); raw.a ? console.log('a') : console.log('no a'); await load(1); return 1; }",
    "in a try, a catch and a finally":
      "async (raw) => { try { console.log('try'); await pick({ fail: true }); } catch (e) { console.error('caught: ' + e.message); } finally { console.log('finally'); } console.log('after'); return 1; }",
    "where an argument fails":
      "async (raw) => { try { console.log('before', raw.none.x); await load(1); } catch (e) { console.log(e.message); } return 1; }",
    "a variable as it is then":
      "async (raw) => { let n = 1; console.log(n); n += 1; console.log(n); await load(n); n *= 2; console.log(n); const xs = [1]; console.log(xs); xs.push(n); console.log(xs); await load(xs); return n; }",
    "an argument that changes something":
      "async (raw) => { let n = 1; console.log(n++, ++n); await load(n); return n; }",
    "an argument that waits":
      "async (raw) => { console.log('got', await load(raw.a), await load(2)); return 1; }",
    "in a function of the flow":
      "async (raw) => { const say = (what) => console.log('say', what); say(1); await load(1); say(raw.a); const f = (x) => { console.log('f', x); return x + 1; }; const y = f(1); await load(y); const z = f(y) + f(0); await load(z); return [y, z]; }",
    "in an async function of the flow":
      "async (raw) => { const step = async (name) => { console.log(`step ${name}`); const r = await load(name); console.log('done', r); return r; }; await step('a'); await step(raw.s); return 1; }",
    "in a callback":
      "async (raw) => { const out = raw.list.map((x) => { console.log('x', x); return x * 2; }); await load(out); raw.words.forEach((w, i) => console.log(i, w)); return out; }",
    "in a switch":
      "async (raw) => { switch (raw.a) { case 5: console.log('five'); case 6: console.log('six'); await load(6); break; default: console.log('other'); } return 1; }",
    "before a sleep": "async (raw) => { console.log('sleepy'); await load(1); return 1; }",
    "sets, maps, dates":
      "async (raw) => { const s = new Set(raw.list); console.log(s, new Map([['a', 1]])); await load(1); console.log(new Date(0)); return s.size; }",
    "what is no value of JSON":
      "async (raw) => { console.log(undefined, NaN, -0, [undefined], Infinity); await load(1); console.log(raw.missing, 0 / 0); return 1; }",
    "in a map":
      "async (raw) => { const all = await Promise.all(raw.list.map(async (x, i) => { console.log('item', i); const r = await load(x); console.log('got', r); return r; })); console.log('all', all.length); return all; }",
    "before a map":
      "async (raw) => { console.log('mapping', raw.list.length); const all = await load.map(raw.list); console.log('mapped'); await notify(all.length); return 1; }",
    "a task that is tried again writes once":
      "async (raw) => { console.log('trying'); const r = await flaky(2, raw.a); console.log(r.attempts); return 1; }",
    "a variable named console":
      "async (raw) => { const console = raw.o; await load(console.list); return console.x.y; }",
  },
  { inputs: 8 },
);

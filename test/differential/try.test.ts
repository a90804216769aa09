import { suite } from "./suite.ts";

suite("try and catch", {
  "a task that fails":
    "async (raw) => { try { return await pick(raw.a); } catch (e) { return ['caught', e.name, e.message]; } }",
  "a task that may fail":
    "async (raw) => { let got = 'none'; try { got = await pick(raw.fail); } catch { got = 'failed'; } return send(got); }",
  "the message alone":
    "async (raw) => { try { await boom(raw.s, raw.t); } catch (e) { return `${e.name}: ${e.message}`; } }",
  "an error with a name":
    "async (raw) => { try { await boom('OutOfStock', 'no ' + raw.a); } catch (e) { if (e.name === 'OutOfStock') return 'ordered'; throw e; } return 1; }",
  "thrown on":
    "async (raw) => { try { await pick({ fail: true, a: raw.a }); } catch (e) { await notify(e.message); throw e; } }",
  "thrown anew":
    "async (raw) => { try { await pick('fail'); } catch (e) { throw new TypeError(`wrapped: ${e.message}`); } }",
  "an expression that throws":
    "async (raw) => { try { const y = raw.o.x.y; await load(y); return y; } catch (e) { return e.message; } }",
  "a throw in the body":
    "async (raw) => { try { if (raw.a) throw new RangeError('too far'); await load(1); } catch (e) { return [e.name, e.message]; } return 'fine'; }",
  "what was assigned before":
    "async (raw) => { let n = 0; try { n = 1; await load(n); n = 2; await pick(raw.fail); n = 3; } catch { await notify(n); } return n; }",
  "assigned before an expression throws":
    "async (raw) => { let n = 0; let y; try { n = 1; y = raw.o.x.y; n = 2; } catch (e) { return [n, y === undefined, e.message]; } return [n, y]; }",
  "nothing can fail": "async (raw) => { let n = 1; try { n = 2; } catch { n = 3; } return send(n, raw.a); }",
  "an empty body": "async (raw) => { try { } catch { return 1; } return load(raw.a); }",
  "an empty handler": "async (raw) => { try { await pick('fail'); } catch { } return load(raw.a); }",
  nested:
    "async (raw) => { try { try { await pick({ fail: true }); } catch (e) { await notify('inner'); throw new Error(e.message + '!'); } } catch (e) { return e.message; } }",
  "a handler that fails":
    "async (raw) => { try { await pick('fail'); } catch (e) { await pick({ fail: true, m: e.message }); } return raw.a; }",
  "in a loop":
    "async (raw) => { let ok = 0; let bad = []; for (const x of [1, 'fail', raw.a]) { try { await pick(x); ok++; } catch (e) { bad = [...bad, e.message]; } } return { ok, bad }; }",
  "break and continue out of it":
    "async (raw) => { let n = 0; for (const x of [1, 'fail', 2, 3]) { try { await pick(x); if (n > 1) break; n++; } catch { n += 10; continue; } n += 100; } return n; }",
  "a loop in it":
    "async (raw) => { let n = 0; try { for (const x of [1, 2, 'fail', 3]) { n++; await pick(x); } } catch (e) { return [n, e.message]; } return n; }",
  "a while in it":
    "async (raw) => { let n = 0; try { while (n < 3) { n++; await pick(n === 2 ? raw.fail : n); } } catch { return n; } return -n; }",
  "a map in it":
    "async (raw) => { try { return await Promise.all([1, 'fail', { fail: true }].map(async (x) => pick(x))); } catch (e) { return e.message; } }",
  "in a map's item":
    "async (raw) => await Promise.all([1, 'fail', raw.a ?? 0].map(async (x, i) => { try { return await pick(x); } catch (e) { return [i, e.message]; } }))",
  "retries end in it":
    "async (raw) => { try { const r = await flaky(9, raw.a); return r; } catch (e) { return e.message; } }",
  "a result that is no JSON":
    "async (raw) => { try { return await odd('date'); } catch (e) { return [e.name, e.message.slice(0, 7)]; } }",
  "the cause":
    "async (raw) => { try { await pick('fail'); } catch (e) { return [e.cause === undefined, typeof e, e.message.length]; } }",
  "the error itself to a task": "async (raw) => { try { await pick('fail'); } catch (e) { await send(e); } }",
  destructured:
    "async (raw) => { try { await pick('fail'); } catch ({ name, message }) { return [name, message]; } }",
  compensation:
    "async (raw) => { let done = []; try { await load('flight'); done = [...done, 'flight']; await load('hotel'); done = [...done, 'hotel']; await pick('fail'); } catch (e) { for (const step of done.toReversed()) { await notify(`undo ${step}`); } return { failed: e.message, done }; } return done; }",
  "undefined in a variable":
    "async (raw) => { let last; try { last = raw.a; await pick(raw.fail); last = 'end'; } catch { return last === undefined ? 'nothing' : last; } return last; }",
  "after a try":
    "async (raw) => { let x = 1; try { x = await price(raw.a); } catch { x = 0; } if (x > 3) return send(x); return x + 1; }",
});

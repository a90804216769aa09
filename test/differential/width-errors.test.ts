import { suite } from "./suite.ts";

/** Errors by their class; each error is of the built-in class that it was made of, wherever it is caught. */
suite(
  "classes of errors",
  {
    "an error of a task, one of the flow":
      "async (raw) => { try { await pick(raw.flag ? 'fail' : 1); raw.none.x; return 1; } catch (e) { return [e instanceof RangeError, e instanceof TypeError, e instanceof Error, e.name]; } }",
    "a name is not a class":
      "async (raw) => { try { await boom(raw.flag ? 'TypeError' : 'Custom', 'm'); } catch (e) { await load(1); return [e instanceof RangeError, e instanceof TypeError, e instanceof Error, e.name]; } }",
    "thrown again, and in another":
      "async (raw) => { try { JSON.parse(raw.s); throw new RangeError('q'); } catch (e) { if (e instanceof SyntaxError) return 'syntax'; if (e instanceof RangeError) { await load('range'); throw e; } throw new TypeError('wrapped', { cause: e }); } }",
    "the class of a cause":
      "async (raw) => { try { try { throw new RangeError('a'); } catch (e) { throw new TypeError('b', { cause: e }); } } catch (e) { await load(1); return [e instanceof TypeError, e.cause instanceof RangeError, e.cause instanceof TypeError]; } }",
    "reasons of settled promises":
      "async (raw) => { const r = await Promise.allSettled([pick('fail'), load(1), boom('TypeError', 'x')]); return r.map((x) => x.status === 'rejected' ? [x.reason instanceof RangeError, x.reason instanceof TypeError, x.reason.name] : x.value); }",
    "a class of the author's": {
      flow: "async (raw) => { try { upTo3(raw.a); await load(1); throw new RangeError('other'); } catch (e) { await load(2); return [e instanceof RangeError, e instanceof TypeError, e.name]; } }",
      module: [
        "class Special extends RangeError { constructor(m) { super(m); this.name = 'Special'; } }",
        "const upTo3 = (x) => { if (x > 3) throw new Special('big'); return x; };",
      ],
    },
    "kept in a list":
      "async (raw) => { const errs = []; for (const x of [1, 'fail', raw.a]) { try { if (x === 1) null.q; await pick(x); } catch (e) { errs.push(e); } } await load(1); return errs.map((e) => [e instanceof TypeError, e instanceof RangeError]); }",
    "from an async function":
      "async (raw) => { const f = async () => { await load(1); return raw.none.x; }; try { await f(); } catch (e) { return e instanceof TypeError ? 'type' : 'no'; } }",
    "in a chain":
      "async (raw) => await pick('fail').catch((e) => (e instanceof RangeError ? 'r' : e instanceof Error ? 'e' : 'n'))",
    "a name that is no text was another one in the handler": {
      flow: "async (raw) => { const e = new Error('m ' + raw.s); e.name = raw.s; try { await load(1); throw e; } catch (x) { return [x.name, x.message, String(x)]; } }",
      refuses: ["RLT2001"],
    },
    "the same in one stretch": {
      flow: "async (raw) => { try { await load(1); [1].forEach(() => { throw Object.assign(new Error('m'), { name: raw.s }); }); } catch (x) { await load(2); return [x.name, x.message]; } }",
      refuses: ["RLT2006", "RLT3005"],
    },
    "an empty name was another one in the handler": {
      flow: "async (raw) => { const e = new Error('m'); e.name = ''; try { throw e; } catch (x) { await load(1); return [x.name, x.message, String(x)]; } }",
      refuses: ["RLT2001"],
    },
  },
  { inputs: 12 },
);

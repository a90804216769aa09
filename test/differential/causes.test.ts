import type { Refusal } from "./compare.ts";

import { suite } from "./suite.ts";

const refuses: Refusal[] = ["RLT3005"];
suite(
  "causes that are no errors",
  {
    "read after a step": {
      flow: "async () => { try { throw new Error('x', { cause: { code: 5 } }); } catch (e) { await load(1); return [e.message, e.cause.code]; } }",
      refuses,
    },
    "read at once": {
      flow: "async () => { try { await load(1); throw new Error('x', { cause: { code: 5 } }); } catch (e) { return [e.message, e.cause]; } }",
      refuses,
    },
    "a text": {
      flow: "async ({ a }) => { try { await load(1); throw new Error('x', { cause: 'why ' + a }); } catch (e) { await load(2); return [e.message, e.cause ?? 'none']; } }",
      refuses,
    },
    "a caught one that is an error":
      "async () => { try { try { await pick('fail'); } catch (e) { throw new Error('x', { cause: e }); } } catch (e) { await load(2); return [e.message, e.cause.name, e.cause.message]; } }",
    null: {
      flow: "async () => { try { await load(1); throw new Error('x', { cause: null }); } catch (e) { await load(2); return [e.message, e.cause === null]; } }",
      refuses,
    },
    nested: {
      flow: "async () => { try { await load(1); throw new Error('x', { cause: new Error('y', { cause: 3 }) }); } catch (e) { await load(2); return [e.message, e.cause.message, e.cause.cause]; } }",
      refuses,
    },
    "not read":
      "async () => { try { await load(1); throw new Error('x', { cause: { code: 5 } }); } catch (e) { await load(2); return e.message; } }",
    "thrown on":
      "async () => { try { await load(1); throw new Error('x', { cause: { code: 5 } }); } catch (e) { await load(2); throw e; } }",
    wrapped:
      "async () => { try { await load(1); throw new Error('x', { cause: { code: 5 } }); } catch (e) { throw new TypeError('w', { cause: e }); } }",
    "out of the flow": "async () => { await load(1); throw new Error('x', { cause: { code: 5 } }); }",
    "in a script": {
      flow: "async () => { let c; try { for (const i of [1]) { if (i) throw new Error('x', { cause: 7 }); } } catch (e) { c = e.cause; } await load(1); return c; }",
      refuses,
    },
    settled: {
      flow: "async () => { const [r] = await Promise.allSettled([(async () => { await load(1); throw new Error('x', { cause: 7 }); })()]); return [r.status, r.reason.message, r.reason.cause]; }",
      refuses,
    },
    "of a task":
      "async () => { try { await boom('A', 'b'); } catch (e) { return [e.cause === undefined, e.message]; } }",
  },
  { inputs: 4 },
);

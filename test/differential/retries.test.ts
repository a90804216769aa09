import { suite } from "./suite.ts";

/** Fails as its script says, an error name an attempt; then gives the number of attempts. */
const MODULE = `
import { FinalError, RetryAfterError } from "runlet";
class Declined extends FinalError { name = "Declined"; }
const fail = (what) => {
  if (what === "final") throw new FinalError("for good", { cause: new TypeError("why") });
  if (what === "declined") throw new Declined("no");
  if (typeof what === "number") throw new RetryAfterError("wait " + what, { seconds: what });
  if (what === "coded") throw new RetryAfterError("part of a second", { milliseconds: 250 });
  const e = new Error("it was " + what, { cause: new RangeError("inner") }); e.name = String(what); e.status = what === "Busy" ? 503 : 400; throw e;
};
const act = async (script, id) => {
  await call("act", [script, id]);
  const { attempt } = taskContext();
  const what = Array.isArray(script) ? script[attempt] : undefined;
  if (what !== undefined && what !== null) fail(what);
  return { attempt, id };
};
export const plain = task(act);
export const constant = task({ retries: 3, retryDelay: { seconds: 5 } }, act);
export const listed = task({ retryDelay: [{ seconds: 1 }, { minutes: 1 }, { seconds: 2 }] }, act);
export const longer = task({ retries: 5, retryDelay: [{ seconds: 1 }, { seconds: 7 }] }, act);
export const growing = task({ retries: 4, retryDelay: backoff({ seconds: 2, factor: 1.5, max: { seconds: 6 } }) }, act);
export const jittered = task({ retries: 3, retryDelay: backoff({ seconds: 3, jitter: "full" }) }, act);
export const named = task({ retries: 3, retryIf: ["Busy", "TaskTimedOut"] }, act);
export const asked = task({ retries: 3, retryIf: (e, attempt) => e.status === 503 && attempt < 2 }, act);
export const patient = asked.with({ retries: 5, retryDelay: { seconds: 30 } });
`;

const SCRIPTS = [
  [],
  ["Busy"],
  ["Busy", "Busy"],
  ["Busy", "Other", "Busy"],
  ["Busy", "Busy", "Busy"],
  ["Busy", "Busy", "Busy", "Busy"],
  ["Busy", "Busy", "Busy", "Busy", "Busy", "Busy"],
  ["final"],
  ["Busy", "declined"],
  [7],
  [0, "Busy", 11],
  ["Busy", 3, "Busy", 4, 5, 6],
  [9, 9, 9, 9],
  ["coded"],
  ["Other"],
  ["", "Error"],
  ["RunletError"],
  ["States.Timeout"],
  ["TaskTimedOut", "TaskTimedOut"],
].map((script) => ({ script }));

const of = (task: string): { flow: string; module: string; inputs: readonly unknown[] } => ({
  flow: `async ({ script }) => { const a = await ${task}(script, 1); return { a, after: await load(a.attempt) }; }`,
  module: MODULE,
  inputs: SCRIPTS,
});

suite("Retries: attempts, their times, what is thrown at last", {
  "no retries": of("plain"),
  "a constant delay": of("constant"),
  "a list": of("listed"),
  "a list shorter than the retries": of("longer"),
  "growing, capped, rounded to whole seconds": of("growing"),
  jitter: of("jittered"),
  "by error name": of("named"),
  "by a function of the error and the attempt": of("asked"),
  "other options by with": of("patient"),
  "with in place": of("constant.with({ retries: 1, retryDelay: { seconds: 40 } })"),
  "with in place, a function": of("plain.with({ retries: 2, retryIf: (error) => error.name === 'Busy' })"),
  "in a handler": {
    ...of(""),
    flow: "async ({ script }) => { try { return await constant(script, 1); } catch (e) { return [e.name, e.message, e.cause?.message ?? null, await growing(script, 2)]; } }",
  },
  "in a loop, told apart by turns": {
    ...of(""),
    flow: "async ({ script }) => { let n = 0; for (const id of [1, 2]) { const r = await growing(script, id); n += r.attempt; } return n; }",
  },
  "items of a map": {
    ...of(""),
    flow: "async ({ script }) => { const all = await Promise.all([[], script, ['Busy', 5]].map(async (one, i) => { const r = await constant(one, i); return [r.attempt, await load(i)]; })); return all; }",
  },
  "task.map": {
    ...of(""),
    flow: "async ({ script }) => { const all = await growing.map([script, [], ['Busy']]); return all.map((r) => r.attempt); }",
  },
  "task.map with": {
    ...of(""),
    flow: "async ({ script }) => { const all = await plain.with({ retryDelay: [{ seconds: 3 }, { seconds: 4 }] }).map([script, [], ['Busy']], { concurrency: 2 }); return all.map((r) => r.attempt); }",
  },
  "guarded arguments survive a wait of the task's own": {
    ...of(""),
    flow: "async ({ script }) => { const first = await plain([], 'x'); return constant(script, [first.attempt + 1, first.id.length, `${first.id}!`]); }",
  },
});

const flowOf = (
  options: string,
): { flow: string; module: string; options: string; inputs: readonly unknown[] } => ({
  flow: "async ({ script, deep }) => { await load('begin'); const x = await once(script); let sum = 0; for (const i of [1, 2]) { sum += await load(i); } if (deep === 'throw') throw new RangeError('own'); if (deep === 'final') throw new FinalError('own'); if (deep === 'map') await Promise.all([1, 2].map(async (i) => pick(i === 2 ? 'fail' : i))); if (deep === 'slow') { const y = deep.length > 2 ? x.n : null; await pick({ fail: true, y }); } return { x, sum }; }",
  options,
  module: `${MODULE.replace(
    "export const plain",
    `
export const once = task(async (script) => { await call("once", [script]); const n = globalThis.runletDifferential.count("once"); const what = Array.isArray(script) ? script[n] : undefined; if (what !== undefined) fail(what); return { n }; });
export const plain`,
  )}`,
  inputs: [
    ...SCRIPTS,
    ...["throw", "final", "map", "slow"].map((deep) => ({ script: [], deep })),
    { script: ["Busy"], deep: "throw" },
  ],
});

suite("Retries of a flow: the whole body again", {
  "a constant delay": flowOf("{ retries: 2, retryDelay: { seconds: 5 } }"),
  "a list": flowOf("{ retryDelay: [{ seconds: 1 }, { minutes: 2 }] }"),
  growing: flowOf("{ retries: 4, retryDelay: backoff({ seconds: 2 }) }"),
  "by error name": flowOf("{ retries: 2, retryIf: ['Busy', 'TaskTimedOut'] }"),
  "with a schema": flowOf(
    "{ retries: 1, input: z.object({ script: z.array(z.any()), deep: z.string().default('none') }) }",
  ),
});

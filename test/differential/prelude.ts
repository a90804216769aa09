/**
 * The head of every program: tasks that say what they were called with, and behave the same in both ways of running.
 * It takes the lines that programs are numbered after, so it has no blank ones.
 */
export const PRELUDE = `
import { backoff, flow, range, task, taskContext } from "runlet";
import * as z from "zod";
const call = (name, args) => globalThis.runletDifferential.call(name, args, taskContext().attempt);
const fails = (x) => x === "fail" || (typeof x === "object" && x !== null && x.fail === true);
export const load = task(async (...args) => { await call("load", args); return args[0]; });
export const send = task(async (...args) => { await call("send", args); return { sent: args, count: args.length }; });
export const price = task(async (...args) => { await call("price", args); return JSON.stringify(args).length; });
export const notify = task(async (...args) => { await call("notify", args); });
export const pick = task(async (...args) => { await call("pick", args); if (fails(args[0])) throw new RangeError("no " + JSON.stringify(args[0])); return args[0]; });
export const boom = task(async (name, message) => { await call("boom", [name, message]); const e = new Error(message); e.name = String(name); throw e; });
export const flaky = task({ retries: 3, retryDelay: backoff({ seconds: 2 }) }, async (times, value) => {
  await call("flaky", [times, value]);
  if (taskContext().attempt < times) throw new Error("attempt " + taskContext().attempt + " of " + JSON.stringify(value));
  return { value, attempts: taskContext().attempt };
});
export const odd = task(async (kind) => { await call("odd", [kind]); return globalThis.runletDifferential.odd(kind); });
export const big = task(async (length, rest) => { await call("big", [length]); return { text: "x".repeat(length), rest, length }; });
`.trim();

/** Results that are no JSON, or that only look like it. */
export const ODD: Record<string, () => unknown> = {
  undefined: () => undefined,
  date: () => new Date(0),
  bigint: () => 10n,
  nan: () => Number.NaN,
  infinity: () => -Infinity,
  function: () => () => 1,
  symbol: () => Symbol("s"),
  instance: () =>
    new (class Order {
      id = 1;
    })(),
  map: () => new Map([[1, 2]]),
  nested: () => ({ a: [1, { when: new Date(0) }] }),
  hole: () => [1, undefined, 3],
  dropped: () => ({ a: undefined, b: 1 }),
  "minus zero": () => ({ zero: -0 }),
  reserved: () => ({ "$runlet.ref": { key: "k" } }),
  "null prototype": () => Object.assign(Object.create(null) as object, { a: 1 }),
  "own __proto__": () => JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3}') as unknown,
  surrogate: () => "\ud800",
  cycle: () => {
    const value: { self?: unknown } = {};
    value.self = value;
    return value;
  },
  deep: () => JSON.parse("[".repeat(890) + "]".repeat(890)) as unknown,
  "too deep": () => JSON.parse("[".repeat(901) + "]".repeat(901)) as unknown,
};

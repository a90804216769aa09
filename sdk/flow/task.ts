import { randomUUID } from "node:crypto";
import { sleepOn } from "../model/clock.ts";
import { toError, toFailure } from "../model/failure.ts";
import { crossBoundary } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";
import { checkOptions, reportProblems } from "./definition-problems.ts";
import { environment } from "./environment.ts";
import {
  asItIs,
  awaitFutures,
  begun,
  type Future,
  type OrFuture,
  type SubmitOptions,
  splitOptions,
  submitted,
} from "./future.ts";
import { type MapOptions, mapDirectly } from "./map-directly.ts";
import { delayMillis, type RetryIf } from "./retry.ts";
import { verdictOn } from "./retry-verdict.ts";
import type { S3Items } from "./s3.ts";
import type { Serialized } from "./serialized.ts";
import { runInTaskContext, secretVariable } from "./task-context.ts";
import { type TaskOptions, type TaskSettings, taskSettings } from "./task-options.ts";

/**
 * A unit of work: called in a flow it becomes a Lambda function's call, called in Node it runs where it is.
 * In both, arguments and result make the trip through JSON.
 */
export interface Task<Args extends unknown[] = unknown[], Result = unknown> {
  (...args: Args): Promise<Serialized<Awaited<Result>>>;
  /**
   * Calls the task for each item of a list, or of an object in S3 ({@link s3}); results in the order of the items. All
   * calls settle before a failure is thrown.
   *
   * @example const pages = await fetchPage.map(range(1, 20), { concurrency: 5 });
   */
  map(
    items: readonly Args[0][] | S3Items<Args[0]>,
    options: MapOptions & { readonly toleratedFailures: number | `${number}%` },
  ): Promise<(Serialized<Awaited<Result>> | null)[]>;
  map(
    items: readonly Args[0][] | S3Items<Args[0]>,
    options?: MapOptions,
  ): Promise<Serialized<Awaited<Result>>[]>;
  /**
   * The same function as a task with other options; those that are not given stay as they are, but for the name. A task
   * of its own: deployed, it has its own Lambda function. Inside a flow it stands in place: `await t.with({ … })(x)`.
   *
   * @throws RunletError RLT4002 for unknown or invalid options
   * @example export const patientFetch = fetchPage.with({ retries: 10, timeout: { minutes: 5 } });
   */
  with(options: TaskOptions): Task<Args, Result>;
  /**
   * Begins a call that is awaited later, or passed on. Its failure is thrown where it is awaited; a call that nobody
   * awaits is waited for at the end of the flow, and its failure changes nothing.
   *
   * @example
   * const a = extract.submit(url);
   * const b = load.submit(a, { waitFor: [prepare.submit()] });
   * return await b;
   */
  submit(
    ...args: [...{ [K in keyof Args]: OrFuture<Args[K]> }, options?: SubmitOptions]
  ): Future<Serialized<Awaited<Result>>>;
  readonly kind: "task";
  /** The author's function itself, for unit tests. */
  readonly fn: (...args: Args) => Result;
  readonly settings: TaskSettings;
  readonly retryIf: RetryIf | undefined;
}

/** Its parameters get no types from here, so that one with a default has the default's type. */
type AnyFunction = (...args: never) => unknown;

/**
 * Makes a task of a function.
 *
 * @param options retries, delay, timeout, memory, secrets; see {@link TaskOptions}
 * @param fn does the work; arguments and result must be JSON (RLT2001 otherwise)
 * @throws RunletError RLT4002 for unknown or invalid options
 * @example
 * export const load = task({ retries: 3, retryDelay: backoff({ seconds: 2 }) }, async (rows: Row[]) => rows.length);
 */
export function task<Fn extends AnyFunction>(fn: Fn): Task<Parameters<Fn>, ReturnType<Fn>>;
export function task<Fn extends AnyFunction>(
  options: TaskOptions,
  fn: Fn,
): Task<Parameters<Fn>, ReturnType<Fn>>;
export function task<Args extends unknown[], Result>(
  first: TaskOptions | ((...args: Args) => Result),
  second?: (...args: Args) => Result,
): Task<Args, Result> {
  const [options, fn] = typeof first === "function" ? [{}, first] : [first, second];
  const wrong = checkOptions(options, "A task");
  const { settings, problems } =
    wrong.length > 0 ? { ...taskSettings({}), problems: wrong } : taskSettings(options);
  if (typeof fn !== "function") problems.push("A task needs a function: task(fn) or task(options, fn).");
  const { name: _, ...inherited } = wrong.length > 0 ? {} : options;
  const { retryIf } = inherited;
  const call = (...args: Args) =>
    begun(callDirectly({ fn: fn as (...args: Args) => Result, settings, retryIf }, args));
  const made = Object.assign(call, {
    kind: "task" as const,
    fn: fn as (...args: Args) => Result,
    settings,
    retryIf,
    with: (more: TaskOptions) =>
      task(
        typeof more === "object" && more !== null ? { ...inherited, ...more } : more,
        fn as (...args: Args) => Result,
      ),
    submit: (...given: unknown[]) => {
      const { args, waitFor } = splitOptions(given);
      const taken = asItIs(args); // what changes before the flow waits is not the call's
      return submitted(() => call(...(taken as Args)), waitFor);
    },
    map: (items: readonly Args[0][] | S3Items<Args[0]>, mapOptions: MapOptions = {}) =>
      begun(mapDirectly((item) => call(...([item] as unknown as Args)), items, mapOptions)),
  });
  reportProblems(made, problems);
  return made;
}

/** Plain Node: the same trip through JSON, the same retries, the same errors as on the two clouds. */
async function callDirectly<Args extends unknown[], Result>(
  { fn, settings, retryIf }: Pick<Task<Args, Result>, "fn" | "settings" | "retryIf">,
  args: Args,
): Promise<Serialized<Awaited<Result>>> {
  const { clock, random } = environment();
  const runId = `direct-${randomUUID()}`; // one a call: the idempotency key is equal over attempts
  const waited = awaitFutures(args);
  const given = waited instanceof Promise ? await waited : waited;
  const crossed = JSON.stringify(crossBoundary(given, "arguments of a task"));
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await attemptDirectly(fn, settings, JSON.parse(crossed) as Args, { runId, attempt });
      return crossBoundary(result, "result of a task") as Serialized<Awaited<Result>>;
    } catch (thrown) {
      const failure = toFailure(thrown);
      const judging = verdictOn(thrown, failure, { attempt, retries: settings.retry.delays.length, retryIf });
      const verdict = await (clock.during ? clock.during(judging) : judging);
      if (verdict === "final") throw toError(failure);
      const { afterSeconds } = verdict;
      const millis =
        afterSeconds === undefined ? delayMillis(settings.retry, attempt, random) : afterSeconds * 1_000;
      await sleepOn(clock, millis);
    }
  }
}

async function attemptDirectly<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  settings: TaskSettings,
  args: Args,
  call: { runId: string; attempt: number },
): Promise<Awaited<Result>> {
  const { clock } = environment();
  const controller = new AbortController();
  let timer: { cancel(): void } | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = clock.schedule(settings.timeoutSeconds * 1_000, () => {
      const error = new RunletError("RLT3004", `A task ran longer than ${settings.timeoutSeconds} s.`);
      controller.abort(error);
      reject(error);
    });
  });
  try {
    const work = runInTaskContext(
      { ...call, signal: controller.signal, secrets: secretsFromEnvironment(settings.secrets) },
      async () => await fn(...args),
    );
    const first = Promise.race([work, timeout]);
    return await (clock.during ? clock.during(first) : first);
  } finally {
    timer?.cancel();
  }
}

/** The declared secrets that are set: the others are missed where the task asks for them. */
function secretsFromEnvironment(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[secretVariable(name)];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

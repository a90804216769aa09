import { type Duration, toWholeSeconds } from "../model/duration.ts";
import { RunletError } from "../model/runlet-error.ts";
import { gather, shown } from "./definition-problems.ts";

/** How the delay before a retry grows. Made by {@link backoff}. */
export interface Backoff extends Duration {
  /** Each delay is this many times the one before it, rounded to whole seconds. At least 1. @default 2 */
  readonly factor?: number;
  /** No delay is longer. @default none */
  readonly max?: Duration;
  /** `"full"`: each delay is drawn uniformly between 0 and itself. @default "none" */
  readonly jitter?: "none" | "full";
}

interface MarkedBackoff extends Backoff {
  readonly kind: "backoff";
}

/** Which errors are worth another attempt: names, or a function that is asked after each failed attempt. */
export type RetryIf = readonly string[] | ((error: Error, attempt: number) => boolean | PromiseLike<boolean>);

/** The options that say how often, when, and after which errors something is tried again. */
export interface RetryOptions {
  /** Attempts after the first. @default the length of a list of delays, else 0 @minimum 0 @maximum 1000 */
  readonly retries?: number;
  /**
   * The wait before each retry, in whole seconds: the same each time, a list (whose last one repeats), or
   * {@link backoff}. @default { seconds: 1 }
   */
  readonly retryDelay?: Duration | readonly Duration[] | Backoff;
  /**
   * Errors that are worth another attempt: names, or a function of the error and the attempt (0 for the first).
   * Whatever it says, `FinalError` and Runlet's own errors are never tried again, and `RetryAfterError` always is.
   * `TaskTimedOut` and `TaskCrashed` name what the platform ended; a function is asked about these two when the flow is
   * compiled. @default every error
   */
  readonly retryIf?: RetryIf;
}

/** Retries as everything after authoring reads them. */
export interface RetrySettings {
  /** Whole seconds before each retry: as many as there are retries. */
  delays: number[];
  /** Each wait is drawn between 0 and its delay. */
  jitter: boolean;
  /** Names of the errors that are tried again. Absent: all, or a function decides. */
  names?: string[];
  /** What of that which the platform ends, so that no wrapper can be asked, is tried again. */
  platform: { timeouts: boolean; crashes: boolean };
}

export const NO_RETRIES: RetrySettings = {
  delays: [],
  jitter: false,
  platform: { timeouts: true, crashes: true },
};

export const RETRY_OPTION_KEYS = ["retries", "retryDelay", "retryIf"];
const BACKOFF_KEYS = ["milliseconds", "seconds", "minutes", "hours", "days", "factor", "max", "jitter"];
const MOST_RETRIES = 1_000;
/** No execution lives longer than a year, so no delay is longer. */
const LONGEST_SECONDS = 31_536_000;

/**
 * Delays that grow: the first is the given duration (whole seconds, at least 1), each next one `factor` times longer.
 *
 * @throws RunletError RLT4002 for an unknown key, a sub-second delay, a factor under 1
 * @example task({ retries: 3, retryDelay: backoff({ seconds: 2 }) }, …) // after 2 s, 4 s, 8 s
 */
export function backoff(rule: Backoff): Backoff {
  if (typeof rule !== "object" || rule === null)
    throw new RunletError("RLT4002", "backoff needs an object such as { seconds: 2 }.");
  for (const key of Object.keys(rule)) {
    if (!BACKOFF_KEYS.includes(key)) throw new RunletError("RLT4002", `backoff has no option "${key}".`);
  }
  const marked: MarkedBackoff = { ...rule, kind: "backoff" };
  growing(marked);
  return marked;
}

/** The options in the form that both clouds and plain Node read; all mistakes are known at once. */
export function retrySettings(options: RetryOptions): { settings: RetrySettings; problems: string[] } {
  const { retries, retryDelay, retryIf } = options;
  const list = Array.isArray(retryDelay) ? (retryDelay as readonly Duration[]) : undefined;
  const count = retries ?? list?.length ?? 0;
  let delayOf = (_n: number): number => 1;
  const settings: RetrySettings = {
    ...NO_RETRIES,
    delays: [],
    jitter: isBackoff(retryDelay) && retryDelay.jitter === "full",
  };
  const problems = gather(
    () => checkCount(count),
    () => {
      delayOf = delays(retryDelay);
    },
    () => Object.assign(settings, conditions(retryIf)),
  );
  const fill = (): void => {
    settings.delays = Array.from({ length: count }, (_, n) => delayOf(n));
  };
  return { settings, problems: problems.length > 0 ? problems : gather(fill) };
}

function checkCount(count: unknown): void {
  if (Number.isInteger(count) && (count as number) >= 0 && (count as number) <= MOST_RETRIES) return;
  throw new RunletError(
    "RLT4002",
    `retries is ${shown(count)}; it must be a whole number from 0 to ${MOST_RETRIES}.`,
  );
}

function delays(given: RetryOptions["retryDelay"]): (n: number) => number {
  if (given === undefined) return () => 1; // the least that States Language has
  if (Array.isArray(given)) return listed(given as readonly Duration[]);
  if (typeof given !== "object" || given === null)
    throw new RunletError("RLT4002", "retryDelay is no duration, no list of durations and no backoff(…).");
  if (isBackoff(given)) return growing(given);
  const seconds = wait(given as Duration, "retryDelay");
  return () => seconds;
}

function listed(list: readonly Duration[]): (n: number) => number {
  const seconds = list.map((one, i) => wait(one, `retryDelay[${i}]`));
  const last = seconds.at(-1);
  if (last === undefined)
    throw new RunletError("RLT4002", "retryDelay is an empty list; leave it out, or name a delay.");
  return (n) => seconds[n] ?? last;
}

function growing({
  factor = 2,
  max,
  jitter = "none",
  kind: _,
  ...duration
}: MarkedBackoff): (n: number) => number {
  if (typeof factor !== "number" || !(factor >= 1) || !Number.isFinite(factor)) {
    throw new RunletError("RLT4002", `backoff's factor is ${factor}; it must be at least 1.`);
  }
  if (jitter !== "none" && jitter !== "full") {
    throw new RunletError("RLT4002", `backoff's jitter is "${jitter}"; it is "none" or "full".`);
  }
  const first = wait(duration, "backoff");
  const cap = max === undefined ? undefined : toWholeSeconds(max, "backoff's max", first);
  return (n) => {
    const seconds = Math.min(Math.round(first * factor ** n), cap ?? Number.POSITIVE_INFINITY);
    if (seconds <= LONGEST_SECONDS) return seconds;
    throw new RunletError(
      "RLT4002",
      `retryDelay: retry ${n + 1} would wait longer than a year, which no run does; give backoff a max.`,
    );
  };
}

function wait(duration: Duration, what: string): number {
  const seconds = toWholeSeconds(duration, what);
  if (seconds <= LONGEST_SECONDS) return seconds;
  throw new RunletError("RLT4002", `${what} is ${seconds} s; no run lives longer than a year.`);
}

function conditions(retryIf: unknown): Pick<RetrySettings, "names" | "platform"> {
  if (retryIf === undefined) return { platform: { timeouts: true, crashes: true } };
  if (typeof retryIf === "function") {
    const ask = retryIf as (error: Error, attempt: number) => unknown;
    return { platform: { timeouts: allows(ask, "TaskTimedOut"), crashes: allows(ask, "TaskCrashed") } };
  }
  if (!Array.isArray(retryIf) || !retryIf.every((name) => typeof name === "string" && name !== ""))
    throw new RunletError(
      "RLT4002",
      `retryIf is ${shown(retryIf)}; it is a list of error names or a function of the error.`,
    );
  const names = [...new Set(retryIf as string[])];
  const platform = { timeouts: names.includes("TaskTimedOut"), crashes: names.includes("TaskCrashed") };
  return { names, platform };
}

/** Asked beforehand, of an error that the platform will report: a function that cannot tell says no. */
function allows(retryIf: (error: Error, attempt: number) => unknown, name: string): boolean {
  try {
    return retryIf(Object.assign(new Error("The platform ended the attempt."), { name }), 0) === true;
  } catch {
    return false;
  }
}

/** The wait before retry n (n from 0), in milliseconds. */
export function delayMillis(
  { delays: list, jitter }: RetrySettings,
  n: number,
  random: () => number,
): number {
  const full = (list[n] ?? 1) * 1_000;
  return jitter ? random() * full : full;
}

const isBackoff = (delay: unknown): delay is MarkedBackoff =>
  typeof delay === "object" && delay !== null && "kind" in delay && delay.kind === "backoff";

import { type Duration, toWholeSeconds } from "../model/duration.ts";
import { RunletError } from "../model/runlet-error.ts";

/** How the delay before a retry grows. Made by {@link backoff}. */
export interface Backoff extends Duration {
  /** Each delay is this many times the one before it. At least 1. @default 2 */
  readonly factor?: number;
  /** No delay is longer. @default none */
  readonly max?: Duration;
  /** `"full"`: each delay is drawn uniformly between 0 and itself. @default "none" */
  readonly jitter?: "none" | "full";
}

interface MarkedBackoff extends Backoff {
  readonly kind: "backoff";
}

/** A delay rule as both the compiler and plain Node read it: delay n = min(seconds * factor^n, maxSeconds), n from 0. */
export interface DelayRule {
  seconds: number;
  factor: number;
  maxSeconds?: number;
  jitter: boolean;
}

const BACKOFF_KEYS = ["milliseconds", "seconds", "minutes", "hours", "days", "factor", "max", "jitter"];

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
  toDelayRule(marked);
  return marked;
}

/** Normalises a delay; a plain duration is a constant delay; none is one second, the least that States Language has. */
export function toDelayRule(delay: Duration | Backoff | undefined): DelayRule {
  if (delay === undefined) return { seconds: 1, factor: 1, jitter: false };
  if (Array.isArray(delay) || typeof delay !== "object" || delay === null) {
    throw new RunletError("RLT4002", "retryDelay is neither a duration nor backoff(…).");
  }
  if (!isBackoff(delay)) return { seconds: toWholeSeconds(delay, "retryDelay"), factor: 1, jitter: false };
  const { factor = 2, max, jitter = "none", kind: _, ...duration } = delay;
  if (typeof factor !== "number" || !(factor >= 1) || !Number.isFinite(factor)) {
    throw new RunletError("RLT4002", `backoff's factor is ${factor}; it must be at least 1.`);
  }
  if (jitter !== "none" && jitter !== "full") {
    throw new RunletError("RLT4002", `backoff's jitter is "${jitter}"; it is "none" or "full".`);
  }
  const rule: DelayRule = { seconds: toWholeSeconds(duration, "backoff"), factor, jitter: jitter === "full" };
  if (max !== undefined) rule.maxSeconds = toWholeSeconds(max, "backoff's max", rule.seconds);
  return rule;
}

/** The delay before retry n (n from 0), in seconds. */
export function delaySeconds(rule: DelayRule, n: number, random: () => number): number {
  const full = Math.min(rule.seconds * rule.factor ** n, rule.maxSeconds ?? Number.POSITIVE_INFINITY);
  return rule.jitter ? full * random() : full;
}

const isBackoff = (delay: Duration | Backoff): delay is MarkedBackoff =>
  "kind" in delay && delay.kind === "backoff";

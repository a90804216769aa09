import { MAX_WAIT_SECONDS } from "../../asl/limits.ts";
import type { WaitState } from "../../asl/types.ts";
import type { Json } from "../../model/json.ts";
import type { Entry, Step } from "../entry.ts";
import { fieldsOf } from "../fields.ts";
import { jsonText } from "../json-text.ts";
import { PathEntry } from "../path-entry.ts";
import { instantOf } from "../timestamps.ts";

const LONGEST_SECONDS = 2_147_483_647;
const TOO_LONG = "Wait state delay is too long.";

/** Waits for a number of seconds or until an instant; what lies in the past does not wait. */
export async function runWait(entry: Entry<WaitState>): Promise<Step> {
  const millis = await delay(entry);
  if (millis > 0) await entry.scope.sleep(millis);
  return entry.finish(entry.state, entry.state.Next, entry.input);
}

function delay(entry: Entry<WaitState>): Promise<number> | number {
  const { SecondsPath: seconds, TimestampPath: timestamp } = fieldsOf(entry.state);
  if (entry instanceof PathEntry && seconds !== undefined) return secondsAt(entry, seconds);
  if (entry instanceof PathEntry && timestamp !== undefined) return untilTimestampAt(entry, timestamp);
  return entry.state.Seconds === undefined ? untilInstant(entry) : forSeconds(entry);
}

const isSeconds = (value: Json): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_WAIT_SECONDS;
const isString = (value: Json): value is string => typeof value === "string";

async function forSeconds(entry: Entry<WaitState>): Promise<number> {
  return (await entry.typed("Seconds", "integer", isSeconds)) * 1_000;
}

async function untilInstant(entry: Entry<WaitState>): Promise<number> {
  const text = await entry.typed("Timestamp", "string", isString);
  const instant = instantOf(text);
  if (instant === undefined) {
    throw entry.evaluationFailure(
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
      "Timestamp",
      entry.scope.last,
    );
  }
  const millis = instant - entry.scope.run.clock.now();
  if (millis <= LONGEST_SECONDS * 1_000) return millis;
  throw entry instanceof PathEntry
    ? entry.failure("States.Runtime", TOO_LONG)
    : entry.evaluationFailure(TOO_LONG);
}

function secondsAt(entry: PathEntry, path: string): number {
  const value = entry.lookUp(
    path,
    entry.effective(),
    () => `The SecondsPath parameter does not reference an input value: ${path}`,
  );
  const shown = `${path} == ${typeof value === "string" ? value : jsonText(value)}`;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw entry.failure(
      "States.Runtime",
      `The SecondsPath parameter cannot be parsed as a long value: ${shown}`,
    );
  }
  if (value < 0) {
    throw entry.failure("States.Runtime", `The SecondsPath parameter references a negative value: ${shown}`);
  }
  if (value > LONGEST_SECONDS) throw entry.failure("States.Runtime", TOO_LONG);
  return value * 1_000;
}

function untilTimestampAt(entry: PathEntry, path: string): number {
  const value = entry.lookUp(
    path,
    entry.effective(),
    () => `The TimestampPath parameter does not reference an input value: ${path}`,
  );
  const instant = typeof value === "string" ? instantOf(value) : undefined;
  if (instant === undefined) {
    const shown = typeof value === "string" ? value : jsonText(value);
    throw entry.failure(
      "States.Runtime",
      "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: " +
        `${path} == ${shown}`,
    );
  }
  const millis = instant - entry.scope.run.clock.now();
  if (millis > LONGEST_SECONDS * 1_000) throw entry.failure("States.Runtime", TOO_LONG);
  return millis;
}

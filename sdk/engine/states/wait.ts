import { MAX_WAIT_SECONDS } from "../../asl/limits.ts";
import type { WaitState } from "../../asl/types.ts";
import type { Json } from "../../model/json.ts";
import type { Entry, Step } from "../entry.ts";

const LONGEST_SECONDS = 2_147_483_647;

/** Waits for a number of seconds or until an instant; what lies in the past does not wait. */
export async function runWait(entry: Entry<WaitState>): Promise<Step> {
  const millis = entry.state.Seconds === undefined ? await untilInstant(entry) : await forSeconds(entry);
  if (millis > 0) await entry.scope.sleep(millis);
  return entry.finish(entry.state, entry.state.Next, entry.input);
}

const isSeconds = (value: Json): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_WAIT_SECONDS;
const isString = (value: Json): value is string => typeof value === "string";

async function forSeconds(entry: Entry<WaitState>): Promise<number> {
  return (await entry.typed("Seconds", "integer", isSeconds)) * 1_000;
}

/** RFC 3339 with a capital T and an offset, as AWS takes it. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

async function untilInstant(entry: Entry<WaitState>): Promise<number> {
  const text = await entry.typed("Timestamp", "string", isString);
  const instant = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw entry.evaluationFailure(
      `The Timestamp parameter does not reference a valid ISO-8601 extended offset date-time format string: ${text}`,
    );
  }
  const millis = instant - entry.scope.run.clock.now();
  if (millis > LONGEST_SECONDS * 1_000) throw entry.evaluationFailure("Wait state delay is too long.");
  return millis;
}

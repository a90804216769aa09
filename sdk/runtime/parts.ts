import { toFailure } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import { ANSWER_KEY, ERROR_KEY, REASON_KEY } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import { toThrowable } from "./encode-failure.ts";
import { leaveFlow, stayExact } from "./exact-value.ts";

/** What an element of a `Promise.all([…])` is called with: its key, what it is for, how to evaluate it, who waits for it. */
export type PartCode = [
  key: string,
  form: "arguments" | "calls" | "items" | "mixed" | "taskItems" | "value",
  evaluate: () => Promise<unknown>,
  settles: boolean,
];

/** What the elements are called with, or the answers of those that are not. */
export class Parts {
  readonly values: { [key: string]: Json } = {};
}

/**
 * Evaluates the elements in order, as JavaScript does: what the first throws is thrown; where a later one throws, those
 * before it have begun, it fails, and those after it never begin.
 */
export async function partsOf(
  codes: readonly PartCode[],
  isRefusal: (thrown: unknown) => boolean,
): Promise<Parts> {
  const parts = new Parts();
  for (const [i, [key, form, evaluate, settles]] of codes.entries()) {
    let value: unknown;
    try {
      value = await evaluate();
    } catch (thrown) {
      if (i === 0 || isRefusal(thrown)) throw thrown;
      parts.values[key] = answer({ [ERROR_KEY]: { ...failureOf(thrown), Turn: -1, At: "" } });
      for (const [left] of codes.slice(i + 1)) parts.values[left] = answer(null);
      return parts;
    }
    parts.values[key] = crossed(value, form, settles);
  }
  return parts;
}

/** What cannot leave the flow fails the call, not the list; what cannot stay in it refuses the flow. */
function crossed(value: unknown, form: PartCode[1], settles: boolean): Json {
  if (form !== "arguments" && form !== "taskItems") return stayExact(value);
  try {
    if (form === "arguments") return leaveFlow(value, "arguments");
    if (Array.isArray(value)) return leaveFlow(value, "items");
    throw new RunletError("RLT4002", "map was called with something that is not an array.");
  } catch (thrown) {
    const failure = failureOf(thrown);
    return answer(
      settles
        ? { status: "rejected", reason: { [REASON_KEY]: failure } }
        : { [ERROR_KEY]: { ...failure, Turn: 0, At: "" } },
    );
  }
}

const answer = (value: Json): Json => ({ [ANSWER_KEY]: value });

function failureOf(thrown: unknown): { Error: string; Cause: string } {
  const { name, message, stack = "" } = toThrowable(toFailure(thrown));
  const cause = { errorType: name, errorMessage: message, trace: stack.split("\n") };
  return { Error: name, Cause: JSON.stringify(cause) };
}

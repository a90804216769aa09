import type { Json } from "../../model/json.ts";
import { type CallEnvironment, callIntrinsic, isIntrinsic } from "../intrinsics/call.ts";
import { jsonText } from "../json-text.ts";
import { setOwn } from "../plain.ts";
import { BeyondList, PathNotFound } from "./evaluate.ts";
import { parsePath } from "./parse.ts";
import { look, quotedRoot, type View } from "./view.ts";

/** Why a template has no value: the name of the error and what follows the state in its cause. */
export class PayloadError extends Error {
  readonly error: "States.Runtime" | "States.IntrinsicFailure";

  constructor(error: "States.Runtime" | "States.IntrinsicFailure", message: string, options?: ErrorOptions) {
    super(message, options);
    this.error = error;
  }
}

/**
 * The value of a payload template: `"k.$": "<path or intrinsic>"` becomes `k`, wherever it is nested; all else stays.
 *
 * @throws PayloadError
 */
export function fillPayload(template: Json, view: View, environment: CallEnvironment): Json {
  if (Array.isArray(template)) return template.map((item) => fillPayload(item, view, environment));
  if (typeof template !== "object" || template === null) return template;
  const filled: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(template)) {
    if (key.endsWith(".$")) {
      setOwn(filled, key.slice(0, -2), fieldValue(String(item), key, view, environment));
    } else setOwn(filled, key, fillPayload(item, view, environment));
  }
  return filled;
}

/** A template takes null for what lies beyond the end of a list; what is missing in an object fails. */
function fieldValue(text: string, field: string, view: View, environment: CallEnvironment): Json {
  try {
    return evaluateText(text, field, view, environment);
  } catch (thrown) {
    if (thrown instanceof PayloadError && thrown.cause instanceof BeyondList) return null;
    throw thrown;
  }
}

/**
 * The value of a path or of an intrinsic function.
 *
 * @param field how the cause names the field
 * @throws PayloadError
 */
export function evaluateText(text: string, field: string, view: View, environment: CallEnvironment): Json {
  if (isIntrinsic(text)) return callIntrinsic(text, view, environment);
  if (isOfNothing(text, view))
    throw new PayloadError("States.Runtime", "Unable to apply Path transformation to null or empty input.");
  try {
    return look(text, view);
  } catch (thrown) {
    if (!(thrown instanceof PathNotFound)) throw thrown;
    throw new PayloadError(
      "States.Runtime",
      `The JSONPath '${text}' specified for the field '${field}' could not be found in the input ` +
        `'${jsonText(quotedRoot(text, view))}'`,
      { cause: thrown },
    );
  }
}

/** Whether a path is of the document, and there is none. */
const isOfNothing = (text: string, view: View): boolean =>
  view.document === null && parsePath(text).root.kind === "input";

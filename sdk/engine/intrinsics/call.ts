import type { Json } from "../../model/json.ts";
import { jsonText } from "../json-text.ts";
import { PathNotFound, valueAt } from "../jsonpath/evaluate.ts";
import { PayloadError } from "../jsonpath/payload.ts";
import { quotedRoot, rootValue, type View } from "../jsonpath/view.ts";
import { IntrinsicError } from "./arguments.ts";
import { INTRINSICS } from "./index.ts";
import { type Argument, type Call, parseIntrinsic } from "./parse.ts";

/** What the functions may know of the outside. */
export interface CallEnvironment {
  random: () => number;
  uuid: () => string;
}

export const isIntrinsic = (text: string): boolean => text.startsWith("States.");

/** @throws PayloadError States.IntrinsicFailure, or States.Runtime for a path that leads nowhere */
export function callIntrinsic(text: string, view: View, environment: CallEnvironment): Json {
  const call = parseIntrinsic(text);
  return run(call, { whole: call.text, view, environment });
}

interface Running {
  /** All that was written: causes name it, also where a call inside of it failed. */
  whole: string;
  view: View;
  environment: CallEnvironment;
}

function run(call: Call, running: Running): Json {
  const { whole, environment } = running;
  const intrinsic = INTRINSICS[call.name];
  if (!intrinsic) throw new PayloadError("States.Runtime", `There is no function ${call.name}.`);
  const values = call.args.map((argument) => resolved(argument, running));
  try {
    const raw = call.args.map((argument) => (argument.kind === "literal" ? argument.raw : undefined));
    return intrinsic(values, { ...environment, raw });
  } catch (thrown) {
    if (!(thrown instanceof IntrinsicError)) throw thrown;
    throw new PayloadError("States.IntrinsicFailure", failed(whole, thrown.message));
  }
}

function resolved(argument: Argument, running: Running): Json {
  const { view, whole } = running;
  if (argument.kind === "literal") return argument.value;
  if (argument.kind === "call") return run(argument.call, running);
  const { path } = argument;
  try {
    return valueAt(path, rootValue(path, view));
  } catch (thrown) {
    if (!(thrown instanceof PathNotFound)) throw thrown;
    const input = jsonText(quotedRoot(path.text, view));
    throw new PayloadError(
      "States.Runtime",
      failed(
        whole,
        `The JsonPath argument for the field '${path.text}' could not be found in the input '${input}'`,
      ),
    );
  }
}

const failed = (whole: string, problem: string): string =>
  `The function '${whole}' had the following error: ${problem}`;

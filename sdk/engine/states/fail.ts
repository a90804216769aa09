import type { FailState } from "../../asl/types.ts";
import type { Json } from "../../model/json.ts";
import type { Entry, Step } from "../entry.ts";
import { StateFailure } from "../errors.ts";

const isString = (value: Json): value is string => typeof value === "string";

/** Ends the branch, the iteration or the execution with the state's error. */
export async function runFail(entry: Entry<FailState>): Promise<Step> {
  const read = async (field: "Error" | "Cause"): Promise<string | undefined> =>
    entry.state[field] === undefined ? undefined : entry.typed(field, "string", isString);
  const error = await read("Error");
  const cause = await read("Cause");
  throw new StateFailure({ error, cause });
}

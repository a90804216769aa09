import type { FailState } from "../../asl/types.ts";
import type { Json } from "../../model/json.ts";
import type { Entry, Step } from "../entry.ts";
import { StateFailure } from "../errors.ts";
import { fieldsOf } from "../fields.ts";
import { jsonText } from "../json-text.ts";
import { PathEntry } from "../path-entry.ts";

const isString = (value: Json): value is string => typeof value === "string";

/** Ends the branch, the iteration or the execution with the state's error. */
export async function runFail(entry: Entry<FailState>): Promise<Step> {
  const read = async (field: "Error" | "Cause"): Promise<string | undefined> => {
    const path = fieldsOf(entry.state)[`${field}Path`];
    if (path !== undefined && entry instanceof PathEntry) return textAt(entry, `${field}Path`, path);
    return entry.state[field] === undefined ? undefined : entry.typed(field, "string", isString);
  };
  const error = await read("Error");
  const cause = await read("Cause");
  throw new StateFailure({ error, cause });
}

function textAt(entry: PathEntry<FailState>, field: string, path: string): string {
  const value = entry.text(path, field);
  if (typeof value === "string") return value;
  throw entry.failure(
    "States.Runtime",
    `The ${field} field must reference a string: ${path} == ${jsonText(value)}`,
  );
}

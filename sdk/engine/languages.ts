import type { State } from "../asl/types.ts";
import type { Json } from "../model/json.ts";
import { Entry } from "./entry.ts";
import type { QueryLanguage } from "./fields.ts";
import { PathEntry } from "./jsonpath/path-entry.ts";
import type { Scope } from "./scope.ts";

/**
 * A state speaks its own language, or that of the whole machine; the Map or Parallel around it has no say. Whatever is
 * not JSONPath by its exact name is JSONata to the service, which only then tells that the name is wrong.
 */
export const languageOf = (
  state: { QueryLanguage?: unknown },
  whole: { QueryLanguage?: unknown } = {},
): QueryLanguage =>
  (state.QueryLanguage ?? whole.QueryLanguage ?? "JSONPath") === "JSONPath" ? "JSONPath" : "JSONata";

/** The visit of a state, in the state's language. */
export function enter(
  scope: Scope,
  name: string,
  state: State,
  input: Json,
  entered: { id: number; previousEventId: number; timestamp: number },
): Entry {
  const Kind = languageOf(state, scope.run.definition) === "JSONata" ? Entry : PathEntry;
  return new Kind(scope, name, state, input, entered);
}

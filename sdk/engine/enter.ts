import type { State } from "../asl/types.ts";
import type { Json } from "../model/json.ts";
import { Entry } from "./entry.ts";
import { PathEntry } from "./path-entry.ts";
import { languageOf } from "./query-language.ts";
import type { Scope } from "./scope.ts";

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

import type { MapState } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import { isPlainObject } from "../../../model/json.ts";
import type { Entry } from "../../entry.ts";
import { StateFailure } from "../../errors.ts";
import { fieldsOf } from "../../fields.ts";
import type { Outcome } from "../../integration.ts";
import { detached } from "../../json-text.ts";
import { PathEntry } from "../../path-entry.ts";

/** The calls that a Map itself makes, to the object store; they go through the integration like those of a Task. */

/**
 * @param error the name under which the Map fails when the call does
 * @throws StateFailure
 */
export async function callStore(
  entry: Entry<MapState>,
  resource: string,
  args: Json,
  error: string,
): Promise<Json> {
  const { scope, name, retryCount } = entry;
  const abort = new AbortController();
  const call = {
    resource,
    arguments: detached(args),
    executionName: scope.run.name,
    executionArn: scope.run.arn,
    stateName: name,
    attempt: retryCount,
    signal: abort.signal,
  };
  const invoke = async (): Promise<Outcome> => scope.run.integration(call);
  const outcome = await scope.suspend<Outcome | { defect: unknown }>((settle) => {
    let answered = false;
    const end = (found: Outcome | { defect: unknown }): void => {
      answered = true;
      settle(found);
    };
    invoke().then(end, (defect: unknown) => end({ defect }));
    return () => {
      if (!answered) abort.abort();
    };
  });
  if ("defect" in outcome) {
    const { defect } = outcome;
    const message = defect instanceof Error ? defect.message : String(defect);
    throw new StateFailure({ error: "States.Runtime", cause: `The integration failed: ${message}` });
  }
  if (!outcome.ok) throw new StateFailure({ error, cause: outcome.cause });
  return detached(outcome.output);
}

/** `Arguments` or `Parameters` of an ItemReader or a ResultWriter. */
export async function storeArguments(
  entry: Entry<MapState>,
  field: "ItemReader" | "ResultWriter",
): Promise<{ [key: string]: Json }> {
  const holder = fieldsOf(entry.state)[field] ?? {};
  const { Parameters: template } = fieldsOf(holder);
  let value: Json = {};
  if (entry instanceof PathEntry) {
    if (template !== undefined) value = entry.payload(template, entry.effective());
  } else if ("Arguments" in holder) {
    value = await entry.value("Arguments", { holder, location: `${field}/Arguments` });
  }
  return isPlainObject(value) ? (value as { [key: string]: Json }) : {};
}

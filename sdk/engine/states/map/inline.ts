import type { MapState } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry, MapItem } from "../../entry.ts";
import { isFatal, runtimeFailure, StateFailure } from "../../errors.ts";
import { runMachine } from "../../interpreter.ts";
import type { Scope } from "../../scope.ts";
import { runGroup } from "../group.ts";
import { itemInput, processorOf, readItems } from "./items.ts";
import { readTolerance } from "./tolerance.ts";

/** Runs the iterations inside of the execution, in scopes of their own. */
export async function runInline(entry: Entry<MapState>, limit: number): Promise<Json[]> {
  const { scope } = entry;
  const items = await readItems(entry);
  if (!scope.active?.resumed) {
    scope.record("MapStateStarted", { mapStateStartedEventDetails: { length: items.length } });
  }
  const tolerates = isTolerant(entry.state) && (await toleratesAny(entry));
  const outputs = runGroup(entry, {
    count: items.length,
    limit,
    begin: (index, previous, resumed) => beginIteration(entry, items[index] as MapItem, previous, resumed),
    ended: (index, child) => {
      const details = { mapIterationSucceededEventDetails: { name: entry.name, index } };
      scope.record("MapIterationSucceeded", details, child.last);
    },
  });
  return tolerates ? outputs.catch(refuseTolerance) : outputs;
}

const isTolerant = (state: MapState): boolean =>
  Object.keys(state).some((field) => field.startsWith("ToleratedFailure"));

async function toleratesAny(entry: Entry<MapState>): Promise<boolean> {
  const { count = 0, percentage = 0 } = await readTolerance(entry);
  return count > 0 || percentage > 0;
}

/** AWS takes the limits in an inline Map too (recorded); what they do when an iteration fails is not known. */
function refuseTolerance(thrown: unknown): never {
  if (!(thrown instanceof StateFailure) || isFatal(thrown)) throw thrown;
  throw runtimeFailure(
    "RLT3002: The engine does not know what an inline Map does about a tolerated failure.",
  );
}

function beginIteration(
  entry: Entry<MapState>,
  item: MapItem,
  previous: number,
  resumed: Scope | undefined,
): { scope: Scope; output: Promise<Json> } {
  const child = entry.scope.fork(previous, resumed);
  const drive = async (): Promise<Json> => {
    const input = await inputOf(entry, child, item);
    const details = { mapIterationStartedEventDetails: { name: entry.name, index: item.Index } };
    child.record("MapIterationStarted", details);
    child.begun = true;
    await undefined; // so that all that may run at once are recorded as started before any enters a state
    return runMachine(child, processorOf(entry.state), input, resumed?.active);
  };
  return { scope: child, output: drive() };
}

async function inputOf(entry: Entry<MapState>, child: Scope, item: MapItem): Promise<Json> {
  try {
    return await itemInput(entry, item);
  } catch (thrown) {
    child.last = entry.scope.last; // what failed is recorded in the Map's own chain
    throw thrown;
  }
}

import type { MapState } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry, MapItem } from "../../entry.ts";
import { isFatal, StateFailure } from "../../errors.ts";
import { fieldsOf } from "../../fields.ts";
import type { MapRunLimits } from "../../map-runs.ts";
import { childInputs } from "./batches.ts";
import { type MapRun, runChildren } from "./children.ts";
import { itemInput, readItems } from "./items.ts";
import { readFromStore } from "./reader.ts";
import { readTolerance } from "./tolerance.ts";
import { writeResults } from "./writer.ts";

/** Runs a child execution for each item or batch; the parent's history has the Map Run only, not what is in it. */
export async function runDistributed(entry: Entry<MapState>, maxConcurrency: number): Promise<Json> {
  const { scope } = entry;
  const given = fieldsOf(entry.state).ItemReader ? undefined : await readItems(entry);
  scope.record("MapStateStarted", { mapStateStartedEventDetails: { length: given?.length ?? 0 } });
  const { count, percentage } = await readTolerance(entry);
  const limits: MapRunLimits = {
    maxConcurrency,
    toleratedFailureCount: count,
    toleratedFailurePercentage: percentage,
  };
  const mapRun = newMapRun(entry);
  scope.record("MapRunStarted", { mapRunStartedEventDetails: { mapRunArn: mapRun.arn } });
  scope.mapRun = true;
  try {
    const result = await runMapRun(entry, mapRun, given, limits);
    scope.record("MapRunSucceeded");
    scope.mapRun = false;
    return result;
  } catch (thrown) {
    if (thrown instanceof StateFailure && !isFatal(thrown)) {
      scope.record("MapRunFailed", { mapRunFailedEventDetails: thrown.eventDetails });
    }
    throw thrown;
  }
}

function newMapRun({ scope, state }: Entry<MapState>): MapRun {
  const { run } = scope;
  const label = state.Label ?? run.ids.uuid();
  const uuid = run.ids.uuid();
  return {
    arn: `${run.stateMachine.arn.replace(":stateMachine:", ":mapRun:")}/${label}:${uuid}`,
    label,
    uuid,
  };
}

async function runMapRun(
  entry: Entry<MapState>,
  mapRun: MapRun,
  given: MapItem[] | undefined,
  limits: MapRunLimits,
): Promise<Json> {
  const items = given?.map((item) => ({ ...item, Source: "STATE_DATA" })) ?? (await readFromStore(entry));
  const selected: Json[] = [];
  // What was read is let go as it is used: there may be very many.
  for (const [i, item] of items.entries()) {
    selected.push(await itemInput(entry, item));
    delete items[i];
  }
  const inputs = await childInputs(entry, selected);
  const { ended, tooMany } = await runChildren(entry, mapRun, inputs, limits);
  const result = await writeResults(entry, mapRun, ended);
  if (!tooMany) return result;
  throw new StateFailure({
    error: "States.ExceedToleratedFailureThreshold",
    cause: "The specified tolerated failure threshold was exceeded",
  });
}

import type { MapState } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry, MapItem } from "../../entry.ts";
import { isFatal, runtimeFailure, StateFailure } from "../../errors.ts";
import { fieldsOf } from "../../fields.ts";
import { childInputs } from "./batches.ts";
import { runChildren } from "./children.ts";
import { itemInput, readItems } from "./items.ts";
import { type MapRun, newWork, type Work } from "./map-run.ts";
import { readFromStore, readMaxItems } from "./reader.ts";
import { readTolerance } from "./tolerance.ts";
import { writeResults } from "./writer.ts";

/** Redrives of one Map Run that the service allows. */
const MAP_RUN_REDRIVES = 1_000;

/** Runs a child execution for each item or batch; the parent's history has the Map Run only, not what is in it. */
export async function runDistributed(entry: Entry<MapState>, maxConcurrency: number): Promise<Json> {
  const { scope } = entry;
  const held = heldRun(entry);
  const { mapRun, given } = held?.work
    ? { mapRun: redrivenRun(entry, held), given: [] }
    : await begunRun(entry, maxConcurrency, held !== undefined);
  if (scope.active) scope.active.mapRun = mapRun;
  mapRun.running = true;
  try {
    mapRun.work ??= await readWork(entry, given);
    const result = await runWork(entry, mapRun, mapRun.work);
    scope.record("MapRunSucceeded");
    mapRun.running = false;
    return result;
  } catch (thrown) {
    if (thrown instanceof StateFailure && !isFatal(thrown)) {
      scope.record("MapRunFailed", { mapRunFailedEventDetails: thrown.eventDetails });
      mapRun.running = false;
    }
    throw thrown;
  }
}

/** The Map Run that this attempt goes on with: the first attempt of a redriven execution, with the last Map Run before. */
function heldRun({ scope: { active } }: Entry<MapState>): MapRun | undefined {
  const held = active?.resumed?.mapRun;
  if (active) active.resumed = undefined;
  return held;
}

function redrivenRun({ scope }: Entry<MapState>, mapRun: MapRun): MapRun {
  if (mapRun.redriveCount >= MAP_RUN_REDRIVES)
    throw runtimeFailure(`The Map Run has been redriven ${MAP_RUN_REDRIVES} times.`);
  const { arn: mapRunArn } = mapRun;
  const redriveCount = ++mapRun.redriveCount;
  mapRun.begunId = scope.record("MapRunRedriven", {
    mapRunRedrivenEventDetails: { mapRunArn, redriveCount },
  }).id;
  return mapRun;
}

/**
 * @param again whether the Map has started before, in an execution that was redriven since its items could not be read
 * @returns with the items, or how many an ItemReader is to find
 */
async function begunRun(
  entry: Entry<MapState>,
  maxConcurrency: number,
  again: boolean,
): Promise<{ mapRun: MapRun; given: MapItem[] | number }> {
  const { scope } = entry;
  const items = fieldsOf(entry.state).ItemReader ? undefined : await readItems(entry);
  if (!again)
    scope.record("MapStateStarted", { mapStateStartedEventDetails: { length: items?.length ?? 0 } });
  const { count, percentage } = await readTolerance(entry);
  const given = items ?? (await readMaxItems(entry));
  const { run } = scope;
  const label = entry.state.Label ?? run.ids.uuid();
  const uuid = run.ids.uuid();
  const mapRun = {
    arn: `${run.stateMachine.arn.replace(":stateMachine:", ":mapRun:")}/${label}:${uuid}`,
    label,
    uuid,
    limits: { maxConcurrency, toleratedFailureCount: count, toleratedFailurePercentage: percentage },
    redriveCount: 0,
    running: false,
  };
  const started = scope.record("MapRunStarted", { mapRunStartedEventDetails: { mapRunArn: mapRun.arn } });
  return { mapRun: { ...mapRun, begunId: started.id }, given };
}

async function readWork(entry: Entry<MapState>, given: MapItem[] | number): Promise<Work> {
  const items =
    typeof given === "number"
      ? await readFromStore(entry, given)
      : given.map((item) => ({ ...item, Source: "STATE_DATA" }));
  const selected: Json[] = [];
  // What was read is let go as it is used: there may be very many.
  for (const [i, item] of items.entries()) {
    selected.push(await itemInput(entry, item));
    delete items[i];
  }
  return newWork(await childInputs(entry, selected));
}

async function runWork(entry: Entry<MapState>, mapRun: MapRun, work: Work): Promise<Json> {
  const { ended, tooMany } = await runChildren(entry, mapRun, work);
  const result = await writeResults(entry, mapRun, ended);
  if (!tooMany) return result;
  throw new StateFailure({
    error: "States.ExceedToleratedFailureThreshold",
    cause: "The specified tolerated failure threshold was exceeded",
  });
}

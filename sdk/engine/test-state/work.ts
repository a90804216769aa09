import type { MapState, ParallelState, State, TaskState } from "../../asl/types.ts";
import type { Json } from "../../model/json.ts";
import type { Entry, Step } from "../entry.ts";
import { StateFailure } from "../errors.ts";
import { fieldsOf } from "../fields.ts";
import { PathEntry } from "../path-entry.ts";
import { runState } from "../states/index.ts";
import { childInputs } from "../states/map/batches.ts";
import { readConcurrency } from "../states/map/index.ts";
import { itemInput, readItems } from "../states/map/items.ts";
import { readFromStore, readMaxItems } from "../states/map/reader.ts";
import { exceeds, readTolerance } from "../states/map/tolerance.ts";
import { attemptTask, readLimits, readRole } from "../states/task.ts";
import type { Mock } from "./checks.ts";
import type { TestStateRequest } from "./types.ts";

/** What a visit under test has besides the state. */
export interface Test {
  mock: Mock | undefined;
  configuration: NonNullable<TestStateRequest["stateConfiguration"]>;
  /** Notes a number of the inspection. */
  note(name: "maxConcurrency" | "toleratedFailureCount" | "toleratedFailurePercentage", value: number): void;
}

/**
 * One attempt of the state, retriers and catchers left out.
 *
 * @throws StateFailure
 */
export async function work(entry: Entry, test: Test): Promise<Step> {
  const { state } = entry;
  if (entry instanceof PathEntry && narrowsInput(state)) inspect(entry, "afterInputPath", entry.effective());
  if (state.Type === "Task") return workTask(entry as Entry<TaskState>, test.mock);
  if (state.Type === "Map" && test.mock) return workMap(entry as Entry<MapState>, test.mock, test);
  if (state.Type === "Parallel" && test.mock)
    return finish(entry as Entry<ParallelState>, resultOf(test.mock));
  if (state.Type === "Pass" && entry instanceof PathEntry && "Result" in state) {
    inspect(entry, "result", fieldsOf(state).Result ?? null);
  }
  return runState(entry);
}

/** The service shows no input path where the input plays no part, and none of a Parallel. */
const narrowsInput = (state: State): boolean =>
  state.Type !== "Parallel" && !(state.Type === "Pass" && "Result" in state);

const inspect = (entry: Entry, step: string, value: Json): void =>
  entry.scope.run.testing?.inspect(step, value);

function resultOf(mock: Mock): Json {
  if (mock.ok) return mock.result;
  throw new StateFailure({ error: mock.error, cause: mock.cause });
}

async function workTask(entry: Entry<TaskState>, mock: Mock | undefined): Promise<Step> {
  if (!mock) return attemptTask(entry, (result) => inspect(entry, "result", result));
  if (entry.state.Resource.endsWith(".waitForTaskToken")) entry.taskToken = entry.scope.run.tokens.create();
  await readLimits(entry);
  await readRole(entry);
  await entry.arguments();
  const result = resultOf(mock);
  inspect(entry, "result", result);
  return finish(entry, result);
}

const finish = (entry: Entry<TaskState | MapState | ParallelState>, result: Json): Promise<Step> =>
  entry.finish(entry.state, entry.state.Next, result, { extra: { result } });

async function workMap(entry: Entry<MapState>, mock: Mock, { configuration, note }: Test): Promise<Step> {
  const count = await showItems(entry, configuration.mapItemReaderData !== undefined);
  note("maxConcurrency", await readConcurrency(entry));
  const tolerance = await readTolerance(entry);
  if (tolerance.count !== undefined) note("toleratedFailureCount", tolerance.count);
  if (tolerance.percentage !== undefined) note("toleratedFailurePercentage", tolerance.percentage);
  const limited = tolerance.count !== undefined || tolerance.percentage !== undefined;
  const failed = configuration.mapIterationFailureCount ?? 0;
  if (mock.ok && limited && exceeds(tolerance, failed, count)) {
    throw new StateFailure({
      error: "States.ExceedToleratedFailureThreshold",
      cause: "The specified tolerated failure threshold was exceeded",
    });
  }
  return finish(entry, resultOf(mock));
}

/** Shows what each iteration would get; how many items there are. */
async function showItems(entry: Entry<MapState>, hasReaderData: boolean): Promise<number> {
  const reader = fieldsOf(entry.state).ItemReader;
  if (reader && !hasReaderData) return 0;
  const items = reader ? await readFromStore(entry, await readMaxItems(entry)) : await readItems(entry);
  const values = items.map(({ Value: value }) => value);
  if (!reader && entry instanceof PathEntry) inspect(entry, "afterItemsPath", values);
  if (reader?.ReaderConfig?.["ItemsPointer"] !== undefined) inspect(entry, "afterItemsPointer", values);
  const selected: Json[] = [];
  for (const item of items) selected.push(await itemInput(entry, item));
  if (entry.state.ItemSelector !== undefined || fieldsOf(entry.state).Parameters !== undefined) {
    inspect(entry, "afterItemSelector", selected);
  }
  if (fieldsOf(entry.state).ItemBatcher) {
    const batches = await childInputs(entry, selected);
    inspect(
      entry,
      "afterItemBatcher",
      batches.map(({ input }) => input),
    );
  }
  return items.length;
}

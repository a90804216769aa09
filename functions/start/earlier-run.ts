import { RunletError } from "../../sdk/model/runlet-error.ts";
import type { Rerun } from "../../sdk/runtime/control/rerun.ts";
import type { CallTimes } from "../store/earlier-calls.ts";
import type { RunStore } from "../store/run-record.ts";
import { type ObjectStore, storedExecutionInput } from "./input.ts";
import type { EarlierRun, StartDeps } from "./start.ts";

/** What a run that repeats another one takes from it, by the records of that one. */
export function earlierRuns(ports: {
  runs: Pick<RunStore, "get">;
  objects: Pick<ObjectStore, "get">;
  calls: CallTimes;
}): NonNullable<StartDeps["earlier"]> {
  return async (of, from): Promise<EarlierRun> => {
    const record = await ports.runs.get(of);
    if (!record || (record.input === undefined && record.source === "direct"))
      throw new RunletError("RLT4025", `There is no run ${of}, or it did not come through the start door.`);
    const input = await storedExecutionInput(record.input, ports.objects);
    return { flow: record.flow, input, rerun: await cutAt(of, from, ports.calls) };
  };
}

async function cutAt(of: string, from: string | undefined, calls: CallTimes): Promise<Rerun> {
  if (from === undefined) return { of };
  const [step = "", given] = from.split("/");
  const found = await calls.began(of, step, given === undefined ? undefined : given.split(".").map(Number));
  if (!found) throw new RunletError("RLT4025", `The run ${of} made no call "${from}".`);
  return { of, from: { step, frames: found.frames }, before: found.at };
}

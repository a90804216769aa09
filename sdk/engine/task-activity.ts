import type { TaskState } from "../asl/types.ts";
import type { Timer } from "../model/clock.ts";
import type { Json } from "../model/json.ts";
import type { Entry } from "./entry.ts";
import { jsonText } from "./json-text.ts";
import type { Ending, TaskLimits } from "./task-call.ts";
import type { TaskEvents } from "./task-events.ts";

/**
 * Offers the task to the activity's workers and waits for what ends it. The timeout counts from here, the heartbeat
 * from when a worker has taken the task.
 */
export function awaitWorker(
  entry: Entry<TaskState>,
  args: Json,
  { timeout, heartbeat }: TaskLimits,
  events: TaskEvents,
): Promise<Ending> {
  const { run } = entry.scope;
  return entry.scope.suspend<Ending>((settle) => {
    const after = (seconds: number | undefined, timedOut: "timeout" | "heartbeat"): Timer | undefined =>
      seconds === undefined
        ? undefined
        : // A worker cannot beat while the engine is down.
          run.clock.schedule(seconds * 1_000, () => settle({ timedOut }), timedOut === "heartbeat");
    const token = run.tokens.create();
    const timer = after(timeout, "timeout");
    let beats: Timer | undefined;
    const beat = (): void => {
      beats?.cancel();
      beats = after(heartbeat, "heartbeat");
    };
    const closeToken = run.tokens.open(token, { settle, beat });
    const takeBack = run.activities.offer(entry.state.Resource, {
      token,
      input: jsonText(args),
      started: (workerName) => {
        try {
          events.started(workerName);
          beat();
          return true;
        } catch (thrown) {
          settle({ thrown }); // the history may be full
          return false;
        }
      },
    });
    return () => {
      timer?.cancel();
      beats?.cancel();
      closeToken();
      takeBack();
    };
  });
}

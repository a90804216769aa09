import { expect, test } from "vitest";
import { runStates } from "../../sdk/cli/run/run-states.ts";
import type { HistoryEvent } from "../../sdk/engine/index.ts";

const event = (id: number, previousEventId: number, type: string, more: object = {}): HistoryEvent =>
  ({ id, previousEventId, type, timestamp: id * 1000, ...more }) as unknown as HistoryEvent;
const entered = (id: number, before: number, name: string): HistoryEvent =>
  event(id, before, "TaskStateEntered", { stateEnteredEventDetails: { name } });
const exited = (id: number, before: number, name: string): HistoryEvent =>
  event(id, before, "TaskStateExited", { stateExitedEventDetails: { name } });

test("a state that goes to its inline step has not failed (it was shown as failed, until the end of the run)", () => {
  const history = [
    event(1, 0, "ExecutionStarted"),
    entered(2, 0, "load"),
    event(3, 0, "EvaluationFailed"),
    exited(4, 3, "load"),
    entered(5, 4, "load inline"),
    exited(6, 5, "load inline"),
    entered(7, 6, "load"),
    exited(8, 7, "load"),
    event(9, 8, "ExecutionSucceeded"),
  ];
  expect(runStates(history, true).map(({ name, status, endedAt }) => [name, status, endedAt])).toEqual([
    ["load inline", "COMPLETED", "1970-01-01T00:00:06.000Z"],
    ["load", "COMPLETED", "1970-01-01T00:00:08.000Z"],
  ]);
});

test("what nobody catches has failed", () => {
  const history = [
    event(1, 0, "ExecutionStarted"),
    entered(2, 0, "load"),
    event(3, 0, "EvaluationFailed"),
    event(4, 3, "ExecutionFailed"),
  ];
  expect(runStates(history, true)).toMatchObject([{ name: "load", status: "FAILED" }]);
});

import type { StateMachine } from "../../asl/types.ts";
import { createEngine, type Engine, type ExecutionResult, type HistoryEvent } from "../../engine/index.ts";
import type { Json } from "../../model/json.ts";
import { ManualClock } from "../../model/manual-clock.ts";
import { MockedCalls, type Mocks } from "./mocks.ts";

export interface MachineRun {
  result: ExecutionResult;
  history: readonly HistoryEvent[];
  /** Seconds of the machine's own time that passed. */
  seconds: number;
}

const ACTIVITY = /^arn:[^:]*:states:[^:]*:[^:]*:activity:(.+)$/;

/**
 * Runs a machine on mocks. Time is virtual: a wait of a week passes at once, a call that is mocked takes no time.
 *
 * @throws RunletError RLT3001, RLT3002, RLT2009
 */
export async function runOnMocks(request: {
  definition: StateMachine;
  input: Json;
  mocks: Mocks;
  type: "STANDARD" | "EXPRESS";
}): Promise<MachineRun> {
  const { definition, input, mocks, type } = request;
  const clock = new ManualClock(Date.now());
  const calls = new MockedCalls(mocks);
  const engine: Engine = createEngine({
    clock,
    integration: async ({ stateName, attempt, resource, taskToken }) => {
      const outcome = calls.next(stateName, attempt, resource);
      if (taskToken === undefined) return outcome;
      // What is mocked of a call that waits for its token is what the token's holder reports.
      if (outcome.ok) engine.sendTaskSuccess(taskToken, outcome.output);
      else engine.sendTaskFailure(taskToken, outcome);
      return { ok: true, output: {} };
    },
  });
  const begun = clock.now();
  const activities = activitiesOf(definition);
  for (const [, name] of activities) engine.createActivity(name);
  const execution = engine.start({ definition: localised(definition), input, type });
  for (const [state, name] of activities) workOn(engine, name, state, calls, execution.done);
  const result = await clock.runUntil(execution.done);
  return { result, history: execution.history, seconds: (clock.now() - begun) / 1_000 };
}

/** Activities by the state that uses them. */
function activitiesOf(definition: unknown): [state: string, activity: string][] {
  const found: [string, string][] = [];
  const visit = (value: unknown, key: string): void => {
    if (typeof value !== "object" || value === null) return;
    const name = ACTIVITY.exec(String((value as { Resource?: unknown }).Resource ?? ""))?.[1];
    if (name !== undefined) found.push([key, name]);
    for (const [inner, item] of Object.entries(value)) visit(item, inner);
  };
  visit(definition, "");
  return found;
}

/** The definition with its activities in the account and Region of the engine, which are the only ones there. */
function localised(definition: StateMachine): StateMachine {
  const text = JSON.stringify(definition);
  const pattern = /"arn:[^:"]*:states:[^:"]*:[^:"]*:activity:/g;
  return JSON.parse(
    text.replaceAll(pattern, '"arn:aws:states:us-east-1:000000000000:activity:'),
  ) as StateMachine;
}

function workOn(
  engine: Engine,
  activity: string,
  state: string,
  calls: MockedCalls,
  done: Promise<unknown>,
): void {
  let over = false;
  void done.then(() => {
    over = true;
  });
  let attempt = 0;
  const next = async (): Promise<void> => {
    if (over) return;
    const task = await engine.getActivityTask(engine.createActivity(activity), "mock");
    if (task) {
      const outcome = calls.next(state, attempt++, activity);
      if (outcome.ok) engine.sendTaskSuccess(task.taskToken, outcome.output);
      else engine.sendTaskFailure(task.taskToken, outcome);
    }
    await next();
  };
  void next().catch(() => undefined); // an activity without a mock is never answered: it runs into its timeout
}

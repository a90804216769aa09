import type { StateMachine, SubMachine } from "../../sdk/asl/types.ts";
import type { IntegrationCall, Outcome } from "../../sdk/engine/index.ts";
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type Execution,
  type ExecutionResult,
} from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";

/** Helpers for the engine's tests: everything runs in virtual time and with fixed ids. */

export const LAMBDA = "arn:aws:states:::lambda:invoke";
export const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f";
export const TOKEN = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";

export const machine = (states: SubMachine["States"], more: Partial<StateMachine> = {}): StateMachine => ({
  QueryLanguage: "JSONata",
  StartAt: Object.keys(states)[0] ?? "",
  States: states,
  ...more,
});

export const ok = (output: Json): Outcome => ({ ok: true, output });
export const bad = (error: string, cause = ""): Outcome => ({ ok: false, error, cause });

/** Answers with what the call was given. */
export const echo = async (call: IntegrationCall): Promise<Outcome> => ok(call.arguments);

export interface Ran {
  result: ExecutionResult;
  execution: Execution;
  clock: ManualClock;
  calls: IntegrationCall[];
  /** Milliseconds of virtual time that passed. */
  elapsed: number;
}

export interface Setup {
  input?: Json;
  integration?: (call: IntegrationCall, clock: ManualClock) => Promise<Outcome> | Outcome;
  options?: Partial<EngineOptions>;
  /** Called right after the start, with the engine. */
  during?: (engine: Engine, execution: Execution, clock: ManualClock) => void;
}

/** Counts up, so that ids in expectations stay put. */
export function countingIds(): { runId(): string; uuid(): string } {
  let count = 0;
  return {
    runId: () => `run-${++count}`,
    uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
  };
}

export async function run(definition: StateMachine, setup: Setup = {}): Promise<Ran> {
  const clock = new ManualClock();
  const calls: IntegrationCall[] = [];
  const engine = createEngine({
    clock,
    ids: countingIds(),
    random: () => 0.5,
    integration: async (call) => {
      calls.push(call);
      return (setup.integration ?? echo)(call, clock);
    },
    ...setup.options,
  });
  const begun = clock.now();
  const execution = engine.start({
    definition,
    ...(setup.input === undefined ? {} : { input: setup.input }),
    name: "run",
  });
  setup.during?.(engine, execution, clock);
  const result = await clock.runUntil(execution.done);
  return { result, execution, clock, calls, elapsed: clock.now() - begun };
}

export const output = (ran: Ran): Json => {
  if (ran.result.status !== "SUCCEEDED")
    throw new Error(`${ran.result.status}: ${JSON.stringify(ran.result)}`);
  return ran.result.output;
};

export const types = (ran: Ran): string[] => ran.execution.history.map((event) => event.type);

/** `id type <- previous`, a line an event. */
export const chain = (ran: Ran): string[] =>
  ran.execution.history.map((event) => `${event.id} ${event.type} <- ${event.previousEventId}`);

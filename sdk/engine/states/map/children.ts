import type { MapState, StateMachine } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry } from "../../entry.ts";
import type { Execution, ExecutionResult } from "../../execution.ts";
import { History } from "../../history.ts";
import { jsonText } from "../../json-text.ts";
import type { MapRunLimits } from "../../map-runs.ts";
import type { ChildInput } from "./batches.ts";
import { processorOf } from "./items.ts";
import { exceeds, toleranceOf } from "./tolerance.ts";

/** Children of a distributed Map that may run at the same time. */
const DISTRIBUTED_CONCURRENCY = 10_000;

/**
 * One child execution of a distributed Map, as the exported results describe it. The execution itself, with its history,
 * is let go when it has ended, and values are kept as JSON text: there may be very many.
 */
export interface Child {
  arn: string;
  name: string;
  stateMachineArn: string;
  /** JSON text. */
  input: string;
  startTime: number;
  stopTime: number;
  result: { output: string } | Failed;
}

type Failed = Exclude<ExecutionResult, { status: "SUCCEEDED" }>;

/** One run of a distributed Map. */
export interface MapRun {
  arn: string;
  /** What names its children's machine: the state's Label, or an id. */
  label: string;
  uuid: string;
}

/** Children that have ended, in order of their inputs, and whether too many of them failed. */
export interface Children {
  ended: Child[];
  tooMany: boolean;
}

/**
 * Runs a child for each input, so many at the same time. The limits may change meanwhile. When more items have failed than are tolerated, the children
 * that still run are stopped and no others are started.
 */
export function runChildren(
  entry: Entry<MapState>,
  mapRun: MapRun,
  inputs: ChildInput[],
  limits: MapRunLimits,
): Promise<Children> {
  const { scope } = entry;
  const total = inputs.reduce((sum, { items }) => sum + items, 0);
  const running = new Set<Execution>();
  const ended: Child[] = [];
  let begun = 0;
  let failed = 0;
  return scope.suspend<Children>((settle) => {
    const finish = (tooMany: boolean): void => settle({ ended: ended.filter(Boolean), tooMany });
    const begin = (): void => {
      const index = begun++;
      const { input, items } = inputs[index] as ChildInput;
      delete inputs[index]; // the execution has it now
      const startTime = scope.run.clock.now();
      const { execution, stateMachineArn } = startChild(entry, mapRun, input);
      running.add(execution);
      void execution.done.then((result) => {
        if (!running.delete(execution)) return;
        ended[index] = {
          arn: execution.arn,
          name: execution.name,
          stateMachineArn,
          input: jsonText(input),
          startTime,
          stopTime: scope.run.clock.now(),
          result: result.status === "SUCCEEDED" ? { output: jsonText(result.output) } : result,
        };
        if (result.status !== "SUCCEEDED") failed += items;
        goOn();
      });
    };
    const goOn = (): void => {
      const most = Math.min(limits.maxConcurrency || DISTRIBUTED_CONCURRENCY, DISTRIBUTED_CONCURRENCY);
      if (exceeds(toleranceOf(limits), failed, total)) finish(true);
      else if (begun === inputs.length && running.size === 0) finish(false);
      else while (begun < inputs.length && running.size < most) begin();
    };
    const close = scope.run.mapRuns?.open(mapRun.arn, limits, goOn);
    goOn();
    return () => {
      close?.();
      const rest = [...running];
      running.clear();
      for (const execution of rest) execution.stop();
    };
  });
}

/** A child is an execution of its own: its own history, context and variables, and none of the parent's. */
function startChild(
  entry: Entry<MapState>,
  { label }: MapRun,
  input: Json,
): { execution: Execution; stateMachineArn: string } {
  const { run } = entry.scope;
  const processor = processorOf(entry.state);
  const type = processor.ProcessorConfig?.ExecutionType ?? "STANDARD";
  const name = run.ids.uuid();
  const stateMachine = { arn: `${run.stateMachine.arn}/${label}`, name: `${run.stateMachine.name}/${label}` };
  const arn =
    type === "EXPRESS"
      ? `${stateMachine.arn.replace(":stateMachine:", ":express:")}:${name}:${run.ids.uuid()}`
      : `${stateMachine.arn.replace(":stateMachine:", ":execution:")}:${name}`;
  const { StartAt, States } = processor;
  const { QueryLanguage: language = "JSONPath" } = run.definition;
  const definition: StateMachine = { QueryLanguage: language, StartAt, States };
  const execution = run.spawn({
    ...run,
    type,
    definition,
    arn,
    name,
    stateMachine,
    published: {},
    input,
    history: new History(run.clock, (event) => run.onEvent(arn, event)),
    startTime: new Date(run.clock.now()).toISOString(),
  });
  return { execution, stateMachineArn: stateMachine.arn };
}

/** A child with all that is known of it, in the words of an export. */
export function described({ arn, name, stateMachineArn, input, startTime, stopTime, result }: Child): Json {
  return {
    ExecutionArn: arn,
    Input: input,
    InputDetails: { Included: true },
    Name: name,
    ...("output" in result ? { Output: result.output, OutputDetails: { Included: true } } : failure(result)),
    RedriveCount: 0,
    RedriveStatus: "output" in result ? "NOT_REDRIVABLE" : "REDRIVABLE_BY_MAP_RUN",
    StartDate: new Date(startTime).toISOString(),
    StateMachineArn: stateMachineArn,
    Status: "output" in result ? "SUCCEEDED" : result.status,
    StopDate: new Date(stopTime).toISOString(),
  };
}

function failure({ error, cause }: Failed): { Error: Json; Cause: Json } {
  return { Error: error ?? null, Cause: cause ?? null };
}

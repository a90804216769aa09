import type { MapState, StateMachine } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry } from "../../entry.ts";
import type { Execution, ExecutionResult } from "../../execution.ts";
import { History } from "../../history.ts";
import { jsonText } from "../../json-text.ts";
import { processorOf } from "./items.ts";
import type { Child, Failed, MapRun, Started, Work } from "./map-run.ts";
import { exceeds, toleranceOf } from "./tolerance.ts";
import { transformationOf } from "./writer.ts";

/** Children of a distributed Map that may run at the same time. */
const DISTRIBUTED_CONCURRENCY = 10_000;

/** Children that have ended, in order of their inputs, and whether too many of them failed. */
export interface Children {
  ended: Child[];
  tooMany: boolean;
}

/**
 * Runs the children that have not ended well, so many at the same time. The limits may change meanwhile. When more items
 * have failed than are tolerated, the children that still run are stopped and no others are started.
 */
export function runChildren(entry: Entry<MapState>, mapRun: MapRun, work: Work): Promise<Children> {
  const { scope } = entry;
  const { limits } = mapRun;
  const { ended, unsuccessful, total } = work;
  const waiting = waitingIn(work);
  const inFull = transformationOf(entry.state) === "NONE";
  const running = new Map<number, Started>();
  let begun = 0;
  let failed = 0;
  return scope.suspend<Children>((settle) => {
    const finish = (tooMany: boolean): void => settle({ ended: ended.filter(Boolean), tooMany });
    const begin = (): void => {
      const index = waiting[begun++] as number;
      const started = begunChild(entry, mapRun, work, index);
      running.set(index, started);
      void started.execution.done.then((result) => {
        if (!running.delete(index)) return;
        ended[index] = endOf(started, result, scope.run.clock.now(), inFull);
        if (result.status !== "SUCCEEDED") {
          failed += started.items;
          unsuccessful.set(index, started);
        }
        goOn();
      });
    };
    const goOn = (): void => {
      const most = Math.min(limits.maxConcurrency || DISTRIBUTED_CONCURRENCY, DISTRIBUTED_CONCURRENCY);
      if (exceeds(toleranceOf(limits), failed, total)) finish(true);
      else if (begun === waiting.length && running.size === 0) finish(false);
      else while (begun < waiting.length && running.size < most) begin();
    };
    const close = scope.run.mapRuns?.open(mapRun.arn, limits, goOn);
    goOn();
    return () => {
      close?.();
      const rest = [...running];
      running.clear();
      for (const [index, started] of rest) {
        unsuccessful.set(index, started);
        started.execution.stop();
      }
    };
  });
}

/** The children to run, in order: at first all, in a redrive those that failed, were stopped or have not begun. */
function waitingIn({ inputs, ended, unsuccessful }: Work): number[] {
  for (const index of unsuccessful.keys()) delete ended[index];
  const waiting: number[] = [];
  for (let index = 0; index < inputs.length; index++)
    if (index in inputs || unsuccessful.has(index)) waiting.push(index);
  return waiting;
}

function begunChild(entry: Entry<MapState>, mapRun: MapRun, work: Work, index: number): Started {
  const before = work.unsuccessful.get(index);
  if (before) {
    work.unsuccessful.delete(index);
    return redriven(entry, mapRun, before);
  }
  const { input, items } = work.inputs[index] as (typeof work.inputs)[number];
  delete work.inputs[index];
  return startChild(entry, mapRun, input, items);
}

/** A Standard child goes on where it stood; an Express one starts again. */
function redriven(entry: Entry<MapState>, mapRun: MapRun, before: Started): Started {
  if (typeOf(entry) === "EXPRESS") return startChild(entry, mapRun, before.input, before.items);
  const execution = entry.scope.run.respawn(before.execution);
  return { ...before, execution, redriveCount: before.redriveCount + 1 };
}

/** @param inFull whether an export describes also the children that ended well */
function endOf(started: Started, result: ExecutionResult, stopTime: number, inFull: boolean): Child {
  const output = result.status === "SUCCEEDED" ? { output: jsonText(result.output) } : undefined;
  if (output && !inFull) return { result: output };
  const { execution, stateMachineArn, startTime, redriveCount } = started;
  const facts = {
    arn: execution.arn,
    name: execution.name,
    stateMachineArn,
    input: jsonText(started.input),
    startTime,
    stopTime,
    redriveCount,
  };
  return output ? { result: output, facts } : { result: result as Failed, facts };
}

const typeOf = ({ state }: Entry<MapState>): "STANDARD" | "EXPRESS" =>
  processorOf(state).ProcessorConfig?.ExecutionType ?? "STANDARD";

/** A child is an execution of its own: its own history, context and variables, and none of the parent's. */
function startChild(entry: Entry<MapState>, { label }: MapRun, input: Json, items: number): Started {
  const { redriveTime: _, ...run } = entry.scope.run; // a redrive of the parent is none of the child
  const startTime = run.clock.now();
  const type = typeOf(entry);
  const name = run.ids.uuid();
  const stateMachine = { arn: `${run.stateMachine.arn}/${label}`, name: `${run.stateMachine.name}/${label}` };
  const arn =
    type === "EXPRESS"
      ? `${stateMachine.arn.replace(":stateMachine:", ":express:")}:${name}:${run.ids.uuid()}`
      : `${stateMachine.arn.replace(":stateMachine:", ":execution:")}:${name}`;
  const { StartAt, States } = processorOf(entry.state);
  const { QueryLanguage: language = "JSONPath" } = run.definition;
  const definition: StateMachine = { QueryLanguage: language, StartAt, States };
  const execution: Execution = run.spawn({
    ...run,
    type,
    definition,
    arn,
    name,
    stateMachine,
    published: {},
    redriveCount: 0,
    input,
    history: new History(run.clock, (event) => run.onEvent(arn, event)),
    startTime: new Date(startTime).toISOString(),
  });
  return { execution, stateMachineArn: stateMachine.arn, startTime, input, items, redriveCount: 0 };
}

import {
  createEngine,
  type Execution,
  type HistoryEvent,
  nestedExecutions,
  type Outcome,
} from "../engine/index.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import type { Ids } from "../model/ids.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ExecutionInput } from "../model/protocol.ts";
import { type Control, gate, goingDown } from "../runtime/index.ts";
import { flowOf, type LocalBuildOptions, openBuild } from "./local-build.ts";
import { type LocalControlOptions, localControl } from "./local-control.ts";

export interface LocalCloudOptions extends LocalBuildOptions, LocalControlOptions {
  clock?: Clock;
  ids?: Ids;
  random?: () => number;
  /** Hears of the events of all executions, those that executions start included. */
  onEvent?: (event: HistoryEvent, executionArn: string) => void;
}

/** A build, running on one machine: its machines on the engine, its functions in the host's processes. */
export interface LocalCloud {
  readonly manifest: Manifest;
  /** Reaches what waits: answers, events, cancel, pause. */
  readonly control: Control;
  /** Runs of flows that flows have started. */
  readonly children: readonly Execution[];
  start(request: { flow: string; runId: string; input: ExecutionInput }): Execution;
}

/**
 * Puts a build to work. It registers the build's functions with the host and never closes the host.
 *
 * @throws RunletError RLT3001 for a manifest of an unknown version or shape
 * @example
 * const cloud = openLocalCloud({ buildDir: "build", host });
 * const result = await cloud.start({ flow: "etl", runId: "r1", input: { input: { pages: 3 } } }).done;
 */
export function openLocalCloud(options: LocalCloudOptions): LocalCloud {
  const { calls, clock = systemClock, ids, random, onEvent } = options;
  const build = openBuild(options);
  const flows = new Map<string, string>();
  const begin = (flow: string, input: ExecutionInput, runId?: string): Execution => {
    const execution = engine.start({
      definition: build.definitionOf(flow),
      ...(runId !== undefined && { name: runId }),
      stateMachineName: flow,
      input: { ...input },
    });
    flows.set(execution.name, flow);
    return execution;
  };
  const canPause = (runId: string): boolean =>
    build.manifest.flows[flows.get(runId) ?? ""]?.pausable ?? false;
  const nested = nestedExecutions(
    ({ stateMachineArn, name, input }) => begin(flowOf(stateMachineArn), input as ExecutionInput, name),
    () => clock.now(),
  );
  const waiting = localControl(() => engine, { ...options, canPause });
  const control = goingDown(waiting.control, () => nested.executions);
  const engine = createEngine({
    integration: async (call) => {
      const service = [nested, waiting].find((one) => one.answers(call.resource));
      if (service === nested && calls) return calls.around(call.arguments, () => nested.integration(call));
      if (service) return service.integration(call);
      const make = (): Promise<Outcome> => build.invoke(call);
      return (await gate(control, call.arguments)) ?? (calls ? calls.through(call.arguments, make) : make());
    },
    clock,
    ...(ids && { ids }),
    ...(random && { random }),
    ...(onEvent && { onEvent: (arn: string, event: HistoryEvent) => onEvent(event, arn) }),
  });
  return {
    manifest: build.manifest,
    control,
    children: nested.executions,
    start: ({ flow, runId, input }) => begin(flow, input, runId),
  };
}

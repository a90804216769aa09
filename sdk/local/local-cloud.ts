import { createEngine, type Execution, type HistoryEvent } from "../engine/index.ts";
import type { Clock } from "../model/clock.ts";
import type { Ids } from "../model/ids.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ExecutionInput } from "../model/protocol.ts";
import { type LocalBuildOptions, openBuild } from "./local-build.ts";

export interface LocalCloudOptions extends LocalBuildOptions {
  clock?: Clock;
  ids?: Ids;
  random?: () => number;
  onEvent?: (event: HistoryEvent) => void;
}

/** A build, running on one machine: its machines on the engine, its functions in the host's processes. */
export interface LocalCloud {
  readonly manifest: Manifest;
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
  const { clock, ids, random, onEvent } = options;
  const build = openBuild(options);
  const engine = createEngine({
    integration: (call) => build.invoke(call),
    ...(clock && { clock }),
    ...(ids && { ids }),
    ...(random && { random }),
    ...(onEvent && { onEvent: (_arn: string, event: HistoryEvent) => onEvent(event) }),
  });
  return {
    manifest: build.manifest,
    start: ({ flow, runId, input }) =>
      engine.start({
        definition: build.definitionOf(flow),
        name: runId,
        stateMachineName: flow,
        input: { ...input },
      }),
  };
}

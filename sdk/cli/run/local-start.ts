import { startRun } from "../../../functions/start/start.ts";
import { systemClock } from "../../model/clock.ts";
import { createIds } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ExecutionInput } from "../../model/protocol.ts";
import type { ObjectStore } from "../../runtime/index.ts";
import type { Repeated } from "./call-file.ts";

/** Starts a run through the one start door, with this machine's ports. */
export async function startLocally<Started>(options: {
  manifest: Manifest;
  start(request: { flow: string; runId: string; input: ExecutionInput }): Promise<Started>;
  flow: string;
  input: unknown;
  objects: ObjectStore;
  /** The run that this one repeats. */
  repeats?: Repeated | undefined;
  parseInput(flow: string, input: unknown): Promise<Json | undefined>;
}): Promise<Started> {
  const { manifest, flow, objects, repeats } = options;
  let started: { execution: Started } | undefined;
  await startRun(
    {
      flow,
      source: "cli",
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(repeats && { rerun: { of: repeats.runId } }),
    },
    {
      clock: systemClock,
      ids: createIds(systemClock),
      hasFlow: (name) => Object.hasOwn(manifest.flows, name),
      roomOf: (name) => manifest.flows[name]?.room,
      parseInput: options.parseInput,
      // What is answered from the earlier run this process knows by itself: nothing needs be kept for others.
      ...(repeats && {
        earlier: async (of) => ({ ...repeats, rerun: { of } }),
        keepRerun: async () => undefined,
      }),
      // A new run of one process: its record is the file that the command writes at the end.
      runs: { create: async () => undefined },
      objects: {
        put: (key, text) => objects.put(key, Buffer.from(text)),
        get: async (key) => Buffer.from(await objects.get(key)).toString("utf8"),
      },
      machines: {
        start: async (request) => {
          started = { execution: await options.start(request) };
        },
      },
    },
  );
  if (!started) throw new Error("The start door started nothing.");
  return started.execution;
}

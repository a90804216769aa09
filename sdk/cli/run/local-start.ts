import { startRun } from "../../../functions/start/start.ts";
import type { Execution } from "../../engine/index.ts";
import type { LocalCloud } from "../../local/local-cloud.ts";
import { systemClock } from "../../model/clock.ts";
import { createIds } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import type { ObjectStore } from "../../runtime/index.ts";

/** Starts a run through the one start door, with this machine's ports. */
export async function startLocally(options: {
  cloud: LocalCloud;
  flow: string;
  input: unknown;
  objects: ObjectStore;
  parseInput(flow: string, input: unknown): Promise<Json | undefined>;
}): Promise<Execution> {
  const { cloud, flow, objects } = options;
  let execution: Execution | undefined;
  await startRun(
    { flow, source: "cli", ...(options.input === undefined ? {} : { input: options.input }) },
    {
      clock: systemClock,
      ids: createIds(systemClock),
      hasFlow: (name) => Object.hasOwn(cloud.manifest.flows, name),
      parseInput: options.parseInput,
      // One run of one process: its record is the file that the command writes at the end.
      runs: { create: async () => undefined },
      objects: {
        put: (key, text) => objects.put(key, Buffer.from(text)),
        get: async (key) => Buffer.from(await objects.get(key)).toString("utf8"),
      },
      machines: {
        start: async (request) => {
          execution = cloud.start(request);
        },
      },
    },
  );
  if (!execution) throw new Error("The start door started nothing.");
  return execution;
}

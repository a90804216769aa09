import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { StateMachine } from "../asl/types.ts";
import {
  createEngine,
  type Engine,
  type Execution,
  type HistoryEvent,
  type IntegrationCall,
  type Outcome,
} from "../engine/index.ts";
import type { Clock } from "../model/clock.ts";
import type { Ids } from "../model/ids.ts";
import { type Manifest, manifestSchema } from "../model/manifest.ts";
import type { ExecutionInput } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import type { LambdaHost } from "./lambda-host/index.ts";

export interface LocalCloudOptions {
  /** The folder with `manifest.json`, as the compiler wrote it. */
  buildDir: string;
  host: LambdaHost;
  clock?: Clock;
  ids?: Ids;
  random?: () => number;
  onEvent?: (event: HistoryEvent) => void;
  /** Variables for functions that declare secrets: the host passes on nothing else of the environment. */
  secretVariables?: (names: readonly string[]) => Record<string, string>;
}

/** A build, running on one machine: its machines on the engine, its functions in the host's processes. */
export interface LocalCloud {
  readonly manifest: Manifest;
  start(request: { flow: string; runId: string; input: ExecutionInput }): Execution;
}

const ARN_PREFIX = "arn:aws:lambda:us-east-1:000000000000:function:";

/**
 * Puts a build to work. It registers the build's functions with the host and never closes the host.
 *
 * @throws RunletError RLT3001 for a manifest of an unknown version or shape
 * @example
 * const cloud = openLocalCloud({ buildDir: "build", host });
 * const result = await cloud.start({ flow: "etl", runId: "r1", input: { input: { pages: 3 } } }).done;
 */
export function openLocalCloud(options: LocalCloudOptions): LocalCloud {
  const { buildDir, host } = options;
  const manifest = readManifest(buildDir);
  for (const [name, entry] of Object.entries(manifest.functions)) {
    host.register(name, {
      bundleFile: join(buildDir, entry.directory, "index.mjs"),
      timeoutSeconds: entry.timeoutSeconds,
      memoryMb: entry.memoryMb,
      environment: { ...entry.environment, ...options.secretVariables?.(entry.secrets) },
    });
  }
  const engine = openEngine(options);
  const definitions = new Map<string, StateMachine>();
  const definitionOf = (flow: string): StateMachine => {
    const known = definitions.get(flow) ?? readDefinition(buildDir, manifest, flow);
    definitions.set(flow, known);
    return known;
  };
  return {
    manifest,
    start: ({ flow, runId, input }) =>
      engine.start({
        definition: definitionOf(flow),
        name: runId,
        stateMachineName: flow,
        input: { ...input },
      }),
  };
}

function openEngine({ host, clock, ids, random, onEvent }: LocalCloudOptions): Engine {
  return createEngine({
    integration: (call) => invoke(host, call),
    ...(clock && { clock }),
    ...(ids && { ids }),
    ...(random && { random }),
    ...(onEvent && { onEvent: (_arn: string, event: HistoryEvent) => onEvent(event) }),
  });
}

async function invoke(host: LambdaHost, call: IntegrationCall): Promise<Outcome> {
  if (!call.resource.startsWith(ARN_PREFIX)) {
    throw new RunletError(
      "RLT3002",
      `The resource ${call.resource} of "${call.stateName}" is no function of this build.`,
    );
  }
  return host.invoke(call.resource.slice(ARN_PREFIX.length), call.arguments, { signal: call.signal });
}

function readManifest(buildDir: string): Manifest {
  const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(join(buildDir, "manifest.json"), "utf8")));
  if (parsed.success) return parsed.data;
  throw new RunletError(
    "RLT3001",
    `${join(buildDir, "manifest.json")} is no manifest that this version reads.`,
    {
      mend: "Compile the flow again with this version of Runlet.",
    },
  );
}

/** The definition with its placeholders replaced, as CloudFormation replaces them on AWS. */
function readDefinition(buildDir: string, manifest: Manifest, flow: string): StateMachine {
  const entry = manifest.flows[flow];
  if (!entry) throw new RunletError("RLT4004", `The build has no flow "${flow}".`);
  let text = readFileSync(join(buildDir, entry.definition), "utf8");
  for (const name of entry.functions) {
    const token = manifest.functions[name]?.token;
    if (token) text = text.replaceAll(`\${${token}}`, `${ARN_PREFIX}${name}`);
  }
  return JSON.parse(text) as StateMachine;
}

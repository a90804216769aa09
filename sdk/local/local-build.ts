import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { StateMachine } from "../asl/types.ts";
import type { IntegrationCall, Outcome } from "../engine/index.ts";
import { type Manifest, manifestSchema } from "../model/manifest.ts";
import { RunletError } from "../model/runlet-error.ts";
import { answerObjectCall, isObjectCall } from "../runtime/local/object-integration.ts";
import type { LambdaHost } from "./lambda-host/index.ts";

export interface LocalBuildOptions {
  /** The folder with `manifest.json`, as the compiler wrote it. */
  buildDir: string;
  host: LambdaHost;
  /** The directory of large values, which distributed Maps read and write. */
  objectsDir?: string;
  /** Variables for functions that declare secrets: the host passes on nothing else of the environment. */
  secretVariables?: (names: readonly string[]) => Record<string, string>;
}

/** A build whose functions run in a host's processes. */
export interface LocalBuild {
  readonly manifest: Manifest;
  /** @throws RunletError RLT4004 */
  definitionOf(flow: string): StateMachine;
  /** Answers the calls of the build's machines. */
  invoke(call: IntegrationCall): Promise<Outcome>;
}

const ARN_PREFIX = "arn:aws:lambda:us-east-1:000000000000:function:";
const MACHINE_PREFIX = "arn:aws:states:us-east-1:000000000000:stateMachine:";

/** The flow that the ARN of a machine in a definition stands for. */
export const flowOf = (stateMachineArn: string): string => stateMachineArn.slice(MACHINE_PREFIX.length);

/**
 * Reads a build and registers its functions with the host, which it never closes.
 *
 * @throws RunletError RLT3001 for a manifest of an unknown version or shape
 */
export function openBuild({ buildDir, host, objectsDir, secretVariables }: LocalBuildOptions): LocalBuild {
  const manifest = readManifest(buildDir);
  for (const [name, entry] of Object.entries(manifest.functions)) {
    host.register(name, {
      bundleFile: join(buildDir, entry.directory, "index.mjs"),
      timeoutSeconds: entry.timeoutSeconds,
      memoryMb: entry.memoryMb,
      environment: { ...entry.environment, ...secretVariables?.(entry.secrets) },
    });
  }
  const definitions = new Map<string, StateMachine>();
  return {
    manifest,
    definitionOf(flow) {
      const known = definitions.get(flow) ?? readDefinition(buildDir, manifest, flow);
      definitions.set(flow, known);
      return known;
    },
    invoke: (call) =>
      objectsDir !== undefined && isObjectCall(call.resource)
        ? answerObjectCall(objectsDir, call)
        : invoke(host, call),
  };
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
  for (const [token, called] of Object.entries(entry.calls))
    text = text.replaceAll(`\${${token}}`, `${MACHINE_PREFIX}${called}`);
  // Frozen, so that the engine need not look at each start whether it is the same still.
  return JSON.parse(text, (_key, value: unknown) => Object.freeze(value)) as StateMachine;
}

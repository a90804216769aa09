import { basename } from "node:path";
import type { StateMachine } from "../asl/types.ts";
import type { Description } from "../flow/describe.ts";
import type { FunctionEntry, Manifest } from "../model/manifest.ts";
import { packageVersion } from "../model/package-root.ts";
import type { Analysis } from "./analyse.ts";
import { functionName, functionToken, usesControl } from "./bundle/entries.ts";
import type { CompiledFlow } from "./compiled-flow.ts";
import { continuationName } from "./emit/segments.ts";

const INLINE_TIMEOUT_SECONDS = 30;
const START_TIMEOUT_SECONDS = 29; // an HTTP API waits 30 s for its function
/** A task's function outlives the task's own limit a little, so that the wrapper can say what happened. */
const GRACE_SECONDS = 3;

/** The hand-over: what a deployer and a local host need to know, and nothing of how it was compiled. */
export function manifestOf(
  analysis: Analysis,
  description: Description,
  flows: readonly CompiledFlow[],
  project: string,
): Manifest {
  const functions: Record<string, FunctionEntry> = {};
  for (const [name, task] of Object.entries(description.tasks)) {
    if (!task) continue;
    const { timeoutSeconds, memoryMb, secrets } = task.settings;
    functions[functionName("task", name)] = entry("task", name, {
      timeoutSeconds: Math.min(900, timeoutSeconds + GRACE_SECONDS),
      memoryMb,
      secrets,
    });
  }
  for (const { name, inlineSteps } of flows) {
    if (inlineSteps.length > 0)
      functions[functionName("inline", name)] = entry("inline", name, {
        timeoutSeconds: INLINE_TIMEOUT_SECONDS,
      });
  }
  if (usesControl(flows)) functions[functionName("control", "")] = entry("control", "", {});
  functions[functionName("start", "")] = entry("start", "", { timeoutSeconds: START_TIMEOUT_SECONDS });
  return {
    version: 1,
    runlet: packageVersion(),
    project,
    flows: Object.fromEntries(
      flows.flatMap((flow) => {
        const entries = [[flow.name, flowEntry(analysis, description, flow, flow.definition)] as const];
        const { continuation } = flow;
        if (!continuation) return entries;
        const name = continuationName(flow.name);
        const { inputSchema: _, ...own } = flowEntry(analysis, description, flow, continuation);
        const definition = `flows/${name}.asl.json`;
        return [...entries, [name, { ...own, definition, schedules: [], internal: true }] as const];
      }),
    ),
    functions,
  };
}

function entry(kind: FunctionEntry["kind"], name: string, settings: Partial<FunctionEntry>): FunctionEntry {
  return {
    kind,
    directory: `functions/${functionName(kind, name)}`,
    token: functionToken(kind, name),
    timeoutSeconds: 30,
    memoryMb: 512,
    secrets: [],
    environment: {},
    ...settings,
  };
}

function flowEntry(
  analysis: Analysis,
  description: Description,
  flow: CompiledFlow,
  machine: StateMachine,
): Manifest["flows"][string] {
  const described = description.flows[flow.name];
  const declaration = analysis.flows.find(({ graph }) => graph.name === flow.name)?.declaration;
  const module = declaration?.module ?? analysis.module;
  const text = JSON.stringify(machine);
  const called = [
    ...Object.keys(description.tasks).map((name) => ["task", name] as const),
    ["inline", flow.name] as const,
    ["control", ""] as const,
  ]
    .filter(([kind, name]) => text.includes(`\${${functionToken(kind, name)}}`))
    .map(([kind, name]) => functionName(kind, name));
  return {
    definition: `flows/${flow.name}.asl.json`,
    room: flow.room,
    functions: called,
    calls: Object.fromEntries(
      analysis.flows
        .flatMap(({ graph }) => [graph.name, continuationName(graph.name)])
        .flatMap((name) => {
          const token = functionToken("flow", name);
          return text.includes(`\${${token}}`) ? [[token, name] as const] : [];
        }),
    ),
    ...(described?.settings.description === undefined ? {} : { description: described.settings.description }),
    ...(described?.inputSchema === undefined ? {} : { inputSchema: described.inputSchema }),
    access: flow.graph.access,
    internal: false,
    pausable: described?.settings.pausable === true,
    schedules: described?.settings.schedules ?? [],
    source: { file: basename(module.source.path), line: module.source.place(flow.graph.span.start).line },
  };
}

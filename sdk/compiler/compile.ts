import { mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DEFINITION_BYTES } from "../asl/limits.ts";
import type { StateMachine } from "../asl/types.ts";
import type { Description } from "../flow/describe.ts";
import { NO_RETRIES } from "../flow/retry.ts";
import type { TaskSettings } from "../flow/task-options.ts";
import type { Manifest } from "../model/manifest.ts";
import { INLINE_RESULT_BYTES } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import { type Analysis, analyse } from "./analyse.ts";
import { type BundleEntry, bundleAll } from "./bundle/bundle.ts";
import {
  definitionsEntry,
  entriesOf,
  functionToken,
  moduleAdditions,
  singleEntry,
} from "./bundle/entries.ts";
import type { CompiledFlow } from "./compiled-flow.ts";
import { reportDefinitionProblems } from "./definition-diagnostics.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { documentOf } from "./drawing/document.ts";
import { type CalledFlow, DETOURS, type Emission, type Paths } from "./emit/context.ts";
import { joined } from "./emit/join.ts";
import { definitionText, deployedBytes, emitMachine } from "./emit/machine.ts";
import { roomOfFlow } from "./emit/room.ts";
import { continuationName, continuationOf, SEGMENT_EVENTS } from "./emit/segments.ts";
import { turnsOf } from "./emit/tasks.ts";
import { Names } from "./lower/names.ts";
import { manifestOf } from "./manifest.ts";

export interface CompileOptions {
  /** Where the build goes; what is there already is replaced. */
  outDir: string;
  /** Runs the definitions bundle and gives what it describes; a process of its own, so that authors' code is apart. */
  load(bundleFile: string): Promise<Description>;
  /** Names the stack's resources. @default "runlet" */
  project?: string;
  /** @default "fast" */
  paths?: Paths;
  /** One bundle with all functions, for tests that run them in one process. @default false */
  single?: boolean;
  /** About how many events of an execution loops may use up before they go on in another. @default 12000 */
  segmentEvents?: number;
}

/** A build, or all the mistakes that stand in its way. */
export type CompileResult =
  | { ok: true; flows: CompiledFlow[]; manifest: Manifest; outDir: string }
  | { ok: false; diagnostics: Diagnostic[] };

/**
 * Compiles a file: definitions, bundles and the manifest go to `outDir`.
 *
 * @param path absolute path of a TypeScript file that exports flows
 * @throws RunletError RLT5001 when a bundle cannot be built, RLT5002 when the module fails while it is loaded
 */
export async function compileFile(path: string, options: CompileOptions): Promise<CompileResult> {
  // The bundler knows files by their real paths.
  const analysis = analyse(realpathSync(path));
  const { diagnostics } = analysis;
  const description = diagnostics.list.some(({ code }) => code === "RLT1001" || code === "RLT1009")
    ? undefined
    : await describe(analysis, options);
  if (description) reportDefinitionProblems(analysis, description);
  if (diagnostics.any || !description) return { ok: false, diagnostics: diagnostics.sorted() };
  const flows = analysis.flows.map((flow) => emitFlow(analysis, flow, description, options));
  if (diagnostics.any) return { ok: false, diagnostics: diagnostics.sorted() };
  const manifest = manifestOf(analysis, description, flows, options.project ?? "runlet");
  await write(analysis, flows, manifest, options);
  return { ok: true, flows, manifest, outDir: options.outDir };
}

/** Loads the module. Where that fails and there are diagnostics, they say it better. */
async function describe(analysis: Analysis, options: CompileOptions): Promise<Description | undefined> {
  const directory = "definitions";
  const entry: BundleEntry = { directory, code: definitionsEntry(analysis) };
  try {
    await bundleAll(options.outDir, [entry], analysis.reader.modules, moduleAdditions(analysis, []));
    return await options.load(join(options.outDir, directory, "index.mjs"));
  } catch (error) {
    if (analysis.diagnostics.any && error instanceof RunletError) return undefined;
    throw error;
  }
}

/** A flow's machine, with settings as its loaded module describes them. */
export function emitFlow(
  analysis: Analysis,
  flow: Analysis["flows"][number],
  description: Description,
  options: Pick<CompileOptions, "paths" | "segmentEvents">,
): CompiledFlow {
  const { declaration, graph, uses } = flow;
  const described = description.flows[graph.name];
  const emission: Emission = {
    graph: { ...graph, inlineSteps: described?.settings.inlineSteps ?? "allow" },
    module: declaration.module,
    reader: analysis.reader,
    uses,
    names: new Names(),
    parts: new Map(),
    paths: options.paths ?? "fast",
    turns: turnsOf(graph.body),
    tasks: settingsOf(description),
    retry: described?.settings.retry ?? NO_RETRIES,
    pausable: described?.settings.pausable === true,
    room: roomOfFlow(graph, uses),
    inputPresent: described?.hasSchema ?? false,
    inlineSteps: [],
    reasons: new Map(),
    failures: [],
    throwing: new Map(),
    loops: [],
    taskResource: (task) => `\${${functionToken("task", task)}}`,
    inlineResource: `\${${functionToken("inline", graph.name)}}`,
    controlResource: `\${${functionToken("control", "")}}`,
    flows: callableFlows(analysis, flow, description),
    called: analysis.flows.some(({ calls }) => [...calls].some(({ name }) => name === graph.name)),
    continuation: `\${${functionToken("flow", continuationName(graph.name))}}`,
    segmentEvents: options.segmentEvents ?? SEGMENT_EVENTS,
    segments: [],
  };
  const machine = emitMachine(emission, analysis.diagnostics);
  const parts = [...emission.parts.values()];
  const detours = parts.flatMap((one) => DETOURS.flatMap((part) => one[part] ?? []));
  const detourStates = [...detours, ...emission.failures];
  const { inlineSteps, loops } = emission;
  const guarded = inlineSteps.filter(({ when }) => when === "guard").map(({ state }) => state);
  const slow = new Set([...guarded, ...detourStates]);
  const continuation = continuationOf(emission, machine);
  const document = documentOf(flow);
  return {
    name: graph.name,
    pausable: emission.pausable,
    graph,
    document,
    definition: withinSize(machine, slow),
    inlineSteps,
    detourStates,
    loops,
    ...(continuation && { continuation: withinSize(continuation, slow) }),
    room: emission.room,
  };
}

/** Joined states hold copies: where they would not fit into a definition, it stays as it was. */
function withinSize(machine: StateMachine, slow: ReadonlySet<string>): StateMachine {
  const fewer = joined(machine, slow);
  return deployedBytes(fewer) > DEFINITION_BYTES ? machine : fewer;
}

function callableFlows(
  analysis: Analysis,
  caller: Analysis["flows"][number],
  description: Description,
): Map<string, CalledFlow> {
  const called = [...caller.calls].map(({ name }): [string, CalledFlow] => [
    name,
    {
      arn: `\${${functionToken("flow", name)}}`,
      hasSchema: description.flows[name]?.hasSchema ?? false,
      recursive: reaches(analysis, name, caller.graph.name),
      room: roomOf(analysis, name),
    },
  ]);
  return new Map(called);
}

function roomOf(analysis: Analysis, name: string): number {
  const flow = analysis.flows.find(({ graph }) => graph.name === name);
  return flow ? roomOfFlow(flow.graph, flow.uses) : INLINE_RESULT_BYTES;
}

/** Whether a flow may come to call another one. */
function reaches(analysis: Analysis, from: string, to: string, seen = new Set<string>()): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  const calls = analysis.flows.find(({ graph }) => graph.name === from)?.calls ?? [];
  return [...calls].some(({ name }) => reaches(analysis, name, to, seen));
}

const settingsOf = (description: Description): Map<string, TaskSettings> =>
  new Map(
    Object.entries(description.tasks).flatMap(([name, task]) =>
      task ? [[name, task.settings] as const] : [],
    ),
  );

async function write(
  analysis: Analysis,
  flows: CompiledFlow[],
  manifest: Manifest,
  { outDir, single }: CompileOptions,
): Promise<void> {
  mkdirSync(outDir, { recursive: true });
  for (const folder of ["functions", "flows"]) rmSync(join(outDir, folder), { recursive: true, force: true });
  const entries = single ? [singleEntry(analysis, flows)] : entriesOf(analysis, flows);
  await bundleAll(outDir, entries, analysis.reader.modules, moduleAdditions(analysis, flows));
  for (const flow of flows) {
    const file = join(outDir, `flows/${flow.name}.asl.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${definitionText(flow.definition)}\n`);
    const { continuation } = flow;
    const next = join(outDir, `flows/${continuationName(flow.name)}.asl.json`);
    if (continuation) writeFileSync(next, `${definitionText(continuation)}\n`);
  }
  writeFileSync(join(outDir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

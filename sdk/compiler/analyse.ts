import type { CallExpression, Node } from "oxc-parser";
import { NAME_PATTERN } from "../flow/task-options.ts";
import { DIAGNOSTICS, type DiagnosticCode } from "./diagnostic-catalogue.ts";
import { type Diagnostic, Diagnostics } from "./diagnostics.ts";
import type { FlowGraph, Uses } from "./graph.ts";
import { refuseEarlyWaits } from "./lower/early-waits.ts";
import { lowerFlow } from "./lower/flow.ts";
import { childrenOf } from "./parse/ast.ts";
import { definer } from "./parse/definition-calls.ts";
import { type FlowDeclaration, type Module, ModuleReader, type TaskDeclaration } from "./parse/module.ts";
import { rewrite } from "./rewrite/rewrite.ts";

/** What reading a file alone tells, without running it: its flows as graphs, and all of its mistakes. */
export interface Analysis {
  reader: ModuleReader;
  module: Module;
  diagnostics: Diagnostics;
  flows: {
    declaration: FlowDeclaration;
    graph: FlowGraph;
    uses: Uses;
    calls: ReadonlySet<FlowDeclaration>;
    reader: ModuleReader;
  }[];
  /** The tasks that the flows call, by name. */
  tasks: Map<string, TaskDeclaration>;
}

/**
 * Reads and checks a file; nothing is run, so it is safe for editors.
 *
 * @param path absolute path of the file
 * @param text what stands in an editor; @default the file's text
 */
export function analyse(path: string, text?: string): Analysis {
  const diagnostics = new Diagnostics();
  const reader = new ModuleReader(diagnostics, rewrite);
  const module = reader.read(path, text);
  const analysis: Analysis = { reader, module, diagnostics, flows: [], tasks: new Map() };
  if (reader.unreadable.has(module.source.path)) return analysis;
  checkPlaces(analysis);
  const declarations = flowsOf(reader, module);
  if (declarations.length === 0 && !diagnostics.any)
    diagnostics.add(module.source, "RLT1002", { start: module.source.base, end: module.source.base + 1 });
  for (const declaration of declarations) {
    const uses: Uses = new Map();
    const calls = new Set<FlowDeclaration>();
    const context = { reader, module: declaration.module, diagnostics, uses, called: calls };
    const graph = lowerFlow(context, declaration, "allow");
    if (graph) analysis.flows.push({ declaration, graph, uses, calls, reader });
    // Flows that only other files export are part of the build where a flow of it calls them.
    for (const called of calls) if (!declarations.includes(called)) declarations.push(called);
  }
  refuseEarlyWaits(analysis.flows, (span, message) =>
    diagnostics.add(reader.sourceOf(span), "RLT1214", span, message),
  );
  collectTasks(analysis);
  return analysis;
}

/** Every diagnostic of a file, as an editor or a linter plug-in asks for it. */
export const check = (path: string, text?: string): Diagnostic[] => analyse(path, text).diagnostics.sorted();

function flowsOf(reader: ModuleReader, module: Module): FlowDeclaration[] {
  const names = new Set([...module.declarations.keys(), ...module.exports.keys()]);
  const flows = [...names].map((name) => module.declarations.get(name) ?? reader.exported(module, name));
  return [...new Set(flows.filter((declared): declared is FlowDeclaration => declared?.kind === "flow"))];
}

function collectTasks(analysis: Analysis): void {
  const named = new Map<string, TaskDeclaration | FlowDeclaration>();
  for (const { declaration } of analysis.flows) claim(analysis, named, declaration);
  for (const module of analysis.reader.modules.values()) {
    for (const local of module.declarations.keys()) {
      const declared = analysis.reader.lookup(module, local);
      if (declared?.kind === "task" && declared.module === module) addTask(analysis, named, declared);
    }
  }
  for (const declared of analysis.reader.lifted.values()) addTask(analysis, named, declared);
}

function addTask(
  analysis: Analysis,
  named: Map<string, TaskDeclaration | FlowDeclaration>,
  declared: TaskDeclaration,
): void {
  claim(analysis, named, declared);
  analysis.tasks.set(declared.name, declared);
}

/** Names become functions and steps: two of one name would be one function. */
function claim(
  analysis: Analysis,
  named: Map<string, TaskDeclaration | FlowDeclaration>,
  declared: TaskDeclaration | FlowDeclaration,
): void {
  if (!NAME_PATTERN.test(declared.name)) {
    const what = `"${declared.name}" cannot name a function, a state and a step.`;
    analysis.diagnostics.add(declared.module.source, "RLT1010", declared.span, what);
  }
  const other = named.get(`${declared.kind} ${declared.name}`);
  if (other && other !== declared) {
    analysis.diagnostics.add(
      declared.module.source,
      "RLT1005",
      declared.span,
      `Two ${declared.kind}s are named "${declared.name}".`,
    );
  }
  named.set(`${declared.kind} ${declared.name}`, declared);
}

/** Calls of task(…) and flow(…) anywhere else than in a top-level constant are never found by anyone. */
function checkPlaces({ module, diagnostics }: Analysis): void {
  const found = new Set<CallExpression>();
  for (const declared of module.declarations.values())
    if (declared.kind === "task" || declared.kind === "flow") found.add(declared.call);
  visitCalls(module.program, (call) => {
    if (found.has(call) || !definer(module, call)) return;
    diagnostics.add(module.source, "RLT1003", call);
  });
}

function visitCalls(node: Node, visit: (call: CallExpression) => void): void {
  if (node.type === "CallExpression") visit(node);
  for (const child of childrenOf(node)) visitCalls(child, visit);
}

export { DIAGNOSTICS, type DiagnosticCode };

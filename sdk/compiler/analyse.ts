import { DIAGNOSTICS, type DiagnosticCode } from "./diagnostic-catalogue.ts";
import { type Diagnostic, Diagnostics } from "./diagnostics.ts";
import type { FlowGraph, Uses } from "./graph.ts";
import { lowerFlow } from "./lower/flow.ts";
import { type FlowDeclaration, type Module, ModuleReader, type TaskDeclaration } from "./parse/module.ts";

/** What reading a file alone tells, without running it: its flows as graphs, and all of its mistakes. */
export interface Analysis {
  reader: ModuleReader;
  module: Module;
  diagnostics: Diagnostics;
  flows: { declaration: FlowDeclaration; graph: FlowGraph; uses: Uses }[];
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
  const reader = new ModuleReader(diagnostics);
  const module = reader.read(path, text);
  const analysis: Analysis = { reader, module, diagnostics, flows: [], tasks: new Map() };
  if (diagnostics.any) return analysis; // after a syntax error the tree says nothing reliable
  checkPlaces(analysis);
  const declarations = flowsOf(reader, module);
  if (declarations.length === 0) diagnostics.add(module.source, "RLT1002", { start: 0, end: 1 });
  for (const declaration of declarations) {
    const uses: Uses = new Map();
    const graph = lowerFlow({ reader, module: declaration.module, diagnostics, uses }, declaration, "allow");
    if (graph) analysis.flows.push({ declaration, graph, uses });
  }
  collectTasks(analysis);
  return analysis;
}

/** Every diagnostic of a file, as an editor or a linter plug-in asks for it. */
export const check = (path: string, text?: string): Diagnostic[] => analyse(path, text).diagnostics.sorted();

function flowsOf(reader: ModuleReader, module: Module): FlowDeclaration[] {
  const names = new Set([...module.declarations.keys(), ...module.exports.keys()]);
  const flows = [...names].map((name) => module.declarations.get(name) ?? reader.exported(module, name));
  return [...new Set(flows.filter((declared): declared is FlowDeclaration => declared?.kind === "flow" && declared.local !== "default"))];
}

function collectTasks(analysis: Analysis): void {
  const named = new Map<string, TaskDeclaration | FlowDeclaration>();
  for (const { declaration } of analysis.flows) claim(analysis, named, declaration);
  for (const module of analysis.reader.modules.values()) {
    for (const declared of module.declarations.values()) {
      if (declared.kind !== "task") continue;
      claim(analysis, named, declared);
      analysis.tasks.set(declared.name, declared);
    }
  }
}

/** Names become functions and steps: two of one name would be one function. */
function claim(analysis: Analysis, named: Map<string, TaskDeclaration | FlowDeclaration>, declared: TaskDeclaration | FlowDeclaration): void {
  const other = named.get(`${declared.kind} ${declared.name}`);
  if (other && other !== declared) {
    analysis.diagnostics.add(declared.module.source, "RLT1005", declared.span, `Two ${declared.kind}s are named "${declared.name}".`);
  }
  named.set(`${declared.kind} ${declared.name}`, declared);
}

/** Calls of task(…) and flow(…) anywhere else than in a top-level constant are never found by anyone. */
function checkPlaces({ module, diagnostics }: Analysis): void {
  const found = new Set([...module.declarations.values()].flatMap((declared) => (declared.kind === "task" || declared.kind === "flow" ? [declared.call.start] : [])));
  for (const [local, imported] of module.imports) {
    if (imported.from !== "runlet" || (imported.imported !== "task" && imported.imported !== "flow")) continue;
    visitCalls(module.program, local, (start, end) => {
      if (!found.has(start)) diagnostics.add(module.source, "RLT1003", { start, end });
    });
  }
  const fallback = module.declarations.get("default");
  if (fallback?.kind === "task" || fallback?.kind === "flow") diagnostics.add(module.source, "RLT1003", fallback.call, "A default export has no name of its own.");
}

function visitCalls(node: unknown, name: string, visit: (start: number, end: number) => void): void {
  if (Array.isArray(node)) {
    for (const child of node) visitCalls(child, name, visit);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  const call = node as { type?: string; callee?: { type?: string; name?: string }; start: number; end: number };
  if (call.type === "CallExpression" && call.callee?.type === "Identifier" && call.callee.name === name) visit(call.start, call.end);
  for (const child of Object.values(node)) visitCalls(child, name, visit);
}

export { DIAGNOSTICS, type DiagnosticCode };

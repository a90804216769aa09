import type { StateMachine } from "../../asl/types.ts";
import type { Analysis } from "../analyse.ts";
import { errorClassesOf } from "../check/error-classes.ts";
import { helpersOf } from "../check/helper.ts";
import type { InlineStep } from "../emit/context.ts";
import { handedOut, moduleName } from "../emit/foreign-names.ts";
import { armsOf, type Block, bodiesOf, type WaitNode } from "../graph.ts";
import type { FlowDeclaration, Module, TaskDeclaration } from "../parse/module.ts";
import type { Additions } from "./author-modules.ts";
import type { BundleEntry } from "./bundle.ts";
import { IDENTITY, identityEdits } from "./identity-edits.ts";

type FunctionKind = "task" | "inline" | "start" | "control";
/** What has an ARN that only deploying knows. */
type Placed = FunctionKind | "flow";

interface FlowWithRegions {
  name: string;
  definition: StateMachine;
  pausable: boolean;
  inlineSteps: readonly InlineStep[];
  room?: number;
}

export const functionName = (kind: FunctionKind, name: string): string =>
  kind === "start" || kind === "control" ? kind : `${kind}-${name}`;

const ESCAPES: Record<string, string> = { _: "Zu", "-": "Zh", Z: "ZZ" };

/** The placeholder of an ARN: letters and digits, and different for different names. */
export function functionToken(kind: Placed, name: string): string {
  const plain = name.replace(/[_Z-]/g, (char) => ESCAPES[char] ?? char);
  return `${kind[0]?.toUpperCase()}${kind.slice(1)}${plain}`;
}

/** Entries of a build that is deployed: one a task, one dispatcher a flow that has inline steps, the start door. */
export function entriesOf(analysis: Analysis, flows: readonly FlowWithRegions[]): BundleEntry[] {
  const tasks = [...analysis.tasks.values()].map((task) => ({
    directory: `functions/${functionName("task", task.name)}`,
    code: taskEntry(task),
  }));
  const inline = analysis.flows
    .filter(({ graph }) =>
      flows.some(({ name, inlineSteps }) => name === graph.name && inlineSteps.length > 0),
    )
    .map(({ declaration, graph }) => ({
      directory: `functions/${functionName("inline", graph.name)}`,
      code: inlineEntry(declaration, graph.name),
    }));
  const control = usesControl(flows)
    ? [{ directory: "functions/control", code: controlEntry(analysis, flows) }]
    : [];
  return [
    ...tasks,
    ...inline,
    ...control,
    { directory: "functions/start", code: startEntry(analysis, flows) },
  ];
}

/** All functions of a build in one bundle, for tests that run them in one process: `handlers`, by function name. */
export function singleEntry(analysis: Analysis, flows: readonly FlowWithRegions[]): BundleEntry {
  const lines = [`import { createInlineHandler, createTaskHandler } from "runlet/runtime";`];
  const handlers: string[] = [];
  for (const [i, task] of [...analysis.tasks.values()].entries()) {
    lines.push(importOf(task, `task${i}`));
    handlers.push(`${JSON.stringify(functionName("task", task.name))}: ${taskHandler(task, `task${i}`)}`);
  }
  for (const [i, { declaration, graph }] of analysis.flows.entries()) {
    if (!flows.some(({ name, inlineSteps }) => name === graph.name && inlineSteps.length > 0)) continue;
    const path = JSON.stringify(declaration.module.source.path);
    const names = `${regionsExport(graph.name)} as regions${i}, ${errorsExport(graph.name)} as errors${i}`;
    lines.push(`import { ${names} } from ${path};`);
    handlers.push(
      `${JSON.stringify(functionName("inline", graph.name))}: createInlineHandler(regions${i}, { errors: errors${i} })`,
    );
  }
  return {
    directory: SINGLE_BUNDLE,
    code: [...lines, `export const handlers = { ${handlers.join(", ")} };`].join("\n"),
  };
}

/** The folder of the bundle that {@link singleEntry} makes. */
export const SINGLE_BUNDLE = "functions/all";

const exportOf = (declared: TaskDeclaration | FlowDeclaration): string => `runlet$${declared.local}`;

const importOf = (declared: TaskDeclaration | FlowDeclaration, as: string): string =>
  `import ${declared.local === "default" ? as : `{ ${exportOf(declared)} as ${as} }`} from ${JSON.stringify(declared.module.source.path)};`;

const taskHandler = (task: TaskDeclaration, local: string): string =>
  `createTaskHandler(${local}, { name: ${JSON.stringify(task.name)}, timeoutSeconds: ${local}.settings.timeoutSeconds, secrets: ${local}.settings.secrets })`;

const taskEntry = (task: TaskDeclaration): string =>
  [
    `import { createTaskHandler } from "runlet/runtime";`,
    importOf(task, "task"),
    `export const handler = ${taskHandler(task, "task")};`,
  ].join("\n");

const regionsExport = (flow: string): string => `runlet$regions$${flow.replace(/-/g, "$H")}`;
const errorsExport = (flow: string): string => `runlet$errors$${flow.replace(/-/g, "$H")}`;

const inlineEntry = (declared: FlowDeclaration, flow: string): string =>
  [
    `import { createInlineHandler } from "runlet/runtime";`,
    `import { ${regionsExport(flow)} as regions, ${errorsExport(flow)} as errors } from ${JSON.stringify(declared.module.source.path)};`,
    "export const handler = createInlineHandler(regions, { errors });",
  ].join("\n");

/** Waits of a flow whose answers have a schema. */
const questionsOf = (block: Block): WaitNode[] =>
  block.flatMap((node) => [
    ...(node.kind === "wait" && node.schema !== undefined ? [node] : []),
    ...[...armsOf(node), ...bodiesOf(node)].flatMap(questionsOf),
  ]);

/** Whether a machine of the build waits by tokens: then there is a control function. */
export const usesControl = (flows: readonly Pick<FlowWithRegions, "definition">[]): boolean =>
  flows.some(({ definition }) => JSON.stringify(definition).includes(`\${${functionToken("control", "")}}`));

const schemasExport = (flow: string): string => `runlet$schemas$${flow.replace(/-/g, "$H")}`;

/** Imports of the schemas of answers, and the object that gathers them. */
function schemasOf(analysis: Analysis): { imports: string[]; gathered: string } {
  const asking = analysis.flows.filter(({ graph }) => questionsOf(graph.body).length > 0);
  return {
    imports: asking.map(
      ({ declaration, graph }, i) =>
        `import { ${schemasExport(graph.name)} as schemas${i} } from ${JSON.stringify(declaration.module.source.path)};`,
    ),
    gathered: `{ ${asking.map((_, i) => `...schemas${i}`).join(", ")} }`,
  };
}

function schemasText({ graph }: Analysis["flows"][number]): string[] {
  const questions = questionsOf(graph.body);
  if (questions.length === 0) return [];
  const entries = questions.map(
    ({ step, schema }) => `${JSON.stringify(`${graph.name}/${step}`)}: ${schema}`,
  );
  return [
    `export const ${schemasExport(graph.name)} = /* @__PURE__ */ (() => ({ ${entries.join(", ")} }))();`,
  ];
}

function controlEntry(analysis: Analysis, flows: readonly FlowWithRegions[]): string {
  const pausable = flows.filter((flow) => flow.pausable).map(({ name }) => name);
  const { imports, gathered } = schemasOf(analysis);
  return [
    `import { createControlHandler } from "runlet/control";`,
    ...imports,
    `export const handler = createControlHandler({ schemas: ${gathered}, pausable: ${JSON.stringify(pausable)} });`,
  ].join("\n");
}

function startEntry(analysis: Analysis, compiled: readonly FlowWithRegions[]): string {
  const imports = analysis.flows.map(({ declaration }, i) => importOf(declaration, `flow${i}`));
  const flows = analysis.flows.map(({ graph }, i) => `${JSON.stringify(graph.name)}: flow${i}`);
  const rooms = Object.fromEntries(compiled.map(({ name, room }) => [name, room]));
  return [
    `import { createStartHandler } from "runlet/start";`,
    ...imports,
    `export const handler = createStartHandler({ flows: { ${flows.join(", ")} }, rooms: ${JSON.stringify(rooms)} });`,
  ].join("\n");
}

/** The bundle that is loaded once to learn the settings of every task and flow. */
export function definitionsEntry(analysis: Analysis): string {
  const tasks = [...analysis.tasks.values()];
  const { imports, gathered } = schemasOf(analysis);
  return [
    `import { createDescribeHandler } from "runlet/describe";`,
    ...imports,
    ...tasks.map((task, i) => importOf(task, `task${i}`)),
    ...analysis.flows.map(({ declaration }, i) => importOf(declaration, `flow${i}`)),
    `export const handler = createDescribeHandler({ ${tasks.map((task, i) => `${JSON.stringify(task.name)}: task${i}`).join(", ")} }, { ${analysis.flows.map(({ graph }, i) => `${JSON.stringify(graph.name)}: flow${i}`).join(", ")} }, ${gathered});`,
  ].join("\n");
}

/** Exports that generated entries import: definitions under names of their own, and the regions of inline steps. */
export function moduleAdditions(
  analysis: Analysis,
  flows: readonly FlowWithRegions[],
): Map<string, Additions> {
  const additions = new Map<string, Additions>();
  for (const [path, module] of analysis.reader.modules) {
    const lifted = [...analysis.reader.lifted.values()].filter((task) => task.module === module);
    const defined = [...module.declarations.values(), ...lifted].filter(
      (d): d is TaskDeclaration | FlowDeclaration => d.kind === "task" || d.kind === "flow",
    );
    const exported = defined
      .filter(({ local }) => local !== "default")
      .map((declared) => `${declared.local} as ${exportOf(declared)}`);
    const regions = analysis.flows
      .filter(({ declaration }) => declaration.module === module)
      .flatMap(({ graph }) => flows.filter(({ name }) => name === graph.name))
      .filter(({ inlineSteps }) => inlineSteps.length > 0)
      .flatMap(({ name, inlineSteps }) => [regionsOf(name, inlineSteps), errorsOf(analysis, name, module)]);
    const made = lifted.map(
      ({ local, lifted: text }) => `\nconst ${local} = /* @__PURE__ */ (() => ${text})();`,
    );
    const edits = [...helpersOf(analysis.reader)]
      .filter((helper) => helper.module === module)
      .flatMap(identityEdits);
    const appended = [
      edits.length > 0 ? `\nimport { identity as ${IDENTITY} } from "runlet/runtime";` : "",
      ...made,
      ...analysis.flows
        .filter(({ declaration }) => declaration.module === module)
        .flatMap(schemasText)
        .map((text) => `\n${text}`),
      exported.length > 0 ? `\nexport { ${exported.join(", ")} };` : "",
      ...importsOf(analysis, module, flows),
      ...regions,
    ].join("\n");
    additions.set(path, { appended, edits });
  }
  return additions;
}

/** What the regions of the module's flows take from other modules, and what other flows' regions take from this one. */
function importsOf(analysis: Analysis, module: Module, flows: readonly FlowWithRegions[]): string[] {
  const names = new Set<string>();
  const modules = new Set<Module>();
  for (const { declaration, graph } of analysis.flows) {
    const steps = flows.find(({ name }) => name === graph.name)?.inlineSteps ?? [];
    for (const [from, used] of steps.flatMap(({ imports }) => [...imports])) {
      if (declaration.module === module) modules.add(from);
      if (from === module) for (const name of used) names.add(name);
    }
    if (steps.length === 0) continue;
    for (const { name, module: from } of errorClassesOf(analysis.reader)) {
      if (from === declaration.module) continue;
      if (declaration.module === module) modules.add(from);
      if (from === module) names.add(name);
    }
  }
  const exported = [...names].map((name) => `${name} as ${handedOut(name)}`);
  return [
    ...[...modules].map(
      (from) => `import * as ${moduleName(from)} from ${JSON.stringify(from.source.path)};`,
    ),
    exported.length > 0 ? `export { ${exported.join(", ")} };` : "",
  ];
}

function regionsOf(flow: string, steps: readonly InlineStep[]): string {
  const regions = steps.map(({ region, code }) => `${JSON.stringify(region)}: ${code}`);
  return `export const ${regionsExport(flow)} = {\n${regions.join(",\n")}\n};`;
}

/** The error classes of the author's modules: asked for when all modules are there, since they may import each other. */
function errorsOf({ reader }: Analysis, flow: string, module: Module): string {
  const classes = errorClassesOf(reader).map(({ key, name, module: from }) => {
    const value = from === module ? name : `${moduleName(from)}.${handedOut(name)}`;
    return `${JSON.stringify(key)}: ${value}`;
  });
  return `export const ${errorsExport(flow)} = () => ({ ${classes.join(", ")} });`;
}

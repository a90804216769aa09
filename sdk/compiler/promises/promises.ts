import type { Expression, Node, Program } from "oxc-parser";
import { type AnyFunction, childrenOf, isFunction, isNode } from "../parse/ast.ts";
import type { Declared } from "../parse/declared.ts";
import type { SourceFile } from "../source-file.ts";
import { type Names, within } from "./batch-calls.ts";
import { batches } from "./batches.ts";
import { givingPromises } from "./giving.ts";
import { reassigned } from "./reassigned.ts";
import { sequentialReduce } from "./reduce.ts";
import { Templates } from "./template.ts";
import { continuedName, goneOnWith } from "./then.ts";
import { Family } from "./uses.ts";

/**
 * Some of what people write about promises is other code that says the same, and that the compiler knows. It takes the
 * place of the author's before anything looks at the tree, so that every check is made of what will run.
 */
export function rewritePromises(
  program: Program,
  source: SourceFile,
  lookup: (name: string) => Declared | undefined,
): void {
  if (!/\.(?:reduce|then|catch|finally)\b|Promise|\blet\b|=>|\bfunction\b/.test(source.text)) return;
  const templates = new Templates(source);
  const isCalled = (name: string): boolean => CALLED.has(lookup(name)?.kind ?? "");
  const functions = (name: string): AnyFunction | undefined => {
    const declared = lookup(name);
    const isOwn = declared?.kind === "function" && declared.module.source === source;
    return isOwn ? declared.fn : undefined;
  };
  rewriteIn(program, { templates, names: { isCalled, functions } }, false);
}

const CALLED: ReadonlySet<string> = new Set(["task", "flow"]);

interface Rewritten {
  templates: Templates;
  names: Names;
}

/** @param inside it stands in a function */
function rewriteIn(node: Node, module: Rewritten, inside: boolean): void {
  const children = new Set(childrenOf(node));
  const inner = isFunction(node) ? { ...module, names: within(new Family(node), module.names) } : module;
  if (isFunction(node) || node.type === "Program") givingPromises(node, inner.names);
  const anew = (value: unknown): unknown => {
    if (!isNode(value) || !children.has(value)) return value;
    const isInside = inside || isFunction(node);
    const made =
      (isInside ? instead(value, module.templates) : undefined) ??
      (isInside && node.type === "BlockStatement" ? goneOnWith(value, module.templates) : undefined) ??
      value;
    rewriteIn(made, inner, isInside);
    if (isFunction(made)) {
      batches(made, module.templates, inner.names);
      reassigned(made, module.templates);
    }
    return made;
  };
  const fields = node as unknown as Record<string, unknown>;
  for (const [key, value] of Object.entries(fields))
    fields[key] = Array.isArray(value) ? value.map(anew) : anew(value);
}

function instead(node: Node, templates: Templates): Expression | undefined {
  if (node.type !== "CallExpression") return undefined;
  return sequentialReduce(node, templates) ?? continuedName(node, templates);
}

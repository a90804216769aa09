import type { Expression, Node, Program } from "oxc-parser";
import { childrenOf, isFunction, isNode } from "../parse/ast.ts";
import type { SourceFile } from "../source-file.ts";
import { reassigned } from "./reassigned.ts";
import { sequentialReduce } from "./reduce.ts";
import { Templates } from "./template.ts";
import { continuedName } from "./then.ts";

/**
 * Some of what people write about promises is other code that says the same, and that the compiler knows. It takes the
 * place of the author's before anything looks at the tree, so that every check is made of what will run.
 */
export function rewritePromises(program: Program, source: SourceFile): void {
  if (!/\.(?:reduce|then|catch|finally)\b|Promise|\blet\b/.test(source.text)) return;
  const templates = new Templates(source);
  rewriteIn(program, templates, false);
}

/** @param inside it stands in a function */
function rewriteIn(node: Node, templates: Templates, inside: boolean): void {
  const children = new Set(childrenOf(node));
  let { start } = node;
  const anew = (value: unknown): unknown => {
    if (!isNode(value) || !children.has(value)) return value;
    const isInside = inside || isFunction(node);
    const made = (isInside ? instead(value, templates) : undefined) ?? value;
    rewriteIn(made, templates, isInside);
    if (isFunction(made)) reassigned(made, templates);
    start = Math.min(start, made.start);
    return made;
  };
  const fields = node as unknown as Record<string, unknown>;
  for (const [key, value] of Object.entries(fields))
    fields[key] = Array.isArray(value) ? value.map(anew) : anew(value);
  // What is new may begin before what it stands in the place of; it lies within what is around it all the same.
  node.start = start;
}

function instead(node: Node, templates: Templates): Expression | undefined {
  if (node.type !== "CallExpression") return undefined;
  return sequentialReduce(node, templates) ?? continuedName(node, templates);
}

import type { Expression, Node } from "oxc-parser";
import { bare, isFunction, namesOf } from "../parse/ast.ts";
import { both, type Fast, type FastContext, type Guard, withGuard } from "./fast.ts";
import { MISSING } from "./members.ts";
import { test } from "./operators.ts";
import { bindPattern } from "./patterns.ts";
import { sharedNames } from "./shared-names.ts";
import { run } from "./statements.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Callable = Of<"ArrowFunctionExpression"> | Of<"FunctionExpression">;

/** What a callback gives, asked for as a value or as a condition. */
export type Wanted = "value" | "condition";

/**
 * The body of a callback over its parameters.
 *
 * @param parameters what JSONata's own names stand for; a callback that takes more is not translated
 */
export function bodyOf(
  node: Node | undefined,
  parameters: readonly Fast[],
  context: FastContext,
  wanted: Wanted = "value",
): Fast | undefined {
  const callback = node && callable(node);
  if (context.depth > MOST_DEEP) return undefined;
  if (!callback || callback.params.length > parameters.length || !callback.body) return undefined;
  const locals = new Map(context.locals);
  const inside: FastContext = { ...context, locals, depth: context.depth + 1 };
  for (const parameter of callback.params) for (const name of namesOf(parameter)) locals.set(name, undefined);
  let guard: Guard | undefined;
  for (const [i, parameter] of callback.params.entries()) {
    const value = parameters[i];
    const bound = value && bindPattern(parameter, value, inside);
    if (!bound) return undefined;
    for (const [name, one] of bound.values) locals.set(name, one);
    guard = both(guard, bound.guard);
  }
  const body = callback.body;
  const result =
    body.type === "BlockStatement" ? returned(body, inside, wanted) : asked(body, inside, wanted);
  return result && withGuard(result, both(guard, result.guard));
}

/** Callbacks in callbacks, and helpers that call helpers: one that calls itself never ends. */
const MOST_DEEP = 6;

/** A function of the flow or of a module, and where its own names are looked up. */
export interface Helper {
  fn: Node;
  arity: number;
  context: FastContext;
}

/** The function that a name stands for. */
export function functionOf(node: Node, context: FastContext): Helper | undefined {
  const inner = bare(node as Expression);
  if (inner.type !== "Identifier") return undefined;
  const bound = context.uses.get(inner);
  if (!bound && context.locals.has(inner.name)) return undefined;
  const declared = bound ? undefined : context.reader.named(inner);
  const isOwn = bound?.kind === "pure" && bound.path?.length === 0;
  const fn = isOwn ? bound.definition.init : declared?.kind === "function" ? declared.fn : undefined;
  if (!fn || !callable(fn as Node)) return undefined;
  return { fn: fn as Node, arity: arity(fn as Node), context: { ...context, locals: new Map() } };
}

function callable(node: Node): Callable | undefined {
  const inner = bare(node as Expression);
  if (!isFunction(inner)) return undefined;
  return inner.async || ("generator" in inner && inner.generator) ? undefined : (inner as Callable);
}

/** How many parameters a callback takes. */
export const arity = (node: Node): number => callable(node)?.params.length ?? 0;

const asked = (node: Node, context: FastContext, wanted: Wanted): Fast | undefined =>
  wanted === "condition" ? test(node, context) : translate(node, context);

/** A body of statements: what it returns. A name that is changed in place while another one may stand for it goes slow. */
function returned(body: Of<"BlockStatement">, context: FastContext, wanted: Wanted): Fast | undefined {
  if (sharedNames(body).size > 0) return undefined;
  return run([body], { values: new Map(), guard: undefined }, context, {
    asked: (node, inside) => asked(node, inside, wanted),
    end: () => MISSING,
    returned: (value) => value ?? MISSING,
  });
}

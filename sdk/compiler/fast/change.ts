import type { Expression, Node } from "oxc-parser";
import { stringLiteral } from "../../asl/expression.ts";
import { PROTOTYPE_NAMES } from "../check/builtins.ts";
import { bare, memberName } from "../parse/ast.ts";
import { both, type Fast, type FastContext, strict, withGuard } from "./fast.ts";
import { normalised } from "./numbers.ts";
import { binary, logical } from "./operators.ts";
import { translate } from "./translate.ts";

/**
 * What a variable holds after a change in place: `xs.push(a)`, `o.k = v`, `o[k] += v`. Nothing for any other change,
 * and for changes of what lies deeper.
 */
export function changeInPlace(node: Expression, before: Fast, context: FastContext): Fast | undefined {
  if (node.type === "CallExpression") return push(node, before, context);
  if (node.type !== "AssignmentExpression" || node.left.type !== "MemberExpression") return undefined;
  const key = keyOf(node.left, context);
  const value = key && assigned(node, context);
  if (!key || !value || !isRoot(node.left.object, context)) return undefined;
  const guard = both(before.guard, `$type(${before.code})="object"`, key.guard, value.guard);
  const code = `$merge([${before.code}, {${key.code}: ${stored(value)}}])`;
  return withGuard({ code, type: "json", present: true, path: true }, guard);
}

/** The variable itself, not something in it. */
const isRoot = (object: Node, context: FastContext): boolean =>
  context.uses.get(bare(object as Expression))?.kind === "cell";

/** A key that is no index, and that objects do not inherit. */
function keyOf(target: Extract<Node, { type: "MemberExpression" }>, context: FastContext): Fast | undefined {
  const name = memberName(target);
  if (name !== undefined)
    return PROTOTYPE_NAMES.has(name) || !name.isWellFormed() || name.startsWith("$runlet")
      ? undefined
      : { code: stringLiteral(name), type: "string", present: true };
  const key = target.computed ? translate(target.property, context) : undefined;
  if (!key || (key.type !== "string" && key.type !== "json")) return undefined;
  const isText = key.type === "string" ? undefined : `$type(${key.code})="string"`;
  return withGuard({ ...key, type: "string", present: true }, both(key.guard, isText, ordinary(key.code)));
}

/** Neither inherited, nor Runlet's own, nor a whole number, which objects keep in another order. */
const ordinary = (code: string): string =>
  `$not(${code} in [${[...PROTOTYPE_NAMES].map((name) => stringLiteral(name)).join(",")}]) and $substring(${code}, 0, 7) != "$runlet" and $not($contains(${code}, /^[0-9]+$/))`;

function assigned(
  node: Extract<Node, { type: "AssignmentExpression" }>,
  context: FastContext,
): Fast | undefined {
  const { operator, left, right } = node;
  if (operator === "=") return plain(translate(right, context));
  const made = { operator: operator.slice(0, -1), left, right, start: node.start, end: node.end };
  const isLogical = ["&&=", "||=", "??="].includes(operator);
  return plain(
    isLogical
      ? logical({ ...made, type: "LogicalExpression" } as never, context)
      : binary({ ...made, type: "BinaryExpression" } as never, context),
  );
}

/** A value that a field keeps as it is: no missing one, and no -0. */
function plain(value: Fast | undefined): Fast | undefined {
  if (!value || value.type === "undefined" || value.negativeZero) return undefined;
  return strict(value);
}

function push(
  node: Extract<Node, { type: "CallExpression" }>,
  before: Fast,
  context: FastContext,
): Fast | undefined {
  const callee = bare(node.callee);
  if (callee.type !== "MemberExpression" || memberName(callee) !== "push" || node.optional || callee.optional)
    return undefined;
  const [argument, ...more] = node.arguments;
  if (!argument || more.length > 0 || argument.type === "SpreadElement") return undefined;
  const value = plain(translate(argument, context));
  if (!value || !isRoot(callee.object, context)) return undefined;
  const guard = both(before.guard, `$type(${before.code})="array"`, value.guard);
  return withGuard({ code: `$append(${before.code}, ${boxed(value)})`, type: "array", present: true }, guard);
}

const stored = (value: Fast): string => normalised(value);

/** An array with the one value; an array among the values is not to be spliced into it. */
function boxed(value: Fast): string {
  const code = normalised(value);
  if (value.type === "array") return `[[${code}]]`;
  return value.type === "json" ? `($type(${code})="array" ? [[${code}]] : [${code}])` : `[${code}]`;
}

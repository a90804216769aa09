import type { Expression, Node } from "oxc-parser";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import { arrayOf } from "./array-callbacks.ts";
import { alone, item } from "./array-methods.ts";
import { both, type Fast, type FastContext, part, withGuard } from "./fast.ts";
import { asArray, asObject } from "./members.ts";
import { operation } from "./operators.ts";
import { type Slot, type State, slotOf } from "./statements.ts";
import { computedKey, literalKey } from "./structures.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** A change in place of what a variable holds, `xs.push(a)` or `o.k = v`, as a new value of the variable. */
export function changed(
  node: Expression,
  state: State,
  context: FastContext,
): { slot: Slot; value: Fast } | undefined {
  if (node.type === "CallExpression") return pushed(node, state, context);
  if (node.type !== "AssignmentExpression") return undefined;
  const target = bare(node.left as Expression);
  if (target.type !== "MemberExpression") return undefined;
  const slot = slotOf(target.object, state, context);
  const before = slot === undefined ? undefined : state.values.get(slot);
  if (slot === undefined || !before || !mayChange(slot, before)) return undefined;
  const value = withKey(node, target, before, context);
  return value && { slot, value };
}

/** Only a value that no other name stands for may change; of the flow's variables the lowering knows that. */
const mayChange = (slot: Slot, value: Fast): boolean => typeof slot !== "string" || value.fresh === true;

function pushed(
  node: Of<"CallExpression">,
  state: State,
  context: FastContext,
): { slot: Slot; value: Fast } | undefined {
  const callee = bare(node.callee);
  if (callee.type !== "MemberExpression" || memberName(callee) !== "push" || node.optional || callee.optional)
    return undefined;
  const slot = slotOf(callee.object, state, context);
  const before = slot === undefined ? undefined : state.values.get(slot);
  if (slot === undefined || !before || !mayChange(slot, before)) return undefined;
  const list = asArray(before, context);
  if (!list) return undefined;
  let whole: Fast = list;
  for (const argument of node.arguments) {
    const one = item(argument, context);
    if (!one) return undefined;
    whole = arrayOf(`$append(${whole.code}, ${alone(one)})`, both(whole.guard, one.guard));
  }
  return { slot, value: { ...whole, fresh: true } };
}

function withKey(
  node: Of<"AssignmentExpression">,
  target: Of<"MemberExpression">,
  before: Fast,
  context: FastContext,
): Fast | undefined {
  const object = asObject(before, context);
  const key = target.computed ? computedKey(target.property, context) : literalKey(target.property);
  const right = translate(node.right, context);
  if (!object || !key || !right) return undefined;
  const old = node.operator === "=" ? undefined : translate(target, context);
  if (node.operator !== "=" && !old) return undefined;
  if (["&&=", "||=", "??="].includes(node.operator)) return undefined;
  const made = old ? operation(node.operator.slice(0, -1) as "+", old, right, context) : right;
  const value = made && part(made);
  if (!value) return undefined;
  const code = `$merge([${object.code}, {${key.code}: ${value.code}}])`;
  const changed: Fast = {
    code,
    type: "object",
    present: true,
    fresh: true,
    ...(object.own && { own: true }),
  };
  return withGuard(changed, both(object.guard, key.guard, value.guard, notOwnPrototype(object)));
}

const notOwnPrototype = (object: Fast): string | undefined =>
  object.own
    ? undefined
    : `$not("__proto__" in $keys(${object.code})) and $not($exists(${object.code}.\`$runlet.ref\`))`;

/**
 * Names in a function's statements that are changed in place, and for which another name may stand: as a value they
 * may only be returned; everywhere else something of them is read.
 */
export function sharedNames(body: Node): Set<string> {
  const changing = new Set<string>();
  visit(body, (node) => {
    const root = changedRoot(node);
    if (root) changing.add(root);
  });
  const shared = new Set<string>();
  if (changing.size > 0) findShared(body, changing, shared);
  return shared;
}

function changedRoot(node: Node): string | undefined {
  const target =
    node.type === "AssignmentExpression"
      ? bare(node.left as Expression)
      : node.type === "CallExpression"
        ? bare(node.callee)
        : node.type === "UpdateExpression"
          ? bare(node.argument as Expression)
          : undefined;
  if (target?.type !== "MemberExpression") return undefined;
  const object = bare(target.object);
  const name = memberName(target);
  const changes = node.type !== "CallExpression" || name === "push";
  return changes && object.type === "Identifier" ? object.name : undefined;
}

function visit(node: Node, look: (node: Node) => void): void {
  look(node);
  for (const child of childrenOf(node)) visit(child, look);
}

/** Where something of a value is read, or the value leaves the function, no second name comes about. */
function findShared(node: Node, changing: ReadonlySet<string>, shared: Set<string>): void {
  const safe = new Set<Node>();
  if (node.type === "MemberExpression") safe.add(node.object);
  if (node.type === "SpreadElement" || node.type === "UnaryExpression" || node.type === "ReturnStatement")
    if (node.argument) safe.add(node.argument);
  if (node.type === "BinaryExpression") safe.add(node.right);
  if (node.type === "VariableDeclarator") safe.add(node.id);
  if (node.type === "AssignmentExpression") safe.add(node.left);
  if (node.type === "ForOfStatement" || node.type === "ForInStatement") safe.add(node.right);
  if (node.type === "TemplateLiteral") for (const one of node.expressions) safe.add(one);
  if (node.type === "Property" && !node.computed && !node.shorthand) safe.add(node.key);
  for (const child of childrenOf(node)) {
    if (child.type === "Identifier" && changing.has(child.name) && !safe.has(child)) {
      const isName = node.type === "MemberExpression" && child === node.property && !node.computed;
      if (!isName) shared.add(child.name);
    }
    findShared(child, changing, shared);
  }
}

import type { Expression, Node } from "oxc-parser";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import { both, type Fast, type FastContext, here, named, withGuard } from "./fast.ts";
import { changedSlots, fold, targetOf } from "./fold.ts";
import { asArray } from "./members.ts";
import { asWhole } from "./numbers.ts";
import { contextOf, type Ends, run, type Slot, type State, slotOf } from "./statements.ts";
import { listedKeys } from "./structures.ts";
import { ofIterated } from "./total.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Loop = Of<"ForOfStatement"> | Of<"ForStatement"> | Of<"ForInStatement">;

/** What a loop goes through, and the name of each element. */
interface Elements {
  list: Fast;
  pattern: Node;
}

/** `for` over a list, the keys of an object, or whole numbers that are known beforehand. */
export function foldLoop(
  loop: Loop,
  state: State,
  outer: FastContext,
  ends: Ends,
  next: (after: State) => Fast | undefined,
  label?: string,
): Fast | undefined {
  const inside = contextOf(outer, state);
  const slots = changedSlots([loop.body], state, inside);
  const elements = slots && elementsOf(loop, state, inside, slots);
  if (!slots || !elements) return undefined;
  const list = named(elements.list, inside);
  const turn = (begun: State, context: FastContext, ways: Ends): Fast | undefined =>
    run([loop.body], begun, context, ways);
  return fold({ list, pattern: elements.pattern, slots, label, turn }, state, inside, ends, next);
}

/** `xs.forEach((x) => { … })` as a statement: the loop over its items, in which `return` goes on with the next one. */
export function foldEach(
  node: Expression,
  state: State,
  outer: FastContext,
  ends: Ends,
  next: (after: State) => Fast | undefined,
): Fast | undefined {
  const callee = node.type === "CallExpression" ? bare(node.callee) : undefined;
  if (node.type !== "CallExpression" || callee?.type !== "MemberExpression" || callee.optional)
    return undefined;
  const [callback, ...more] = node.arguments;
  const fn = callback && more.length === 0 ? bare(callback as Expression) : undefined;
  if (memberName(callee) !== "forEach" || fn?.type !== "ArrowFunctionExpression" || fn.async)
    return undefined;
  const [pattern, ...others] = fn.params;
  if (!pattern || others.length > 0 || pattern.type !== "Identifier" || state.values.has(pattern.name))
    return undefined;
  const body = (
    fn.body.type === "BlockStatement"
      ? fn.body
      : { ...fn.body, type: "ExpressionStatement", expression: fn.body }
  ) as Node;
  const inside = contextOf(outer, state);
  const slots = changedSlots([body], state, inside);
  if (!slots || reads(callee.object, state, inside, slots)) return undefined;
  const value = translate(callee.object, inside);
  const array = value && asArray(value, inside);
  if (!array) return undefined;
  const turn = (begun: State, context: FastContext, { end, continued = end }: Ends): Fast | undefined =>
    run([body], begun, context, { end, returned: (_, after) => continued(after) });
  return fold({ list: named(array, inside), pattern, slots, turn }, state, inside, ends, next);
}

function elementsOf(
  loop: Loop,
  state: State,
  context: FastContext,
  slots: readonly Slot[],
): Elements | undefined {
  if (loop.type === "ForStatement") return counted(loop, state, context, slots);
  const declared = loop.left.type === "VariableDeclaration" ? loop.left : undefined;
  const pattern = declared?.kind === "const" ? declared.declarations[0]?.id : undefined;
  // A list that the body changes is gone through as it changes.
  if (!pattern || reads(loop.right, state, context, slots)) return undefined;
  if (loop.type === "ForInStatement") {
    const keys = listedKeys(loop.right, context);
    return keys && { list: keys, pattern };
  }
  if (loop.await) return undefined;
  const value = translate(loop.right, ofIterated(loop.right, context));
  const list = value && asArray(value, context);
  return list && { list, pattern };
}

const MOST_TURNS = 10_000;

/** `for (let i = a; i < b; i++)` where nothing in the body changes i or b. */
function counted(
  loop: Of<"ForStatement">,
  state: State,
  context: FastContext,
  slots: readonly Slot[],
): Elements | undefined {
  const { init, test, update, body } = loop;
  const declarator =
    init?.type === "VariableDeclaration" && init.declarations.length === 1 ? init.declarations[0] : undefined;
  if (!declarator?.init || declarator.id.type !== "Identifier" || context.uses.has(declarator.id))
    return undefined;
  const { name } = declarator.id;
  const increments =
    update?.type === "UpdateExpression" && update.operator === "++" && isName(update.argument, name);
  if (!increments || test?.type !== "BinaryExpression" || !isName(test.left, name)) return undefined;
  if ((test.operator !== "<" && test.operator !== "<=") || assigns(body, name)) return undefined;
  if (reads(test.right, state, context, [...slots, name])) return undefined;
  const from = translate(declarator.init, context);
  const to = translate(test.right, context);
  const first = from && asWhole(named(from, context));
  const last = to && asWhole(named(to, context));
  if (!first || !last) return undefined;
  const end = test.operator === "<" ? `${last.code} - 1` : last.code;
  const list: Fast = {
    code: `[${first.code}..${end}]`,
    type: "array",
    present: true,
    own: true,
    shape: { items: { type: "number", bits: 53, whole: true } },
  };
  const known = Number(last.code) - Number(first.code);
  const few = known < MOST_TURNS ? undefined : `${last.code} - ${first.code} < ${MOST_TURNS}`;
  const guard = both(first.guard, last.guard, few);
  return { list: here(withGuard(list, guard)), pattern: declarator.id };
}

const isName = (node: Node, name: string): boolean => {
  const inner = bare(node as Expression);
  return inner.type === "Identifier" && inner.name === name;
};

const assigns = (node: Node, name: string): boolean => {
  const target = targetOf(node);
  return (
    (target !== undefined && isName(target, name)) || childrenOf(node).some((child) => assigns(child, name))
  );
};

/** True where an expression reads one of the variables. */
function reads(node: Node, state: State, context: FastContext, slots: readonly Slot[]): boolean {
  if (node.type === "Identifier") {
    const slot = slotOf(node, state, context);
    return (slot !== undefined && slots.includes(slot)) || slots.includes(node.name);
  }
  return childrenOf(node).some((child) => reads(child, state, context, slots));
}

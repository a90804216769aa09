import type { CallExpression, Expression, Node } from "oxc-parser";
import { pushedOf } from "../parse/make.ts";
import { arrayOf, many } from "./array-callbacks.ts";
import { alone, item } from "./array-methods.ts";
import {
  both,
  chosen,
  existence,
  type Fast,
  type FastContext,
  lenient,
  named,
  part,
  withGuard,
} from "./fast.ts";
import { asArray, inVariable, itemOf } from "./members.ts";
import { asWhole } from "./numbers.ts";
import { sorted } from "./sorting.ts";
import { listOf } from "./structures.ts";
import { ofIterated } from "./total.ts";
import { translate } from "./translate.ts";

/** What a change makes of the object or array that it changes. */
export interface Made {
  value: Fast;
  /** What the changing expression gives; absent where that is the changed object itself, which may not get a second name. */
  gives?: Fast;
}

/** Methods that change their receiver, as what it is afterwards and what the call gives. */
type Method = (list: Fast, args: readonly Node[], context: FastContext) => Made | undefined;

const lengthOf = ({ code }: Fast): Fast => ({
  code: `$count(${code})`,
  type: "number",
  present: true,
  bits: 32,
  whole: true,
});

/** `push` and `unshift`: the new items, one after the other, at one end. */
const added =
  (atEnd: boolean): Method =>
  (list, args, context) => {
    const given = args.map((node) =>
      node.type === "SpreadElement"
        ? spreadItems(node.argument, context)
        : context.begun.has(node)
          ? argumentsOf(node as CallExpression, context)
          : item(node, context),
    );
    if (given.includes(undefined)) return undefined;
    const guard = both(list.guard, ...given.map((one) => one?.guard));
    const parts = (given as Fast[]).map((one, i) =>
      args[i]?.type === "SpreadElement" ? one.code : alone(one),
    );
    const all = atEnd ? [list.code, ...parts] : [...parts, list.code];
    const whole = arrayOf(
      all.reduce((before, more) => `$append(${before}, ${more})`),
      guard,
    );
    const value: Fast = { ...named(whole, context), fresh: true };
    return { value, gives: lengthOf(value) };
  };

/** A call that is pushed: what it gets, and which one it is where the list holds several. */
function argumentsOf(call: CallExpression, context: FastContext): Fast | undefined {
  const one = pushedOf(call);
  if (one?.exact) return undefined;
  const args = given(call, context);
  if (!one || !args) return args;
  const code = `{"site": ${one.site}, "args": ${args.code}, "keeps": {}}`;
  return withGuard({ code, type: "object", present: true, own: true, fresh: true }, args.guard);
}

/** As it leaves the flow: undefined is null there. */
function given(call: CallExpression, context: FastContext): Fast | undefined {
  const parts = call.arguments.map((node): Fast | undefined => {
    const value = node.type === "SpreadElement" ? undefined : translate(node, context);
    if (!value || value.present) return value && part(value);
    const nothing: Fast = { code: "null", type: "null", present: true };
    if (value.type === "undefined") return withGuard(nothing, value.guard);
    const asked = lenient(named(value, context));
    const here = withGuard({ ...asked, present: true }, undefined);
    const made = part(chosen(existence(asked), here, nothing));
    return made && withGuard(made, both(asked.guard, made.guard));
  });
  if (parts.includes(undefined)) return undefined;
  const items = (parts as Fast[]).map((one) => (one.type === "json" ? named(one, context) : one));
  return listOf(items);
}

function spreadItems(node: Expression, context: FastContext): Fast | undefined {
  const value = translate(node, ofIterated(node, context));
  return value && asArray(value, context);
}

/** `pop` and `shift`: the item at one end, and the others. */
const taken =
  (at: 0 | -1): Method =>
  (array, args, context) => {
    if (args.length > 0) return undefined;
    const list = inVariable(array, context);
    const a = list.code;
    const test = at === 0 ? "$k > 0" : `$k < $count(${a}) - 1`;
    const rest = arrayOf(many(`$filter(${a}, function($v, $k){ ${test} })`), list.guard, list.shape?.items);
    const gives = itemOf(withGuard(list, undefined), `${a}[${at}]`, `$count(${a}) > 0`);
    return { value: { ...rest, fresh: true }, gives: withGuard(gives, undefined) };
  };

/** \`splice\` from a position within the list: so many items taken out, others in their place. */
function spliced(
  array: Fast,
  [from, count, ...items]: readonly Node[],
  context: FastContext,
): Made | undefined {
  const list = inVariable(array, context);
  const [start, most] = [from, count].map((node) => {
    const value = node && node.type !== "SpreadElement" ? translate(node, context) : undefined;
    return value && asWhole(named(value, context));
  });
  if (!start || (count && !most)) return undefined;
  const a = list.code;
  let guard = both(list.guard, start.guard, most?.guard, `${start.code} >= 0`);
  if (most) guard = both(guard, `${most.code} >= 0`);
  const end = most ? `${start.code} + ${most.code}` : `$count(${a})`;
  const cut = (test: string): string => many(`$filter(${a}, function($v, $k){ ${test} })`);
  let whole = cut(`$k < ${start.code}`);
  for (const node of items) {
    const one = item(node, context);
    if (!one) return undefined;
    guard = both(guard, one.guard);
    whole = `$append(${whole}, ${alone(one)})`;
  }
  if (most) whole = `$append(${whole}, ${cut(`$k >= ${end}`)})`;
  const removed = cut(`$k >= ${start.code} and $k < ${end}`);
  return {
    value: { ...arrayOf(whole, guard), fresh: true },
    gives: { ...arrayOf(removed, undefined, list.shape?.items), own: true },
  };
}

/** `sort` and `reverse`: what they give is the very list. */
const reordered =
  (make: (list: Fast, args: readonly Node[], context: FastContext) => Fast | undefined): Method =>
  (list, args, context) => {
    const value = make(list, args, context);
    return value && { value: { ...value, fresh: true } };
  };

export const CHANGING_METHODS: Record<string, Method> = {
  pop: taken(-1),
  push: added(true),
  reverse: reordered((list, args) =>
    args.length > 0 ? undefined : arrayOf(`$reverse(${list.code})`, list.guard, list.shape?.items),
  ),
  shift: taken(0),
  sort: reordered((list, args, context) => sorted(list, args, context)),
  splice: spliced,
  unshift: added(false),
};

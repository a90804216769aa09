import type { Expression, Node } from "oxc-parser";
import { bare, memberName } from "../parse/ast.ts";
import { arrayOf, many } from "./array-callbacks.ts";
import { alone } from "./array-methods.ts";
import { CHANGING_METHODS, type Made } from "./changing-methods.ts";
import { both, type Fast, type FastContext, lenient, named, part, strict, withGuard } from "./fast.ts";
import { asArray, asObject, elementAt, inVariable, memberOf } from "./members.ts";
import { asWhole } from "./numbers.ts";
import { logicalOf, operation } from "./operators.ts";
import { rootOf } from "./shared-names.ts";
import { type Slot, type State, slotOf } from "./statements.ts";
import { computedKey, literalKey } from "./structures.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** A change in place as a new value of the variable that holds what is changed. */
export interface Change extends Made {
  slot: Slot;
}

/** A change in place of what a variable holds: `xs.push(a)`, `o.k = v`, `delete o.k`, `o.list[0] = v`. */
export function changed(node: Expression, state: State, context: FastContext): Change | undefined {
  const target = targetOf(node);
  if (!target) return undefined;
  const { path, make } = target;
  const root = rootOf(path);
  const slot = slotOf(root, state, context);
  const before = slot === undefined ? undefined : state.values.get(slot);
  if (slot === undefined || !before || !mayChange(slot, before)) return undefined;
  // Of what lies deeper only the lowering knows that no other name stands for it, and it knows that of its variables.
  if (path !== root && !ofFlow(slot, state, context)) return undefined;
  const made = within(path, before, context, (inner) => make(inner, context));
  return made && { slot, ...made };
}

/** Only a value that no other name stands for may change; of the flow's variables the lowering knows that. */
const mayChange = (slot: Slot, value: Fast): boolean => typeof slot !== "string" || value.fresh === true;

const ofFlow = (slot: Slot, state: State, context: FastContext): boolean =>
  typeof slot !== "string" &&
  context.depth === 0 &&
  ![...state.values.keys()].some((one) => typeof one === "string");

interface Target {
  /** The expression that gives what is changed. */
  path: Expression;
  make(inner: Fast, context: FastContext): Made | undefined;
}

function targetOf(node: Expression): Target | undefined {
  if (node.type === "CallExpression") {
    const callee = bare(node.callee);
    if (callee.type !== "MemberExpression" || node.optional || callee.optional) return undefined;
    const name = memberName(callee) ?? "";
    const method = Object.hasOwn(CHANGING_METHODS, name) ? CHANGING_METHODS[name] : undefined;
    if (!method) return undefined;
    return {
      path: bare(callee.object),
      make: (inner, context) => {
        const list = asArray(inner, context);
        return list && method(list, node.arguments, context);
      },
    };
  }
  if (node.type === "UnaryExpression" && node.operator === "delete") {
    const target = bare(node.argument);
    if (target.type !== "MemberExpression" || target.optional) return undefined;
    return { path: bare(target.object), make: (inner, context) => without(target, inner, context) };
  }
  const isUpdate = node.type === "UpdateExpression";
  if (node.type !== "AssignmentExpression" && !isUpdate) return undefined;
  const target = bare((isUpdate ? node.argument : node.left) as Expression);
  if (target.type !== "MemberExpression" || target.optional) return undefined;
  return { path: bare(target.object), make: (inner, context) => withKey(node, target, inner, context) };
}

/** What stands at the end of the path is made anew, and with it all around it. */
function within(
  path: Expression,
  before: Fast,
  context: FastContext,
  make: (inner: Fast) => Made | undefined,
): Made | undefined {
  const inner = bare(path);
  if (inner.type !== "MemberExpression") return make(before);
  return within(inner.object, before, context, (outer) => {
    const place = placeOf(inner, outer, context);
    const found = place?.read();
    const made = found && make(strict(lenient(found)));
    const value = made && place?.write({ ...made.value, fresh: false });
    return value && { ...made, value };
  });
}

/** A place in an object or array. */
interface Place {
  read(): Fast | undefined;
  write(value: Fast): Fast | undefined;
}

function placeOf(target: Of<"MemberExpression">, outer: Fast, context: FastContext): Place | undefined {
  const key = target.computed ? translate(target.property, context) : undefined;
  if (target.computed && !key) return undefined;
  if (key?.type === "number") {
    const list = asArray(outer, context);
    const index = asWhole(named(key, context));
    if (!list || !index) return undefined;
    const at = inVariable(list, context);
    return {
      read: () => elementAt(at, index, context),
      write: (value) => withItem(at, index, value, context),
    };
  }
  const object = asObject(outer, context);
  const code = target.computed ? computedKey(target.property, context) : literalKey(target.property);
  if (!object || !code) return undefined;
  const name = code.name;
  const read = (): Fast | undefined => {
    if (name !== undefined) return memberOf(object, name, context);
    const made: Fast = { code: `$lookup(${object.code}, ${code.code})`, type: "json", present: false };
    return withGuard(object.own ? made : { ...made, base: object.code }, both(object.guard, code.guard));
  };
  const write = (value: Fast): Fast | undefined => {
    const given = part(value);
    if (!given) return undefined;
    const merged: Fast = {
      code: `$merge([${object.code}, {${code.code}: ${given.code}}])`,
      type: "object",
      present: true,
      fresh: true,
      ...(object.own && { own: true }),
    };
    return withGuard(merged, both(object.guard, code.guard, given.guard, isPlain(object)));
  };
  return { read, write };
}

/** An item of an array, or the one behind its last: further on JavaScript would leave holes. */
function withItem(list: Fast, index: Fast, value: Fast, context: FastContext): Fast | undefined {
  const made = part(value);
  if (!made) return undefined;
  const given = named(made, context);
  const [a, i] = [list.code, index.code];
  const replaced = many(
    `$map(${a}, function($v, $k){ $k = ${i} ? ${given.code} : ($exists($v) ? $v : null) })`,
  );
  const guard = both(list.guard, index.guard, given.guard, `${i} >= 0`, `${i} <= $count(${a})`);
  const code = `(${i} = $count(${a}) ? $append(${a}, ${alone(given)}) : ${replaced})`;
  return { ...arrayOf(code, guard), fresh: true };
}

/** `o.k = v`, `o.k += v`, `o.k ??= v`, `o.k++`. */
function withKey(
  node: Of<"AssignmentExpression"> | Of<"UpdateExpression">,
  target: Of<"MemberExpression">,
  before: Fast,
  context: FastContext,
): Made | undefined {
  const place = placeOf(target, before, context);
  if (!place) return undefined;
  const made =
    node.type === "UpdateExpression" ? updated(node, place, context) : assignedTo(node, place, context);
  const value = made && place.write(made.value);
  return value && { value, gives: made.gives };
}

interface Assigned {
  value: Fast;
  gives: Fast;
}

function assignedTo(
  node: Of<"AssignmentExpression">,
  place: Place,
  context: FastContext,
): Assigned | undefined {
  const right = translate(node.right, context);
  if (!right) return undefined;
  const { operator } = node;
  if (operator === "=") return once(right, context);
  const old = place.read();
  if (!old || operator === "&&=") return undefined; // it may assign nothing, and then a key would come about
  const isLogical = operator === "||=" || operator === "??=";
  const sign = operator.slice(0, -1);
  const made = isLogical
    ? logicalOf(sign as "||", old, right, context)
    : operation(sign as "+", old, right, context);
  return made && once(made, context);
}

/** Under a name: it is written where it is kept, and where it is given. */
function once(value: Fast, context: FastContext): Assigned | undefined {
  const present = strict(value);
  if (present.type === "undefined") return undefined;
  const one = named(present, context);
  return { value: one, gives: withGuard(one, undefined) };
}

const ONE: Fast = { code: "1", type: "number", present: true, bits: 1, whole: true };

function updated(node: Of<"UpdateExpression">, place: Place, context: FastContext): Assigned | undefined {
  const old = place.read();
  const made = old && operation("-", named(old, context), step(node), context);
  const value = made && once(made, context);
  if (!value || node.prefix) return value;
  const before = old && operation("-", named(old, context), { ...ONE, code: "0" }, context);
  return before && { value: value.value, gives: named(before, context) };
}

/** Subtraction makes a number of its operand, as `++` and `--` do. */
export const step = ({ operator }: Of<"UpdateExpression">): Fast => ({
  ...ONE,
  code: operator === "++" ? "-1" : "1",
});

/** `delete o.k`: of an object; of an array it would leave a hole. */
function without(target: Of<"MemberExpression">, before: Fast, context: FastContext): Made | undefined {
  const object = asObject(before, context);
  const key = target.computed ? computedKey(target.property, context) : literalKey(target.property);
  if (!object || !key) return undefined;
  const code = `$merge([{}, $sift(${object.code}, function($v, $k){ $k != ${key.code} })])`;
  const value: Fast = { code, type: "object", present: true, own: true, fresh: true };
  return {
    value: withGuard(value, both(object.guard, key.guard, isPlain(object))),
    gives: { code: "true", type: "boolean", present: true },
  };
}

/** No own `__proto__`, about which engines disagree, and no reference. */
const isPlain = (object: Fast): string | undefined =>
  object.own
    ? undefined
    : `$not("__proto__" in $keys(${object.code})) and $not($exists(${object.code}.\`$runlet.ref\`))`;

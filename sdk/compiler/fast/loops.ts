import type { Expression, Node } from "oxc-parser";
import { bare, childrenOf, namesOf } from "../parse/ast.ts";
import {
  both,
  chosen,
  type Fast,
  type FastContext,
  type FastType,
  here,
  named,
  valueCode,
  withGuard,
} from "./fast.ts";
import { conjunction, hoisted, withNames } from "./guards.ts";
import { asArray, itemOf } from "./members.ts";
import { asNumber, asWhole } from "./numbers.ts";
import { bindPattern } from "./patterns.ts";
import {
  assigned,
  contextOf,
  declaredNames,
  type Ends,
  NOTHING,
  returns,
  run,
  type Slot,
  type State,
  slotOf,
} from "./statements.ts";
import { listedKeys } from "./structures.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Loop = Of<"ForOfStatement"> | Of<"ForStatement"> | Of<"ForInStatement">;

/** What a loop goes through, and the name of each element. */
interface Elements {
  list: Fast;
  pattern: Node;
}

/** What is known of a variable in every turn. */
interface Held {
  slot: Slot;
  key: string;
  type: FastType;
  present: boolean;
  own: boolean;
  fresh: boolean;
}

/**
 * A loop without awaits as one fold: the variables that it changes are the fields of what is folded. Where a guard fails
 * the fold becomes false, so that the guard is asked together with the values.
 */
export function foldLoop(
  loop: Loop,
  state: State,
  outer: FastContext,
  ends: Ends,
  next: (after: State) => Fast | undefined,
): Fast | undefined {
  const inside = contextOf(outer, state);
  const slots = changedSlots(loop.body, state, inside);
  const elements = slots && elementsOf(loop, state, inside, slots);
  if (!slots || !elements) return undefined;
  const list = named(elements.list, inside);
  const leavesByReturn = returns(loop.body);
  if (leavesByReturn && !ends.returned) return undefined;
  let held = slots.map((slot, i) => heldAt(slot, i, state));
  if (held.includes(undefined)) return undefined;
  for (let attempt = 0; attempt < 4; attempt++) {
    const turn = turnOf(loop, elements.pattern, list, held as Held[], state, inside);
    if (!turn) return undefined;
    if (turn.held.every((one, i) => sameKind(one, (held as Held[])[i]))) {
      return after(turn, list, held as Held[], state, inside, ends, next);
    }
    held = turn.held;
  }
  return undefined;
}

const sameKind = (one: Held, other: Held | undefined): boolean =>
  one.type === other?.type &&
  one.present === other.present &&
  one.own === other.own &&
  one.fresh === other.fresh;

function heldAt(slot: Slot, i: number, { values }: State): Held | undefined {
  const value = values.get(slot);
  if (!value) return undefined;
  const type = value.type === "null" ? "json" : value.type;
  const { present, own = false, fresh = false } = value;
  return { slot, key: `s${i}`, type, present, own, fresh };
}

interface Turn {
  body: Fast;
  /** What the variables are known to hold after a turn, together with what they held before. */
  held: Held[];
}

const accumulator = (context: FastContext): string => `a${context.depth + 1}`;

/** One turn: the fields after it, of the fields before it and the element. */
function turnOf(
  loop: Loop,
  pattern: Node,
  list: Fast,
  held: readonly Held[],
  state: State,
  context: FastContext,
): Turn | undefined {
  const inner: FastContext = { ...context, depth: context.depth + 1 };
  const before = held.map((one) => fieldOf(`$${accumulator(context)}.${one.key}`, one));
  const values = new Map(state.values);
  for (const name of namesOf(pattern)) values.set(name, undefined);
  let begun: State = { values, guard: undefined };
  for (const [i, { slot }] of held.entries()) {
    const field = before[i];
    if (!field) return undefined;
    values.set(slot, withGuard(field, undefined));
    begun = { values, guard: both(begun.guard, field.guard) };
  }
  const element = itemOf(list, `$e${context.depth + 1}`);
  const bound = bindPattern(pattern, element, contextOf(inner, begun));
  if (!bound) return undefined;
  begun = { ...begun, guard: both(begun.guard, bound.guard) };
  for (const [name, one] of bound.values) begun = assigned(begun, name, one, inner);
  let met = [...held];
  const record =
    (more: string): ((at: State) => Fast | undefined) =>
    (at) => {
      const fields = fieldsOf(at, held, (i, value) => {
        met = met.map((one, j) => (i === j ? widened(one, value) : one));
      });
      return fields && recordOf([...fields.codes, ...(more ? [more] : [])], fields.guard);
    };
  const statements = loop.body.type === "BlockStatement" ? [loop.body] : [loop.body];
  const turned = run(statements, begun, inner, {
    end: record(""),
    continued: record(""),
    broken: record('"stop": true'),
    returned: (value, at) => {
      const fields = fieldsOf(at, held, () => undefined);
      if (!fields) return undefined;
      const given = !value || value.type === "undefined" ? NOTHING : value;
      const wrapped = given.present || given === NOTHING ? given : undefined;
      if (!wrapped || given.signed) return undefined;
      return recordOf(
        [...fields.codes, '"stop": true', `"r": {"v": ${valueCode(wrapped)}}`],
        both(fields.guard, wrapped.guard),
      );
    },
  });
  return turned && { body: turned, held: met };
}

/** A field of what is folded; a number stays one that can be computed with. */
function fieldOf(code: string, { type, present, own, fresh }: Held): Fast | undefined {
  const made: Fast = { code, type, present, path: true, ...(own && { own }), ...(fresh && { fresh }) };
  return type === "number" ? asNumber({ ...made, type: "json" }) : made;
}

const recordOf = (fields: readonly string[], guard: Fast["guard"]): Fast =>
  withGuard({ code: `{${fields.join(", ")}}`, type: "object", present: true, own: true }, guard);

function fieldsOf(
  at: State,
  held: readonly Held[],
  meet: (i: number, value: Fast) => void,
): { codes: string[]; guard: Fast["guard"] } | undefined {
  const codes: string[] = [];
  let guard: Fast["guard"];
  for (const [i, { slot, key }] of held.entries()) {
    const value = at.values.get(slot);
    if (!value) return undefined;
    meet(i, value);
    guard = both(guard, value.guard, value.signed);
    codes.push(`"${key}": ${valueCode(value)}`);
  }
  return { codes, guard };
}

/** What holds of both. */
function widened(one: Held, value: Fast): Held {
  return {
    ...one,
    type: one.type === value.type ? one.type : "json",
    present: one.present && value.present,
    own: one.own && value.own === true,
    fresh: one.fresh && value.fresh === true,
  };
}

/** What follows the loop: with the values of the fold, and only where no turn returned. */
function after(
  turn: Turn,
  list: Fast,
  held: readonly Held[],
  state: State,
  context: FastContext,
  ends: Ends,
  next: (after: State) => Fast | undefined,
): Fast | undefined {
  const names = [accumulator(context), `e${context.depth + 1}`, `i${context.depth + 1}`];
  const [a, e] = names;
  const { outer, inner } = hoisted(turn.body.guard, names);
  const strings = inner?.filter((clause) => typeof clause === "string") ?? [];
  const made = withNames(turn.body.code, inner);
  const checked = inner && strings.length > 0 ? `(${conjunction(inner)} ? ${made} : false)` : made;
  const start = fieldsOf(state, held, () => undefined);
  if (!start) return undefined;
  const body = `$type($${a})="object" and $not($exists($${a}.stop)) ? ${checked} : $${a}`;
  const fold = `$reduce(${list.code}, function($${a}, $${e}){ ${body} }, {${start.codes.join(", ")}})`;
  const result = context.lets.of(fold);
  let reached: State = {
    values: state.values,
    guard: both(
      state.guard,
      list.guard,
      start.guard,
      outer,
      { name: result, code: fold },
      `$type($${result})="object"`,
    ),
  };
  for (const one of held) {
    const field = fieldOf(`$${result}.${one.key}`, one);
    if (!field) return undefined;
    const values = new Map(reached.values);
    values.set(one.slot, withGuard(field, undefined));
    reached = { values, guard: both(reached.guard, field.guard) };
  }
  if (!turn.body.code.includes('"r": {"v"')) return next(reached);
  const returned = ends.returned?.(
    { code: `$${result}.r.v`, type: "json", present: true, path: true },
    { ...reached, guard: undefined },
  );
  const rest = next({ ...reached, guard: undefined });
  if (!returned || !rest) return undefined;
  const answer = chosen(`$exists($${result}.r)`, returned, rest);
  return withGuard(answer, both(reached.guard, answer.guard));
}

/** The variables that a loop's body changes and that stand outside of it; nothing where it changes anything else. */
function changedSlots(body: Node, state: State, context: FastContext): Slot[] | undefined {
  const slots = new Set<Slot>();
  const visit = (node: Node, hiding: ReadonlySet<string>): boolean => {
    const own = node.type === "BlockStatement" ? new Set([...hiding, ...declaredNames(node.body)]) : hiding;
    const target = targetOf(node);
    if (target) {
      const isOwn = target.type === "Identifier" && own.has(target.name) && !context.uses.has(target);
      const slot = isOwn ? undefined : slotOf(target, state, context);
      if (slot === undefined && !isOwn && target.type !== "Identifier") return false;
      if (slot !== undefined) slots.add(slot);
    }
    return childrenOf(node).every((child) => visit(child, own));
  };
  return visit(body, new Set()) ? [...slots] : undefined;
}

/** The variable that a node changes, or what it changes in. */
function targetOf(node: Node): Node | undefined {
  const target =
    node.type === "AssignmentExpression"
      ? bare(node.left as Expression)
      : node.type === "UpdateExpression"
        ? bare(node.argument as Expression)
        : undefined;
  if (target) return target.type === "MemberExpression" ? bare(target.object) : target;
  if (node.type !== "CallExpression") return undefined;
  const callee = bare(node.callee);
  const changes =
    callee.type === "MemberExpression" &&
    !callee.computed &&
    callee.property.type === "Identifier" &&
    callee.property.name === "push";
  return changes && callee.type === "MemberExpression" ? bare(callee.object) : undefined;
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
  const value = translate(loop.right, context);
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
  const guard = both(first.guard, last.guard, `${last.code} - ${first.code} < ${MOST_TURNS}`);
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

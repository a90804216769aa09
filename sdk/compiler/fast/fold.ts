import type { Expression, Node } from "oxc-parser";
import { stringLiteral } from "../../asl/expression.ts";
import { bare, childrenOf, namesOf } from "../parse/ast.ts";
import {
  both,
  chosen,
  type Fast,
  type FastContext,
  type FastType,
  NOTHING,
  valueCode,
  withGuard,
} from "./fast.ts";
import { conjunction, hoisted, isLet, withNames } from "./guards.ts";
import { itemOf } from "./members.ts";
import { asNumber } from "./numbers.ts";
import { bindPattern } from "./patterns.ts";
import { changedPlace, isChangingCall } from "./shared-names.ts";
import {
  assigned,
  contextOf,
  declaredNames,
  type Ends,
  type Jump,
  type Slot,
  type State,
  slotOf,
} from "./statements.ts";

/** A loop as the fold sees it. */
export interface Folded {
  /** What it goes through. */
  list: Fast;
  /** The name of each element; absent where the turns are counted only. */
  pattern?: Node;
  /** The variables that a turn changes. */
  slots: readonly Slot[];
  label?: string | undefined;
  /** Its turns are as many as the list has elements at most; it must have stopped by then. */
  stops?: boolean;
  /** One turn of the loop's statements. */
  turn(begun: State, context: FastContext, ends: Ends): Fast | undefined;
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
export function fold(
  loop: Folded,
  state: State,
  inside: FastContext,
  ends: Ends,
  next: (after: State) => Fast | undefined,
): Fast | undefined {
  let held = loop.slots.map((slot, i) => heldAt(slot, i, state));
  if (held.includes(undefined)) return undefined;
  for (let attempt = 0; attempt < 4; attempt++) {
    const turn = turnOf(loop, held as Held[], state, inside);
    if (!turn) return undefined;
    if (turn.held.every((one, i) => sameKind(one, (held as Held[])[i])))
      return after(turn, loop, held as Held[], state, inside, ends, next);
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
  returns: boolean;
  /** A `return` may give nothing. */
  nothing: boolean;
  /** To labels around the loop, by how the fold tells them. */
  jumps: Map<string, Jump>;
}

const accumulator = (context: FastContext): string => `a${context.depth + 1}`;

/** One turn: the fields after it, of the fields before it and the element. */
function turnOf(loop: Folded, held: readonly Held[], state: State, context: FastContext): Turn | undefined {
  const inner: FastContext = { ...context, depth: context.depth + 1 };
  const before = held.map((one) => fieldOf(`$${accumulator(context)}.${one.key}`, one));
  const values = new Map(state.values);
  for (const name of loop.pattern ? namesOf(loop.pattern) : []) values.set(name, undefined);
  let begun: State = { values, guard: undefined };
  for (const [i, { slot }] of held.entries()) {
    const field = before[i];
    if (!field) return undefined;
    values.set(slot, withGuard(field, undefined));
    begun = { values, guard: both(begun.guard, field.guard) };
  }
  if (loop.pattern) {
    const element = itemOf(loop.list, `$e${context.depth + 1}`);
    const bound = bindPattern(loop.pattern, element, contextOf(inner, begun));
    if (!bound) return undefined;
    begun = { ...begun, guard: both(begun.guard, bound.guard) };
    for (const [name, one] of bound.values) begun = assigned(begun, name, one, inner);
  }
  let met = [...held];
  const found = { returns: false, nothing: false, jumps: new Map<string, Jump>() };
  const record =
    (more: string): ((at: State) => Fast | undefined) =>
    (at) => {
      const fields = fieldsOf(at, held, (i, value) => {
        met = met.map((one, j) => (i === j ? widened(one, value) : one));
      });
      return fields && recordOf([...fields.codes, ...(more ? [more] : [])], fields.guard);
    };
  const [goesOn, stops] = [record(""), record('"stop": true')];
  const turned = loop.turn(begun, inner, {
    end: goesOn,
    continued: goesOn,
    broken: stops,
    jumped: (at, jump) => {
      if (jump.label?.name === loop.label) return jump.type === "BreakStatement" ? stops(at) : goesOn(at);
      const key = `${jump.type === "BreakStatement" ? "break" : "continue"} ${jump.label?.name}`;
      found.jumps.set(key, jump);
      return record(`"stop": true, "j": ${stringLiteral(key)}`)(at);
    },
    returned: (value, at) => {
      const fields = fieldsOf(at, held, () => undefined);
      if (!fields) return undefined;
      const given = !value || value.type === "undefined" ? NOTHING : value;
      if (given.signed) return undefined;
      found.returns = true;
      if (!given.present) found.nothing = true;
      return recordOf(
        [...fields.codes, '"stop": true', `"r": {"v": ${valueCode(given)}}`],
        both(fields.guard, given.guard),
      );
    },
  });
  return turned && { body: turned, held: met, ...found };
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
  { list, stops }: Folded,
  held: readonly Held[],
  state: State,
  context: FastContext,
  ends: Ends,
  next: (after: State) => Fast | undefined,
): Fast | undefined {
  const names = [accumulator(context), `e${context.depth + 1}`, `i${context.depth + 1}`];
  const [a, e] = names;
  const { outer, inner } = hoisted(turn.body.guard, names);
  const asked = inner?.some((clause) => !isLet(clause));
  const made = withNames(turn.body.code, inner);
  const checked = inner && asked ? `(${conjunction(inner)} ? ${made} : false)` : made;
  const start = fieldsOf(state, held, () => undefined);
  if (!start) return undefined;
  const body = `${asked ? `$type($${a})="object" and ` : ""}$not($exists($${a}.stop)) ? ${checked} : $${a}`;
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
      asked ? `$type($${result})="object"` : undefined,
      stops ? `$exists($${result}.stop)` : undefined,
    ),
  };
  for (const one of held) {
    const field = fieldOf(`$${result}.${one.key}`, one);
    if (!field) return undefined;
    const values = new Map(reached.values);
    values.set(one.slot, withGuard(field, undefined));
    reached = { values, guard: both(reached.guard, field.guard) };
  }
  const left: State = { ...reached, guard: undefined };
  let answer = next(left);
  for (const [key, jump] of turn.jumps) {
    const jumped = ends.jumped?.(left, jump);
    if (!jumped || !answer) return undefined;
    answer = chosen(`($exists($${result}.j) and $${result}.j = ${stringLiteral(key)})`, jumped, answer);
  }
  if (turn.returns) {
    const value: Fast = { code: `$${result}.r.v`, type: "json", present: !turn.nothing, path: true };
    const returned = ends.returned?.(value, left);
    if (!returned || !answer) return undefined;
    answer = chosen(`$exists($${result}.r)`, returned, answer);
  }
  return answer && withGuard(answer, both(reached.guard, answer.guard));
}

/** The variables that a loop's body changes and that stand outside of it; nothing where it changes anything else. */
export function changedSlots(body: readonly Node[], state: State, context: FastContext): Slot[] | undefined {
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
  return body.every((one) => visit(one, new Set())) ? [...slots] : undefined;
}

/** The variable that a node changes, or what it changes in. */
export function targetOf(node: Node): Node | undefined {
  const place = changedPlace(node);
  if (place) return isChangingCall(node) && place.type !== "Identifier" ? undefined : place;
  if (node.type === "AssignmentExpression") return bare(node.left as Expression);
  return node.type === "UpdateExpression" ? bare(node.argument as Expression) : undefined;
}

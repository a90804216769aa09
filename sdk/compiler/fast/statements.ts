import type { Expression, Node } from "oxc-parser";
import type { CellBinding } from "../graph.ts";
import { bare, childrenOf } from "../parse/ast.ts";
import { changed, step } from "./changes.ts";
import { type Evaluated, evaluated, givenBy, mayChange } from "./evaluated.ts";
import {
  both,
  chosen,
  type Fast,
  type FastContext,
  type Guard,
  lenient,
  NOTHING,
  named,
  namesOnly,
  withGuard,
} from "./fast.ts";
import { leaves } from "./leaving.ts";
import { foldEach, foldLoop } from "./loops.ts";
import { choice, operation, test } from "./operators.ts";
import { bindPattern } from "./patterns.ts";
import { ofIterated } from "./total.ts";
import { missed, tooLong } from "./translate.ts";
import { labelled, switched, tried } from "./ways.ts";
import { foldWhile } from "./while.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** A variable: of the flow, or a name inside the statements. */
export type Slot = CellBinding | string;

/** What the variables hold at a place, and what had to hold to come there; values refer to the guard's names. */
export interface State {
  /** Nothing stands for what JSONata cannot say. */
  values: ReadonlyMap<Slot, Fast | undefined>;
  guard: Guard | undefined;
}

/** What is made of the state where control leaves the statements: each answer is an expression. */
export interface Ends {
  /** How what is returned is asked for; @default as a value */
  asked?(node: Node, context: FastContext): Fast | undefined;
  end(state: State): Fast | undefined;
  /** @param value absent for `return` alone */
  returned?(value: Fast | undefined, state: State): Fast | undefined;
  broken?(state: State, node?: Jump): Fast | undefined;
  continued?(state: State, node?: Jump): Fast | undefined;
  /** To a label. */
  jumped?(state: State, node: Jump): Fast | undefined;
}

export type Jump = Of<"BreakStatement"> | Of<"ContinueStatement">;

/** What JavaScript throws is left to JavaScript: no value comes here. */
const THROWN: Fast = { ...NOTHING, guard: ["false"] };

/** Names and values as expressions see them. */
export function contextOf(context: FastContext, { values }: State): FastContext {
  const locals = new Map(context.locals);
  const cells = new Map(context.cells);
  for (const [slot, held] of values) {
    // What is read by its name has a second one where it goes.
    const { fresh: _, ...value } = held ?? NOTHING;
    if (typeof slot === "string") locals.set(slot, held && value);
    else cells.set(slot, held && value);
  }
  return { ...context, locals, cells };
}

/**
 * Runs synchronous statements over values that are known only as expressions: variables become names for what they
 * hold, an `if` chooses between values, a loop is a fold. Nothing where JSONata cannot say it.
 */
export function run(
  statements: readonly Node[],
  state: State,
  context: FastContext,
  ends: Ends,
): Fast | undefined {
  const [first, ...rest] = statements;
  if (context.work.left-- <= 0 || tooLong(withGuard(NOTHING, state.guard))) return undefined;
  if (!first) return guarded(ends.end(state), state);
  const made = ran(first, rest, state, context, ends);
  if (!made) missed(first, context);
  return made;
}

function ran(
  first: Node,
  rest: readonly Node[],
  state: State,
  context: FastContext,
  ends: Ends,
): Fast | undefined {
  const next = (after: State | undefined): Fast | undefined => after && run(rest, after, context, ends);
  switch (first.type) {
    case "EmptyStatement":
      return next(state);
    case "VariableDeclaration":
      return next(declare(first, state, context));
    case "ExpressionStatement": {
      const each = foldEach(bare(first.expression), state, context, ends, next);
      return each ?? next(effect(bare(first.expression), state, context));
    }
    case "BlockStatement":
      return block(first, rest, state, context, ends);
    case "IfStatement":
      return branch(first, rest, state, context, ends);
    case "ForOfStatement":
    case "ForStatement":
    case "ForInStatement":
      return foldLoop(first, state, context, ends, next) ?? foldWhile(first, state, context, ends, next);
    case "WhileStatement":
    case "DoWhileStatement":
      return foldWhile(first, state, context, ends, next);
    case "LabeledStatement":
      return labelled(first, state, context, ends, next);
    case "SwitchStatement":
      return switched(first, rest, state, context, ends);
    case "TryStatement":
      return tried(first, rest, state, context, ends);
    case "ThrowStatement":
      return THROWN;
    case "ReturnStatement":
      return leave(first.argument ?? undefined, state, context, ends);
    case "BreakStatement":
    case "ContinueStatement": {
      if (first.label) return guarded(ends.jumped?.(state, first), state);
      const to = first.type === "BreakStatement" ? ends.broken : ends.continued;
      return guarded(to?.(state, first), state);
    }
    default:
      return undefined;
  }
}

/** An answer stands behind everything that led to it. */
const guarded = (made: Fast | undefined, { guard }: State): Fast | undefined =>
  made && withGuard(made, both(guard, made.guard));

function leave(
  argument: Expression | undefined,
  state: State,
  context: FastContext,
  ends: Ends,
): Fast | undefined {
  if (!argument) return guarded(ends.returned?.(undefined, state), state);
  const made = evaluated(argument, state, context, ends.asked);
  if (!made) return undefined;
  const { value } = made;
  const after = { ...made.state, guard: both(made.state.guard, value.guard) };
  return guarded(ends.returned?.(value, after), after);
}

/** The variable holds the value from now on. */
export function assigned(state: State, slot: Slot, value: Fast, context: FastContext): State {
  const known = value.type === "undefined" ? withGuard(NOTHING, value.guard) : lenient(value);
  const { signed, base: _, ...held } = known;
  const one = named(held, context);
  const guard = both(state.guard, one.guard, signed);
  const values = new Map(state.values);
  values.set(slot, withGuard(one, undefined));
  return { values, guard };
}

function declare(node: Of<"VariableDeclaration">, state: State, context: FastContext): State | undefined {
  let after: State | undefined = state;
  for (const { id, init } of node.declarations) {
    if (!after) return undefined;
    if (!init) {
      after = id.type === "Identifier" ? assigned(after, id.name, NOTHING, context) : undefined;
      continue;
    }
    const made: Evaluated | undefined = evaluated(
      init,
      after,
      id.type === "ArrayPattern" ? ofIterated(init, context) : context,
    );
    const value = made?.value;
    const bound = made && value && bindPattern(id, value, contextOf(context, made.state));
    if (!made || !value || !bound) return undefined;
    after = made.state;
    after = { ...after, guard: both(after.guard, value.guard, bound.guard) };
    for (const [name, one] of bound.values) {
      const isFresh = id.type === "Identifier" && one.own && makes(init);
      after = assigned(after, name, isFresh ? { ...one, fresh: true } : one, context);
    }
  }
  return after;
}

/** Expressions that make a new array or object each time: literals and methods; a helper may hand on what it was given. */
export function makes(node: Expression): boolean {
  const inner = bare(node);
  if (inner.type === "CallExpression") return bare(inner.callee).type === "MemberExpression";
  return inner.type === "ArrayExpression" || inner.type === "ObjectExpression";
}

/** The variable that an identifier stands for. */
export function slotOf(node: Node, state: State, context: FastContext): Slot | undefined {
  const inner = bare(node as Expression);
  if (inner.type !== "Identifier") return undefined;
  const bound = context.uses.get(inner);
  if (bound) return bound.kind === "cell" && state.values.has(bound) ? bound : undefined;
  return state.values.has(inner.name) ? inner.name : undefined;
}

/** An assignment, a change in place, or an expression that only has to be quiet. */
function effect(node: Expression, state: State, context: FastContext): State | undefined {
  const inside = contextOf(context, state);
  if (node.type === "SequenceExpression") {
    let after: State | undefined = state;
    for (const one of node.expressions) after = after && effect(bare(one), after, context);
    return after;
  }
  if (node.type === "UpdateExpression" && bare(node.argument as Expression).type === "Identifier") {
    const slot = slotOf(node.argument, state, context);
    const before = slot === undefined ? undefined : state.values.get(slot);
    const value = before && operation("-", before, step(node), inside);
    return slot !== undefined && value ? assigned(state, slot, value, context) : undefined;
  }
  const isAssignment = node.type === "AssignmentExpression";
  const isPlain = !childrenOf(node).some((child) => mayChange(child, inside));
  if (isAssignment && isPlain && bare(node.left as Expression).type === "Identifier") {
    const slot = slotOf(node.left, state, context);
    const value = slot === undefined ? undefined : givenBy(node, inside);
    if (slot === undefined || !value) return undefined;
    const isFresh = value.own && node.operator === "=" && makes(node.right);
    return assigned(state, slot, isFresh ? { ...value, fresh: true } : value, context);
  }
  const change = isPlain ? changed(node, state, inside) : undefined;
  if (change) return assigned(state, change.slot, change.value, context);
  const made = evaluated(node, state, context);
  return made && { ...made.state, guard: both(made.state.guard, made.value.guard) };
}

/** Names of a block hide outer ones until its end. */
function block(
  node: Of<"BlockStatement">,
  rest: readonly Node[],
  state: State,
  context: FastContext,
  ends: Ends,
): Fast | undefined {
  const own = declaredNames(node.body);
  const outer = (after: State): State => hidden(after, state, own);
  const values = new Map(state.values);
  for (const name of own) values.set(name, undefined);
  const scoped: Ends = {
    end: (after) => run(rest, { ...outer(after), guard: undefined }, context, ends),
  };
  if (ends.asked) scoped.asked = ends.asked;
  if (ends.returned) scoped.returned = ends.returned;
  if (ends.broken) scoped.broken = (after, jump) => ends.broken?.(outer(after), jump);
  if (ends.continued) scoped.continued = (after, jump) => ends.continued?.(outer(after), jump);
  if (ends.jumped) scoped.jumped = (after, jump) => ends.jumped?.(outer(after), jump);
  return run(node.body, { ...state, values }, context, scoped);
}

/** The state with the outer values of names that were hidden. */
export function hidden(after: State, before: State, names: readonly string[]): State {
  const values = new Map(after.values);
  for (const name of names)
    if (before.values.has(name)) values.set(name, before.values.get(name));
    else values.delete(name);
  return { ...after, values };
}

export function declaredNames(statements: readonly Node[]): string[] {
  const names: string[] = [];
  for (const statement of statements)
    if (statement.type === "VariableDeclaration")
      for (const { id } of statement.declarations) names.push(...namesIn(id));
  return names;
}

function namesIn(pattern: Node): string[] {
  if (pattern.type === "Identifier") return [pattern.name];
  if (pattern.type === "AssignmentPattern") return namesIn(pattern.left);
  if (pattern.type === "RestElement") return namesIn(pattern.argument);
  if (pattern.type === "ObjectPattern")
    return pattern.properties.flatMap((one) =>
      one.type === "Property" ? namesIn(one.value) : namesIn(one.argument),
    );
  if (pattern.type === "ArrayPattern") return pattern.elements.flatMap((one) => (one ? namesIn(one) : []));
  return [];
}

/** Both ways on: where neither leaves, their values meet again; else each goes on by itself. */
export function branch(
  node: Of<"IfStatement">,
  rest: readonly Node[],
  state: State,
  context: FastContext,
  ends: Ends,
): Fast | undefined {
  const tested = evaluated(node.test, state, context, test);
  if (!tested) return undefined;
  const { value: condition } = tested;
  const before: State = { values: tested.state.values, guard: undefined };
  const arms = [[node.consequent], node.alternate ? [node.alternate] : []] as const;
  const guard = both(tested.state.guard, condition.guard);
  const decided = named({ ...condition, path: false }, context);
  const asked = both(guard, decided.guard);
  if (!arms.flat().some(leaves)) {
    const met = meeting(arms, before, decided, context);
    return met && run(rest, { values: met.values, guard: both(asked, met.guard) }, context, ends);
  }
  const [yes, no] = arms.map((arm) => run([...arm, ...rest], before, context, ends));
  const made = yes && no && choice(withGuard(decided, undefined), yes, no);
  return made && withGuard(made, both(asked, made.guard));
}

/** The values after an `if` whose arms both go on. */
function meeting(
  arms: readonly (readonly Node[])[],
  before: State,
  condition: Fast,
  context: FastContext,
): State | undefined {
  const reached: State[] = [];
  for (const arm of arms) {
    const ends: State[] = [];
    const made = run(arm, before, context, {
      end: (after) => {
        ends.push(after);
        return { code: "true", type: "boolean", present: true };
      },
    });
    if (!made) return undefined;
    // A block hands on values alone: all that was asked on the way stands with what was made.
    reached.push(...ends.map(({ values }) => ({ values, guard: made.guard })));
  }
  const [yes, no] = reached;
  if (!yes || !no || reached.length !== 2) return undefined;
  let state: State = { values: before.values, guard: undefined };
  const test = withGuard(condition, undefined);
  const clauses = choice(test, quiet(yes.guard), quiet(no.guard));
  state = { ...state, guard: clauses?.guard };
  for (const [slot, value] of before.values) {
    const [a, b] = [yes.values.get(slot), no.values.get(slot)];
    if (a === value && b === value) continue;
    if (!a || !b) return undefined;
    const met = meet(test.code, withNamesOf(a, yes.guard), withNamesOf(b, no.guard));
    state = assigned(state, slot, met, context);
  }
  return state;
}

const quiet = (guard: Guard | undefined): Fast =>
  withGuard({ code: "true", type: "boolean", present: true }, guard);

const withNamesOf = (value: Fast, guard: Guard | undefined): Fast =>
  withGuard(value, both(namesOnly(guard), value.guard));

const meet = (condition: string, yes: Fast, no: Fast): Fast => {
  const made = chosen(condition, yes, no);
  return yes.fresh && no.fresh ? { ...made, fresh: true } : made;
};

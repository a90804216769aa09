import type { Expression, Node } from "oxc-parser";
import { bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import { changed, step } from "./changes.ts";
import { both, type Fast, type FastContext, type Translate, withGuard } from "./fast.ts";
import { plainly } from "./guards.ts";
import { asNumber } from "./numbers.ts";
import { operation } from "./operators.ts";
import { changedPlace, isChangingCall } from "./shared-names.ts";
import { assigned, contextOf, type Slot, type State, slotOf } from "./statements.ts";
import { translate } from "./translate.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** What an expression gives, and the variables after it. */
export interface Evaluated {
  value: Fast;
  state: State;
}

/**
 * An expression that may change variables on its way, such as `f(n++, q.shift())`: its parts are evaluated in JavaScript's
 * order, and what changes is a value by then. Nothing where a change may or may not happen, or is seen through a function.
 */
export function evaluated(
  node: Node,
  state: State,
  context: FastContext,
  ask: Translate = translate,
): Evaluated | undefined {
  if (!mayChange(node, context)) {
    const value = ask(node, contextOf(context, state));
    return value && { value, state };
  }
  // What throws first must be told first there, and a change is evaluated before what stands beside it.
  return context.total ? undefined : new Evaluation(node, state, context).run(ask);
}

/** A change stands in it; what stands in a function of it happens when that is called. */
export const mayChange = (node: Node, context: FastContext): boolean =>
  !isFunction(node) &&
  !isTaken(node, context) &&
  (changes(node) || childrenOf(node).some((child) => mayChange(child, context)));

/** Evaluated before, and a value by now. */
const isTaken = (node: Node, { uses, given }: FastContext): boolean =>
  given.has(node) || (node.type !== "Identifier" && uses.has(node));

/** `[...xs].sort()` changes nothing that has a name. */
function changes(node: Node): boolean {
  if (isChangingCall(node)) return changedPlace(node)?.type === "Identifier";
  return (
    node.type === "AssignmentExpression" ||
    node.type === "UpdateExpression" ||
    (node.type === "UnaryExpression" && node.operator === "delete")
  );
}

class Evaluation {
  readonly #node: Node;
  readonly #context: FastContext;
  readonly #given: Map<Node, Fast>;
  #state: State;
  /** The variables that the expression assigns, and those of which it changes what they hold. */
  readonly #assigned = new Set<Slot>();
  readonly #inPlace = new Set<Slot>();

  constructor(node: Node, state: State, context: FastContext) {
    this.#node = node;
    this.#state = state;
    this.#context = context;
    this.#given = new Map(context.given);
  }

  run(ask: Translate): Evaluated | undefined {
    if (!this.#collect(this.#node, false) || !this.#walk(this.#node)) return undefined;
    const value = ask(this.#node, this.#inside());
    // What changes is asked for before what stands beside it.
    const state = { ...this.#state, guard: plainly(this.#state.guard) };
    return value && { value: withGuard(value, plainly(value.guard)), state };
  }

  #inside(): FastContext {
    return { ...contextOf(this.#context, this.#state), given: this.#given };
  }

  /** @returns false where a change may not happen, or happens in a function that the expression calls */
  #collect(node: Node, perhaps: boolean): boolean {
    if (isFunction(node)) return !holdsChange(node);
    if (isTaken(node, this.#context)) return true;
    if (node.type === "CallExpression" && bare(node.callee).type === "Identifier" && !this.#isGlobal(node))
      return false; // a function of the flow may read or change anything
    if (changes(node)) {
      if (perhaps) return false;
      const place = changedPlace(node);
      const slot = slotOf(place ?? targetOf(node), this.#state, this.#context);
      if (slot === undefined) return false;
      (place ? this.#inPlace : this.#assigned).add(slot);
    }
    const [first, ...others] = childrenOf(node);
    const isMaybe = node.type === "LogicalExpression" || node.type === "ConditionalExpression";
    const isLogical = node.type === "AssignmentExpression" && /^(?:&&|\|\||\?\?)=$/.test(node.operator);
    const may = perhaps || isMaybe || isLogical;
    return (
      (!first || this.#collect(first, perhaps || node.type === "ChainExpression")) &&
      others.every((child) => this.#collect(child, may))
    );
  }

  #isGlobal({ callee }: Of<"CallExpression">): boolean {
    const name = bare(callee) as Of<"Identifier">;
    const context = this.#context;
    return !context.uses.has(name) && !context.locals.has(name.name) && !context.reader.named(name);
  }

  /** Reads and changes in JavaScript's order; false where JSONata cannot say it. */
  #walk(node: Node): boolean {
    if (isTaken(node, this.#inside())) return true;
    if (isFunction(node)) return !this.#reads(node);
    if (node.type === "Identifier") return this.#read(node);
    if (changes(node)) return this.#change(node as Expression);
    if (memberName(node) === "length" && node.type === "MemberExpression" && !node.optional)
      return this.#length(node);
    return referring(node).every((child) => this.#walk(child));
  }

  /** The variable as it is now. */
  #read(node: Of<"Identifier">): boolean {
    const slot = slotOf(node, this.#state, this.#context);
    if (slot === undefined) return true;
    // What the whole of it is now shows its changes later, too.
    if (this.#inPlace.has(slot)) return false;
    if (!this.#assigned.has(slot)) return true;
    const value = this.#state.values.get(slot);
    if (value) this.#given.set(node, value);
    return value !== undefined;
  }

  /** The length as it is now. */
  #length(node: Of<"MemberExpression">): boolean {
    if (!this.#walkOrLeave(node.object)) return false;
    const value = translate(node, this.#inside());
    return value !== undefined && this.#give(node, value);
  }

  /** What is read of a variable at once may be of one that changes. */
  #walkOrLeave(node: Expression): boolean {
    return slotOf(node, this.#state, this.#context) !== undefined || this.#walk(node);
  }

  /** A function sees the variables as they are when it is called. */
  #reads(node: Node): boolean {
    if (node.type === "Identifier") {
      const slot = slotOf(node, this.#state, this.#context);
      return slot !== undefined && (this.#assigned.has(slot) || this.#inPlace.has(slot));
    }
    return referring(node).some((child) => this.#reads(child));
  }

  #change(node: Expression): boolean {
    if (changedPlace(node)) return this.#inPlaceChange(node);
    const slot = slotOf(targetOf(node), this.#state, this.#context);
    const old = slot === undefined ? undefined : this.#state.values.get(slot);
    if (slot === undefined) return false;
    if (node.type === "UpdateExpression") {
      const value = old && operation("-", old, step(node), this.#inside());
      const before = old && asNumber(old);
      if (!value || !before) return false;
      this.#state = assigned(this.#state, slot, value, this.#context);
      return this.#give(node, node.prefix ? this.#state.values.get(slot) : withGuard(before, undefined));
    }
    if (node.type !== "AssignmentExpression") return false;
    // A compound one reads the variable before the right side is evaluated.
    if (node.operator !== "=" && old) this.#given.set(node.left, old);
    if (!this.#settled([node.right])) return false;
    const value = givenBy(node, this.#inside());
    if (!value) return false;
    this.#state = assigned(this.#state, slot, value, this.#context);
    return this.#give(node, value.type === "undefined" ? value : this.#state.values.get(slot));
  }

  /** What changes in place: its parts first, which read nothing of it. */
  #inPlaceChange(node: Expression): boolean {
    const parts = isChangingCall(node)
      ? node.arguments
      : node.type === "AssignmentExpression"
        ? [...keysIn(node.left), node.right]
        : keysIn((node as Of<"UpdateExpression">).argument);
    // A compound one reads what it changes before the right side is evaluated.
    const isCompound = node.type === "AssignmentExpression" && node.operator !== "=";
    if (isCompound && parts.some((part) => mayChange(part, this.#inside()))) return false;
    if (!this.#settled(parts)) return false;
    const change = changed(node, this.#state, this.#inside());
    if (!change) return false;
    this.#state = assigned(this.#state, change.slot, change.value, this.#context);
    return this.#give(node, change.gives);
  }

  /** Parts that are translated at once need no more than what changes in them. */
  #settled(parts: readonly Node[]): boolean {
    return !parts.some((part) => mayChange(part, this.#inside())) || parts.every((part) => this.#walk(part));
  }

  #give(node: Node, value: Fast | undefined): boolean {
    // Only what is not used may have no value: that is the whole expression's.
    if (!value) return false;
    this.#state = { ...this.#state, guard: both(this.#state.guard, value.guard) };
    this.#given.set(node, withGuard(value, undefined));
    return true;
  }
}

const holdsChange = (node: Node): boolean => changes(node) || childrenOf(node).some(holdsChange);

/** The keys of a place that is changed: `o[k].list` has one. */
function keysIn(node: Node): Node[] {
  const inner = bare(node as Expression);
  if (inner.type !== "MemberExpression") return [];
  return [...keysIn(inner.object), ...(inner.computed ? [inner.property] : [])];
}

const targetOf = (node: Node): Node =>
  bare(
    (node.type === "AssignmentExpression"
      ? node.left
      : (node as Of<"UpdateExpression">).argument) as Expression,
  );

/** What an assignment to a variable gives it. */
export function givenBy(node: Of<"AssignmentExpression">, context: FastContext): Fast | undefined {
  const { operator, left, right, start, end } = node;
  if (operator === "=") return translate(right, context);
  const isLogical = ["&&=", "||=", "??="].includes(operator);
  const type = isLogical ? "LogicalExpression" : "BinaryExpression";
  return translate({ type, operator: operator.slice(0, -1), left, right, start, end } as never, context);
}

/** The children that are evaluated: no names of members and keys. */
function referring(node: Node): Node[] {
  const key = node.type === "MemberExpression" && !node.computed ? node.property : undefined;
  if (node.type === "Property" && !node.computed) return [node.value];
  return key ? childrenOf(node).filter((child) => child !== key) : childrenOf(node);
}

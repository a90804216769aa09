import type { Expression, Node } from "oxc-parser";
import { type AnyFunction, childrenOf } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import type { Span } from "../source-file.ts";
import { feedersOf } from "./feeders.ts";
import { OneRun } from "./one-run.ts";
import { Order } from "./order.ts";
import type { Outside } from "./outside.ts";
import { Owned } from "./owned.ts";
import { type Place, reachable } from "./place.ts";
import type { Change } from "./stores.ts";
import { Twice } from "./twice.ts";
import { Walk } from "./walk.ts";

/**
 * Which variables may hold parts of the same object, and which of them are changed in place. Between two states a
 * variable is a copy, so a change through one name must not be visible through another one. It does not look at the
 * order of statements, and takes two objects for the same one whenever they might be (B. Steensgaard, "Points-to Analysis
 * in Almost Linear Time", 1996).
 */
export class Sharing {
  readonly #walk: Walk;
  #order: Order | undefined;
  #owned: Owned | undefined;
  readonly #alone = new Map<Change, boolean>();

  constructor(root: AnyFunction, outside: Outside) {
    this.#walk = new Walk(root, outside);
  }

  /** The variable that an identifier stands for, in the root or in a function of a module that it calls. */
  of(identifier: Node): Variable | undefined {
    return this.#walk.of(identifier);
  }

  /** Says that a copied identifier stands for what the original one stands for. */
  alias(copy: Node, original: Node): void {
    for (const resolver of this.#walk.resolvers) resolver.alias(copy, original);
  }

  /** The variable is assigned to somewhere. */
  isAssigned(identifier: Node): boolean {
    const variable = this.#walk.of(identifier);
    return variable !== undefined && this.#walk.assigned.has(variable);
  }

  /** Identifiers that are assigned to, although they are declared with `const`. */
  get assignedConstants(): Node[] {
    const targets = [...new Set(this.#walk.targets)];
    return targets.filter((target) => this.#walk.of(target)?.constant === true);
  }

  /** The change is a call of which nothing is known. */
  isGuessed(node: Node): boolean {
    return this.#walk.guessed.has(node);
  }

  /** The name of a function that the root declares. */
  isFunction(identifier: Node): boolean {
    const variable = this.#walk.of(identifier);
    return variable !== undefined && this.#walk.held.has(variable);
  }

  /** The piece reads one of the variables, itself or in a function of the root that it calls. */
  reads(piece: Node, variables: ReadonlySet<Variable>): boolean {
    const pieces = this.calledFrom(piece);
    return [...variables].some(({ uses }) => uses.some((use) => isWithin(use, pieces)));
  }

  /**
   * What the expression gives may be changed in place in one of the pieces.
   *
   * @param isSpread its parts alone are given on
   */
  isChangedIn(expression: Expression, pieces: readonly Node[], isSpread: boolean): boolean {
    const given = this.#walk.value(expression);
    const place = isSpread ? given?.content : given;
    if (!place) return false;
    const reached = reachable(place);
    const run = pieces.flatMap((piece) => this.calledFrom(piece));
    const callsModule = this.#walk.entries.some((entry) => isWithin(entry, run));
    return this.#walk.changes.some(
      ({ place: changed, node }) =>
        reached.has(changed.root) && (this.#isForeign(node) ? callsModule : isWithin(node, run)),
    );
  }

  /** Something that the variable may hold is changed in place somewhere. */
  isMutated(identifier: Node): boolean {
    const variable = this.#walk.of(identifier);
    return variable !== undefined && this.changesOf(variable).length > 0;
  }

  /** The same, but for changes of what one variable alone has at that moment. */
  seenChangesOf(variable: Variable): { place: Place; node: Node }[] {
    this.#owned ??= new Owned(this.#walk, this.#inOrder);
    const owned = this.#owned;
    const value = this.#walk.values.get(variable);
    const reached = value ? reachable(value) : new Set();
    return this.#walk.changes
      .filter((change) => {
        if (!reached.has(change.place.root)) return false;
        const isAlone = this.#alone.get(change) ?? owned.isAlone(change);
        this.#alone.set(change, isAlone);
        return !isAlone;
      })
      .map(({ place, node }) => ({ place: place.root, node }));
  }

  /** Where what the variable may hold is changed in place. */
  changesOf(variable: Variable): { place: Place; node: Node }[] {
    const value = this.#walk.values.get(variable);
    if (!value) return [];
    const reached = reachable(value);
    return this.#walk.changes
      .filter(({ place }) => reached.has(place.root))
      .map(({ place, node }) => ({ place: place.root, node }));
  }

  /** An object of the place may stand at more than one place of what the variable holds. */
  mayStandTwice(variable: Variable, place: Place): boolean {
    const holder = this.#walk.values.get(variable);
    return holder !== undefined && new Twice(this.#walk, place, holder).isTwice;
  }

  /** The statement that makes, puts and changes alone what may stand twice in the variable. */
  oneRunOf(variable: Variable, place: Place, scripts: readonly Node[]): Node | undefined {
    const run = new OneRun(this.#walk, this.#inOrder, variable, place);
    return scripts.find((script) => run.isOf(script));
  }

  /**
   * Of the variables, those that something uses in one of the changes of the place or after it, by whatever name.
   *
   * @param isKept a state keeps the variable
   */
  usedAfter(
    variables: readonly Variable[],
    place: Place,
    changes: readonly Node[],
    isKept: (variable: Variable) => boolean,
  ): Variable[] {
    const all = changes.flatMap((node) => (this.#isForeign(node) ? this.#walk.entries : [node]));
    const feeders = feedersOf(this.#walk, this.#inOrder, place, all, isKept);
    return variables.filter(
      (variable) =>
        !this.#isMadeAfter(variable, all) && (feeders.has(variable) || this.#isUsedAfter(variable, all)),
    );
  }

  #isMadeAfter(variable: Variable, sites: readonly Node[]): boolean {
    const fn = this.#inOrder.functionOf(variable.declared);
    return fn !== undefined && sites.every((node) => this.#inOrder.isMadeAfter(variable, node, fn));
  }

  #isUsedAfter(variable: Variable, sites: readonly Node[]): boolean {
    const fn = this.#inOrder.functionOf(variable.declared);
    return !fn || sites.some((node) => this.#inOrder.isUsedAfter(variable, node, fn));
  }

  /** The variable belongs to the innermost function around the piece. */
  isOwn({ declared }: Variable, piece: Node): boolean {
    const fn = this.#inOrder.functionOf(declared);
    const original = fn && this.#inOrder.original(piece, fn);
    return original !== undefined && this.#inOrder.functionOf(original) === fn;
  }

  /**
   * Where the variable, or what it holds, may be changed when the piece has begun.
   *
   * @param again statements that only another turn of a loop leads to
   */
  changesAfter(variable: Variable, piece: Node, again: readonly Node[]): Node[] {
    const order = this.#inOrder;
    const fn = order.functionOf(variable.declared);
    const original = fn && order.original(piece, fn);
    const targets = this.#walk.targets.filter((target) => variable.uses.includes(target));
    const definitions = order.declarationOf(variable.declared);
    return [...targets, ...this.changesOf(variable).map(({ node }) => node)].filter((node) => {
      if (!fn || !original) return true;
      if (targets.includes(node) && order.isOfNextTurn(variable.declared, node, original)) return false;
      if (this.#isForeign(node)) return true;
      // Another variable of each turn may hold the same object, where that is not made there.
      const made = targets.includes(node) || isOwnChange(node, variable, order) ? definitions : [];
      return isWithin(node, again)
        ? order.isAgain(original, node, fn, made)
        : order.mayPrecede(original, node, fn, made);
    });
  }

  get #inOrder(): Order {
    this.#order ??= new Order(this.#walk.roots);
    return this.#order;
  }

  /** Something in what the variable holds may be an object of the place. */
  holds(variable: Variable, place: Place): boolean {
    const parts = this.#walk.values.get(variable)?.parts ?? [];
    return parts.some((part) => reachable(part).has(place.root));
  }

  /** Changes of what may be part of a constant of a module; `own`: in the root itself, not in a function that it calls. */
  changedConstants(): { name: string; node: Node; own: boolean }[] {
    const named = new Map(this.#walk.constants.all.map(({ name, place }) => [place.root, name]));
    return this.#walk.changes.flatMap(({ place, node }) => {
      const name = named.get(place.root);
      return name === undefined ? [] : [{ name, node, own: !this.#isForeign(node) }];
    });
  }

  /**
   * The variables from outside that a piece of the function assigns to, or whose objects it changes; calls of functions
   * that the root declares are looked into.
   *
   * @param without parts of the piece that do not count
   */
  effectsOf(piece: Node, without: readonly Node[] = []): Set<Variable> {
    const effects = new Set<Variable>();
    const pieces = this.calledFrom(piece);
    const inside = (node: Node): boolean => isWithin(node, pieces) && !isWithin(node, without);
    for (const variable of this.#walk.resolvers.flatMap((resolver) => [...resolver.all])) {
      if (inside(variable.declared)) continue;
      const uses = variable.uses.filter(inside);
      if (uses.length === 0) continue;
      const isChanged =
        this.#walk.targets.some((target) => uses.includes(target)) ||
        this.changesOf(variable).some(({ node }) => inside(node) || this.#isForeign(node));
      if (isChanged) effects.add(variable);
    }
    return effects;
  }

  /** The piece, and the functions of the root that it calls or hands on. */
  calledFrom(piece: Node, found: Node[] = []): Node[] {
    if (found.includes(piece)) return found;
    found.push(piece);
    const visit = (node: Node): void => {
      const variable = node.type === "Identifier" ? this.#walk.of(node) : undefined;
      for (const one of variable ? this.#walk.held.of(variable) : []) this.calledFrom(one, found);
      for (const child of childrenOf(node)) visit(child);
    };
    visit(piece);
    return found;
  }

  /** In a function of a module: it is changed by whoever calls that. */
  #isForeign(node: Node): boolean {
    return !this.#walk.own.has(node);
  }
}

/** `row.x = 1`, `row.push(1)` of `const row = { … }`: nothing else that the variable may hold is changed. */
function isOwnChange(node: Node, variable: Variable, order: Order): boolean {
  const target =
    node.type === "AssignmentExpression"
      ? node.left
      : node.type === "CallExpression"
        ? node.callee
        : undefined;
  const declaration = order.parent(variable.declared);
  const made = declaration?.type === "VariableDeclarator" ? declaration.init?.type : undefined;
  return (
    target?.type === "MemberExpression" &&
    variable.uses.includes(target.object) &&
    (made === "ObjectExpression" || made === "ArrayExpression")
  );
}

const isWithin = ({ start, end }: Node, spans: readonly Span[]): boolean =>
  spans.some((span) => span.start <= start && end <= span.end);

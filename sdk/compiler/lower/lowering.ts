import type { Expression, Node } from "oxc-parser";
import { hasRest } from "../check/callback.ts";
import { type CheckContext, checkPure, report } from "../check/pure.ts";
import type {
  Assignment,
  Binding,
  Block,
  BlockNode,
  CellBinding,
  Check,
  Definition,
  ErrorBinding,
  FlowGraph,
  Jumped,
  ParallelNode,
  PureBinding,
  Region,
  ReturnNode,
  TryNode,
  Value,
  VariableBinding,
} from "../graph.ts";
import { type AnyFunction, bare, childrenOf } from "../parse/ast.ts";
import { copyOf } from "../parse/copy.ts";
import type { Variable } from "../parse/variables.ts";
import type { Sharing } from "../sharing/sharing.ts";
import type { Place as SourcePlace, Span } from "../source-file.ts";
import { Names, readable } from "./names.ts";
import { Scope } from "./scope.ts";

/** Where statements are lowered to: the nodes so far, and what must be evaluated before the next one. */
export interface Place {
  scope: Scope;
  nodes: Block;
  pending: Check[];
  /** How many maps enclose this place. */
  depth: number;
  /** What jumps may lead out of, innermost last; a map's body has none of what lies outside. */
  loops: readonly Jumped[];
  /** The `finally` blocks around, innermost last: every way out leads through them. */
  finalizers: readonly Finalizer[];
  /** In the body of a function that was called: where its `return` leads. */
  returns?: { block: BlockNode; value: CellBinding };
  /** In a `try`: what a failure finds in the variables must be what JavaScript left there. */
  guarded: boolean;
  /** In a `try` of the function whose body this is. */
  trying: boolean;
}

/** A `finally`, and what surrounds its `try`. */
export interface Finalizer {
  block: Node & { type: "BlockStatement" };
  from: TryNode;
  /** The place of the try itself, whose names and jumps those of the block are. */
  place: Place;
  crossing: ReturnNode["crossing"];
}

/** What the lowering of one flow shares: checks, unique names, the order of definitions. */
export class Lowering {
  readonly context: CheckContext;
  readonly stateNames = new Names();
  readonly #steps = new Names();
  readonly #variables = new Names();
  readonly #regions = new Names();
  readonly assignments: Assignment[] = [];
  /** The labels of what jumps may name. */
  readonly labels = new Map<Jumped, readonly string[]>();
  /** Which variables change, and which of them share objects. */
  readonly sharing: Sharing;
  /** The cells of the author's variables. */
  readonly cells = new Map<Variable, CellBinding>();
  /** Statements that run as the author wrote them. */
  readonly scripts: Node[] = [];
  /** The author's variables that hold futures: each await of one gives the same object. */
  readonly awaitable = new Set<Variable>();
  /** Promises that are no call's own, so that nobody resolves them where they are passed on. */
  readonly promises = new Set<Binding>();
  /** What `submit` gave: nothing else can be told to wait, or be waited for, by its own method. */
  readonly submitted = new Set<Binding>();
  /** Lists of promises, of which none is a promise itself. */
  readonly lists = new Set<Binding>();
  /** Parallels of futures in which something fails that the flow awaits there. */
  readonly joined: ParallelNode[] = [];
  readonly barriers: FlowGraph["barriers"] = [];
  readonly access: FlowGraph["access"] = [];
  /** The statements after the one that is being lowered, in its block. */
  following: readonly Node[] = [];
  /** A function of the flow may write lines, so that each call of one happens once. */
  writes = false;
  /** What stands before a `?.` and is known to be there. */
  readonly present = new WeakSet<Node>();
  #order = 0;
  #depth = 1_000;

  constructor(context: CheckContext, sharing: Sharing) {
    this.context = context;
    this.sharing = sharing;
  }

  /** A variable that changes. */
  cell(name: string, place: Place, list = false): CellBinding {
    const { variable } = this.variable(name, "result");
    return { kind: "cell", name, variable, depth: place.depth, counter: false, list, mutable: false };
  }

  /** A variable of the lowering's own, which gets one value. */
  temporary(name: string, place: Place): CellBinding {
    return { ...this.cell(name, place), name: `${name}$`, once: true };
  }

  /** The cell of a variable of the author's, at its declaration. */
  cellOf(identifier: Node & { name: string }, place: Place): CellBinding {
    const cell = this.cell(identifier.name, place);
    const variable = this.sharing.of(identifier);
    cell.mutable = this.sharing.isMutated(identifier);
    if (variable) this.cells.set(variable, cell);
    return cell;
  }

  /** True where a variable that the pattern declares gets another value later, or its object changes. */
  changes(pattern: Node): boolean {
    if (pattern.type === "Identifier")
      return this.sharing.isAssigned(pattern) || this.sharing.isMutated(pattern);
    if (pattern.type === "AssignmentPattern") return this.changes(pattern.left);
    if (pattern.type === "Property") return this.changes(pattern.value);
    return childrenOf(pattern).some((child) => this.changes(child));
  }

  /** Checks code that may change variables of the flow. */
  checkChanging(place: Place, check: () => void): void {
    const before = this.context.changing;
    this.context.changing = { depth: place.depth };
    check();
    this.context.changing = before;
  }

  assign(place: Place, cells: CellBinding[], made: Assignment["made"], span: Span): void {
    const assignment: Assignment = {
      cells,
      made,
      order: this.#order++,
      span: { start: span.start, end: span.end },
    };
    this.assignments.push(assignment);
    place.pending.push({ kind: "assignment", assignment });
  }

  get futures(): Set<Binding> {
    this.context.futures ??= new Set();
    return this.context.futures;
  }

  /** Tells Parallels of futures apart; those of the source have their nesting. */
  nextDepth(): number {
    return this.#depth++;
  }

  barrier(span: Span, message: string): void {
    const { line } = this.place(span);
    this.barriers.push({ line, message });
  }

  error(name: string): ErrorBinding {
    const { variable } = this.variable(name, "result");
    return { kind: "error", name, variable };
  }

  #labels: string[] = [];
  /** The functions whose bodies are being made part of the flow. */
  inlined: readonly AnyFunction[] = [];
  /** How many there are, those that were handed on included. */
  inlining = 0;

  /** The next statement has this label. */
  addLabel(label: string): void {
    this.#labels.push(label);
  }

  takeLabels(): readonly string[] {
    return this.#labels.splice(0);
  }

  /** A copy of code that is lowered at another place, too. */
  copy<N extends Node>(node: N, instead?: (original: Node) => Node | undefined): N {
    return copyOf(node, (original, copy) => this.sharing.alias(copy, original), instead);
  }

  /** The same, where what was taken out of the code is taken out of the copy. */
  copyBound<N extends Node>(node: N, instead?: (original: Node) => Node | undefined): N {
    const { uses } = this.context;
    const copied = (original: Node, copy: Node): void => {
      this.sharing.alias(copy, original);
      const bound = uses.get(original);
      if (bound) uses.set(copy, bound);
    };
    return copyOf(node, copied, instead);
  }

  /** How many mistakes are known so far. */
  get mistakes(): number {
    return this.context.diagnostics.list.length;
  }

  text(node: Span): string {
    return this.context.reader.sourceOf(node).slice(node);
  }

  /** Line and column of where a piece of the source begins. */
  place(span: Span): SourcePlace {
    return this.context.reader.sourceOf(span).place(span.start);
  }

  stateName(wish: string): string {
    return this.stateNames.unique(readable(wish, 70) || "state");
  }

  stepId(task: string): string {
    return this.#steps.unique(task, "-", 60);
  }

  /** A variable of the machine; `v_` keeps it apart from JSONata's functions, whose names a variable would shadow. */
  variable(name: string, role: VariableBinding["role"]): VariableBinding {
    const plain = name.replace(/[^A-Za-z0-9_]/g, "_").slice(0, 60);
    return { kind: "variable", name, variable: this.#variables.unique(`v_${plain}`, "_", 70), role };
  }

  /** A variable that the source has no name for. */
  unnamed(wish: string, role: VariableBinding["role"]): VariableBinding {
    const binding = this.variable(wish, role);
    return { ...binding, name: `${wish.replace(/[^A-Za-z0-9_]/g, "_")}$` };
  }

  /** A region takes everything that is pending, so that it throws before anything after it happens. */
  region(place: Pick<Place, "pending">, purpose: Region["purpose"], values: Value[], span: Span): Region {
    const checks = place.pending.splice(0);
    const { line } = this.place(span);
    return { id: this.#regions.unique(`${purpose}-${line}`, "-"), purpose, checks, values, span };
  }

  /** A region that is no place's: nothing is pending before it. */
  bareRegion(purpose: Region["purpose"], values: Value[], span: Span): Region {
    return this.region({ pending: [] }, purpose, values, span);
  }

  check(node: Node, scope: Scope): void {
    checkPure(this.context, node, scope);
  }

  /** `const pattern = init`, pure; its names are declared in the scope. */
  define(
    place: Place,
    pattern: Node | undefined,
    init: Expression | undefined,
    span: Span,
    source?: Definition["source"],
  ): Definition {
    const definition: Definition = {
      bindings: [],
      order: this.#order++,
      span: { start: span.start, end: span.end },
    };
    if (pattern) definition.pattern = pattern;
    if (init) definition.init = init;
    if (source) definition.source = source;
    if (pattern) this.#bindPattern(place.scope, pattern, definition, []);
    place.pending.push({ kind: "definition", definition });
    return definition;
  }

  /** A function; it throws nothing where it is declared, so nothing waits for it. */
  defineFunction(place: Place, name: Node, fn: AnyFunction): void {
    const definition: Definition = {
      pattern: name,
      init: fn as Expression,
      bindings: [],
      order: this.#order++,
      span: { start: fn.start, end: fn.end },
    };
    this.#bindPattern(place.scope, name, definition, []);
  }

  /** The element that a loop is at, in a list that changes in place. */
  defineElement(place: Place, name: Node & { name: string }, list: CellBinding, index: CellBinding): void {
    const definition: Definition = {
      pattern: name,
      element: { list, index },
      bindings: [],
      order: this.#order++,
      span: { start: name.start, end: name.end },
    };
    this.#bindPattern(place.scope, name, definition, []);
    const variable = this.sharing.of(name);
    if (variable) this.cells.set(variable, list);
  }

  /** An operand of an expression that must be evaluated before something after it waits, since it may throw. */
  require(place: Place, node: Expression, form: Definition["form"]): void {
    const definition: Definition = {
      init: node,
      bindings: [],
      order: this.#order++,
      span: { start: node.start, end: node.end },
    };
    if (form) definition.form = form;
    place.pending.push({ kind: "definition", definition });
  }

  #bindPattern(scope: Scope, pattern: Node, definition: Definition, path: PureBinding["path"]): void {
    switch (pattern.type) {
      case "Identifier": {
        const binding: PureBinding = { kind: "pure", name: pattern.name, definition, path };
        definition.bindings.push(binding);
        scope.declare(pattern.name, binding);
        this.context.uses.set(pattern, binding);
        return;
      }
      case "AssignmentPattern":
        this.check(pattern.right, scope);
        this.#bindPattern(scope, pattern.left, definition, undefined);
        return;
      case "ObjectPattern":
        if (hasRest(pattern)) this.context.seesKeys = true;
        for (const property of pattern.properties) this.#bindProperty(scope, property, definition, path);
        return;
      case "ArrayPattern":
        for (const [i, element] of pattern.elements.entries())
          if (element) this.#bindPattern(scope, element, definition, path && [...path, i]);
        return;
      case "RestElement":
        this.#bindPattern(scope, pattern.argument, definition, undefined);
        return;
      default:
        report(this.context, "RLT1306", pattern, `${pattern.type} cannot stand in a pattern.`);
    }
  }

  #bindProperty(scope: Scope, property: Node, definition: Definition, path: PureBinding["path"]): void {
    if (property.type !== "Property") {
      this.#bindPattern(scope, property, definition, undefined);
      return;
    }
    if (property.computed) this.check(property.key, scope);
    const key = !property.computed && property.key.type === "Identifier" ? property.key.name : undefined;
    this.#bindPattern(
      scope,
      property.value,
      definition,
      path && key !== undefined ? [...path, key] : undefined,
    );
  }
}

/** Values whose evaluation can neither throw nor wait: they may stay in place when something after them waits. */
export function isTrivial(node: Node): boolean {
  const inner = bare(node as Expression);
  return inner.type === "Literal" || inner.type === "Identifier" || inner.type === "ArrowFunctionExpression";
}

export const innerPlace = (place: Place, depth = place.depth): Place => ({
  scope: new Scope(place.scope),
  nodes: [],
  pending: [],
  depth,
  loops: depth === place.depth ? place.loops : [],
  finalizers: depth === place.depth ? place.finalizers : [],
  ...(depth === place.depth && place.returns && { returns: place.returns }),
  guarded: depth === place.depth && place.guarded,
  trying: depth === place.depth && place.trying,
});

import type { Expression, Node } from "oxc-parser";
import { hasRest } from "../check/callback.ts";
import { type CheckContext, checkPure, report } from "../check/pure.ts";
import type {
  Assignment,
  Block,
  CellBinding,
  Check,
  Definition,
  ErrorBinding,
  LoopNode,
  PureBinding,
  Region,
  SwitchNode,
  Value,
  VariableBinding,
} from "../graph.ts";
import { bare } from "../parse/ast.ts";
import type { Span } from "../source-file.ts";
import { Names, readable } from "./names.ts";
import { Scope } from "./scope.ts";

/** Where statements are lowered to: the nodes so far, and what must be evaluated before the next one. */
export interface Place {
  scope: Scope;
  nodes: Block;
  pending: Check[];
  /** How many maps enclose this place. */
  depth: number;
  /** The loops around, innermost last; a map's body has none of the loops outside. */
  loops: readonly (LoopNode | SwitchNode)[];
  /** In a `try`: what a failure finds in the variables must be what JavaScript left there. */
  guarded: boolean;
}

/** What the lowering of one flow shares: checks, unique names, the order of definitions. */
export class Lowering {
  readonly context: CheckContext;
  readonly stateNames = new Names();
  readonly #steps = new Names();
  readonly #variables = new Names();
  readonly #regions = new Names();
  readonly assignments: Assignment[] = [];
  /** Names that are assigned to somewhere in the flow, by whatever declaration. */
  readonly assigned: ReadonlySet<string>;
  #order = 0;

  constructor(context: CheckContext, assigned: ReadonlySet<string>) {
    this.context = context;
    this.assigned = assigned;
  }

  /** A variable that changes. */
  cell(name: string, place: Place, list = false): CellBinding {
    const { variable } = this.variable(name, "result");
    return { kind: "cell", name, variable, depth: place.depth, counter: false, list };
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

  error(name: string): ErrorBinding {
    const { variable } = this.variable(name, "result");
    return { kind: "error", name, variable };
  }

  /** How many mistakes are known so far. */
  get mistakes(): number {
    return this.context.diagnostics.list.length;
  }

  text(node: Span): string {
    return this.context.module.source.slice(node);
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
    const { line } = this.context.module.source.place(span.start);
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
  guarded: depth === place.depth && place.guarded,
});

import type { Expression, Node } from "oxc-parser";
import {
  type Assignment,
  armsOf,
  type Binding,
  type Block,
  bodiesOf,
  type CellBinding,
  type Definition,
  type GraphNode,
  type PureBinding,
  type Region,
  type Uses,
  type VariableBinding,
} from "../graph.ts";
import { childrenOf } from "../parse/ast.ts";

export type Read = Exclude<Binding, PureBinding>;
export type Named = Extract<Node, { type: "Identifier" }>;

/** What a region needs: definitions to be made again, variables, and names that mean other things. */
export class RegionReads {
  readonly definitions = new Set<Definition>();
  readonly reads = new Set<Read>();
  /** Names in the region's text that are none of the flow's: its callbacks' own, the module's, JavaScript's. */
  readonly free = new Set<string>();
  /** The identifiers behind these names, by the module in which each stands. */
  readonly identifiers: Named[] = [];
  /** What the region assigns, in order, and the cells it assigns: from then on they are not read from outside. */
  readonly assignments: Assignment[] = [];
  readonly assigned = new Set<CellBinding>();
  readonly #uses: Uses;

  constructor(uses: Uses, region: Region) {
    this.#uses = uses;
    for (const check of region.checks) {
      if (check.kind === "definition") this.#need(check.definition);
      else if (check.kind === "settled") this.#read(check.binding);
      else this.#assign(check.assignment);
    }
    const values = [...region.values, ...(region.parts ?? []).flatMap((part) => part.values)];
    for (const { expression } of values) this.#collect(expression);
    if (region.flow) this.#collect(region.flow);
    if (region.nothing) this.#read(region.nothing);
    if (region.inside) for (const cell of Object.values(region.inside)) this.#read(cell);
  }

  #collect(node: Node): void {
    const bound = this.#uses.get(node);
    if (bound?.kind === "pure") this.#need(bound.definition);
    else if (bound) this.#read(bound);
    else if (node.type === "Identifier") {
      this.free.add(node.name);
      this.identifiers.push(node);
    } else for (const child of referringChildren(node)) this.#collect(child);
  }

  #read(read: Read): void {
    const binding = read.kind === "variable" ? (read.of ?? read) : read;
    if (binding.kind !== "cell" || !this.assigned.has(binding)) this.reads.add(binding);
  }

  #assign(assignment: Assignment): void {
    const { made, cells } = assignment;
    this.assignments.push(assignment);
    if (made.by === "statement") this.#collectStatement(made.node, cells);
    else if (made.by === "script") {
      for (const cell of made.made) this.assigned.add(cell);
      for (const one of made.statements) this.#collect(one);
      for (const cell of cells) if (!made.made.includes(cell)) this.#read(cell);
    } else if (made.by === "list") this.#collect(made.init);
    else if (made.by === "increment") for (const cell of cells) this.#read(cell);
    else if (made.by === "declaration" || made.by === "element") {
      if (made.by === "declaration" && made.init) this.#collect(made.init);
      if (made.by === "declaration")
        for (const cell of cells) if (!made.made.includes(cell)) this.#read(cell);
      if (made.by === "element") for (const cell of [made.list, made.index]) this.#read(cell);
      this.#collectPattern(made.pattern, made.by === "declaration" ? made.made : cells);
    }
    for (const cell of cells) this.assigned.add(cell);
  }

  /** What `x = …` gave before is not read; what a change in place changes is. */
  #collectStatement(node: Expression, cells: readonly CellBinding[]): void {
    const isPlain = node.type === "AssignmentExpression" && node.operator === "=";
    const target = isPlain ? this.#uses.get(node.left) : undefined;
    if (isPlain && target && cells.length === 1 && target === cells[0]) this.#collect(node.right);
    else {
      this.#collect(node);
      for (const cell of cells) this.#read(cell);
    }
  }

  /** Defaults inside a pattern; its own names are assigned, not read. */
  #collectPattern(pattern: Node, own: readonly CellBinding[]): void {
    const bound = this.#uses.get(pattern);
    if (bound?.kind === "cell" && own.includes(bound)) return;
    if (bound || pattern.type === "Identifier") this.#collect(pattern);
    else for (const child of referringChildren(pattern)) this.#collectPattern(child, own);
  }

  #need(definition: Definition): void {
    if (this.definitions.has(definition)) return;
    this.definitions.add(definition);
    if (definition.source) this.#read(definition.source);
    if (definition.element) for (const cell of Object.values(definition.element)) this.#read(cell);
    if (definition.init) this.#collect(definition.init);
    if (definition.pattern) this.#collectDefaults(definition.pattern, definition);
  }

  /** Defaults inside a pattern read names too; the pattern's own names are not reads. */
  #collectDefaults(pattern: Node, definition: Definition): void {
    const bound = this.#uses.get(pattern);
    if (bound?.kind === "pure" && bound.definition === definition) return;
    if (bound || pattern.type === "Identifier") this.#collect(pattern);
    else for (const child of referringChildren(pattern)) this.#collectDefaults(child, definition);
  }
}

/** The children without names of members and keys, which refer to nothing. */
function referringChildren(node: Node): Node[] {
  const key = node.type === "MemberExpression" && !node.computed ? node.property : undefined;
  if (key) return childrenOf(node).filter((child) => child !== key);
  if (node.type === "Property" && !node.computed) return [node.value];
  return childrenOf(node);
}

/** The variables that the regions of a block read, those of maps in it included. */
export function readsOfBlock(uses: Uses, block: Block): Set<Read> {
  const reads = new Set<Read>();
  for (const region of regionsOfBlock(block))
    for (const read of new RegionReads(uses, region).reads) reads.add(read);
  for (const future of futuresOfBlock(block)) reads.add(future);
  return reads;
}

/** Futures that a node reads itself. */
function futuresOfBlock(block: Block): VariableBinding[] {
  return block.flatMap((node) => [
    ...(node.kind === "collect" ? node.futures.map(({ future }) => future) : []),
    ...(node.kind === "step" ? (node.after ?? []) : []),
    ...[...bodiesOf(node), ...armsOf(node)].flatMap(futuresOfBlock),
  ]);
}

function regionsOfBlock(block: Block): Region[] {
  return block.flatMap((node) => [
    ...regionsOf(node),
    ...[...bodiesOf(node), ...armsOf(node)].flatMap(regionsOfBlock),
  ]);
}

/** The regions of a node itself, without those of the blocks inside it. */
export function regionsOf(node: GraphNode): Region[] {
  switch (node.kind) {
    case "step":
    case "collect":
      return [node.args];
    case "wait":
      return [node.args];
    case "export":
      return [];
    case "subflow":
      return [node.input];
    case "map":
      return [node.items];
    case "parallel":
      return node.parts ? [node.parts] : [];
    case "branch":
      return [node.test];
    case "loop":
      return [node.first, node.again].filter((region) => region !== undefined);
    case "switch":
      return [node.choice];
    case "check":
      return [node.check];
    case "script":
      return [node.script];
    case "return":
      return [node.value];
    case "throw":
      return [node.error];
    case "try":
    case "block":
    case "leave":
    case "jump":
      return [];
  }
}

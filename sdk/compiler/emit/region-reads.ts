import type { Node } from "oxc-parser";
import type { Binding, Block, Definition, PureBinding, Region, Uses } from "../graph.ts";
import { childrenOf } from "../parse/ast.ts";

export type Read = Exclude<Binding, PureBinding>;

/** What a region needs: definitions to be made again, variables, and names that mean other things. */
export class RegionReads {
  readonly definitions = new Set<Definition>();
  readonly reads = new Set<Read>();
  /** Names in the region's text that are none of the flow's: its callbacks' own, the module's, JavaScript's. */
  readonly free = new Set<string>();
  readonly #uses: Uses;

  constructor(uses: Uses, region: Region) {
    this.#uses = uses;
    for (const check of region.checks) {
      if (check.kind === "definition") this.#need(check.definition);
      else this.reads.add(check.binding);
    }
    for (const { expression } of region.values) this.#collect(expression);
  }

  #collect(node: Node): void {
    const bound = this.#uses.get(node);
    if (bound?.kind === "pure") this.#need(bound.definition);
    else if (bound) this.reads.add(bound);
    else if (node.type === "Identifier") this.free.add(node.name);
    else for (const child of referringChildren(node)) this.#collect(child);
  }

  #need(definition: Definition): void {
    if (this.definitions.has(definition)) return;
    this.definitions.add(definition);
    if (definition.source) this.reads.add(definition.source);
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
  for (const region of regionsOf(block))
    for (const read of new RegionReads(uses, region).reads) reads.add(read);
  return reads;
}

function regionsOf(block: Block): Region[] {
  const regions: Region[] = [];
  for (const node of block) {
    if (node.kind === "step") regions.push(node.args);
    else if (node.kind === "map") regions.push(node.items, ...regionsOf(node.body));
    else if (node.kind === "branch")
      regions.push(node.test, ...regionsOf(node.consequent), ...regionsOf(node.otherwise));
    else if (node.kind === "check") regions.push(node.check);
    else regions.push(node.kind === "return" ? node.value : node.error);
  }
  return regions;
}

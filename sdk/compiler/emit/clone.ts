import type { Block, GraphNode } from "../graph.ts";
import type { Emission } from "./context.ts";

/**
 * A body once more, under other names of states: a map's body stands in the inline Map and in the distributed one. The
 * regions and bindings are the same, and so are the call sites: a call has one key, whichever way it was made.
 */
export const cloneBlock = (emission: Emission, block: Block): Block => new Cloning(emission).block(block);

class Cloning {
  readonly #emission: Emission;
  /** What jumps and ways out of a try refer to: always a node around them. */
  readonly #made = new Map<GraphNode, GraphNode>();

  constructor(emission: Emission) {
    this.#emission = emission;
  }

  block(block: Block): Block {
    return block.map((node) => this.#node(node));
  }

  #node(node: GraphNode): GraphNode {
    const { names, turns } = this.#emission;
    const made: GraphNode = { ...node, id: names.unique(`${node.id.slice(0, 70)} (many)`) };
    this.#made.set(node, made);
    this.#within(made);
    const turn = turns.get(node);
    if (turn !== undefined) turns.set(made, turn);
    return made;
  }

  #within(made: GraphNode): void {
    switch (made.kind) {
      case "map":
      case "block":
        made.body = this.block(made.body);
        return;
      case "loop":
        made.body = this.block(made.body);
        made.tail = this.block(made.tail);
        return;
      case "parallel":
        made.branches = made.branches.map((branch) => ({ ...branch, body: this.block(branch.body) }));
        return;
      case "branch":
        made.consequent = this.block(made.consequent);
        made.otherwise = this.block(made.otherwise);
        return;
      case "try":
        made.body = this.block(made.body);
        made.handler = this.block(made.handler);
        return;
      case "switch":
        made.bodies = made.bodies.map((body) => this.block(body));
        return;
      case "script":
        made.exits = made.exits.map((exit) => this.block(exit));
        return;
      case "leave":
        made.from = this.#counterpart(made.from);
        made.body = this.block(made.body);
        return;
      case "jump":
        made.loop = this.#counterpart(made.loop);
    }
  }

  #counterpart<N extends GraphNode>(node: N): N {
    return (this.#made.get(node) as N | undefined) ?? node;
  }
}

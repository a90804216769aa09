import type { Block, FlowGraph, GraphNode } from "./graph.ts";

/** The flow graph as a Mermaid flowchart, with names of the source. */
export function toMermaid(graph: FlowGraph): string {
  const drawing = new Drawing();
  drawing.line(`start([${quote(graph.name)}])`);
  const open = drawing.block(graph.body, ["start"]);
  if (open.length > 0) drawing.line("finish([end])");
  for (const from of open) drawing.line(`${from} --> finish`);
  return ["flowchart TD", ...drawing.lines.map((line) => `  ${line}`)].join("\n");
}

const quote = (text: string): string =>
  `"${text.replaceAll('"', "'").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}"`;

/** An end that is not yet connected: a node, and what its arrow says. */
type Open = string;

class Drawing {
  readonly lines: string[] = [];
  #count = 0;

  line(text: string): void {
    this.lines.push(text);
  }

  block(block: Block, from: Open[]): Open[] {
    return block.reduce((open, node) => this.#node(node, open), from);
  }

  #node(node: GraphNode, from: Open[]): Open[] {
    if (node.kind === "check") return from;
    const id = `n${this.#count++}`;
    for (const one of from) this.line(`${one} --> ${id}`);
    switch (node.kind) {
      case "step":
        this.line(`${id}[${quote(node.id)}]`);
        return [id];
      case "return":
        this.line(`${id}([${quote(node.id)}])`);
        return [];
      case "throw":
        this.line(`${id}[/${quote(node.id)}/]`);
        return [];
      case "map":
        this.line(`subgraph ${id}[${quote(node.id)}]`);
        this.line(`${id}item(( )):::item`);
        this.block(node.body, [`${id}item`]);
        this.line("end");
        return [id];
      case "loop": {
        this.line(`${id}{${quote(node.id)}}`);
        const turn = this.block(node.body, [`${id} -- next`]);
        for (const end of turn) this.line(`${end} --> ${id}`);
        return [`${id} -- done`];
      }
      case "switch": {
        this.line(`${id}{${quote(node.id)}}`);
        const bodies = node.bodies.flatMap((body) => this.block(body, [id]));
        return node.fallback === undefined || node.breaks ? [...bodies, id] : bodies;
      }
      case "try": {
        this.line(`${id}[${quote(node.id)}]`);
        return [...this.block(node.body, [id]), ...this.block(node.handler, [`${id} -- caught`])];
      }
      case "jump":
        this.line(`${id}(${quote(node.jump)})`);
        return [];
      case "branch":
        this.line(`${id}{${quote(node.id)}}`);
        return [
          ...this.block(node.consequent, [`${id} -- yes`]),
          ...this.block(node.otherwise, [`${id} -- no`]),
        ];
    }
  }
}

import type { FlowBlock, FlowDocument, FlowNode } from "../../model/flow-document.ts";

/** A flow as a Mermaid flowchart, with names of the source. */
export function toMermaid({ flow, nodes }: FlowDocument): string {
  const drawing = new Drawing();
  drawing.line(`start([${quote(flow)}])`);
  const open = drawing.block(nodes, ["start"]);
  if (open.length > 0) drawing.line("finish([end])");
  for (const from of open) drawing.line(`${from} --> finish`);
  return ["flowchart TD", ...drawing.lines.map((line) => `  ${line}`)].join("\n");
}

/** Mermaid reads entities: https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
const quote = (text: string): string =>
  `"${text.replaceAll("#", "#35;").replaceAll('"', "#quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}"`;

/** An end that is not yet connected: a node, and what its arrow says. */
type Open = string;

class Drawing {
  readonly lines: string[] = [];
  /** What a `break` leaves hanging until the node that it leaves is done. */
  readonly #broken = new Map<string, Open[]>();
  readonly #ids = new Map<string, string>();

  line(text: string): void {
    this.lines.push(text);
  }

  block(nodes: readonly FlowNode[], from: Open[]): Open[] {
    return nodes.reduce((open, node) => this.#node(node, open), from);
  }

  #node(node: FlowNode, from: Open[]): Open[] {
    if (node.kind === "set") return from;
    if (node.kind === "block" || node.kind === "leave") {
      const open = (node.blocks ?? []).reduce((ends, { nodes }) => this.block(nodes, ends), from);
      return [...open, ...this.#left(node)];
    }
    const id = `n${this.#ids.size}`;
    this.#ids.set(node.id, id);
    for (const one of from) this.line(`${one} --> ${id}`);
    const blocks = node.blocks ?? [];
    switch (node.kind) {
      case "return":
        this.line(`${id}([${quote(node.id)}])`);
        return [];
      case "throw":
        this.line(`${id}[/${quote(node.id)}/]`);
        return [];
      case "break":
      case "continue":
        return this.#jump(node, id);
      case "map":
        return this.#group(node, id, blocks);
      case "loop":
        this.line(`${id}{${quote(node.id)}}`);
        for (const end of blocks.reduce((open, { nodes }) => this.block(nodes, open), [`${id} -- next`]))
          this.line(`${end} --> ${id}`);
        return [`${id} -- done`, ...this.#left(node)];
      case "switch":
        this.line(`${id}{${quote(node.id)}}`);
        return [...this.#cases(id, blocks), ...this.#left(node)];
      case "branch":
        this.line(`${id}{${quote(node.id)}}`);
        return blocks.flatMap(({ label, nodes }) => this.block(nodes, [`${id} -- ${label}`]));
      case "script":
        this.line(`${id}[[${quote(node.id)}]]`);
        return [id, ...blocks.flatMap(({ label, nodes }) => this.block(nodes, [`${id} -- ${label}`]))];
      case "try":
        this.line(`${id}[${quote(node.id)}]`);
        return blocks.flatMap(({ label, nodes }) =>
          this.block(nodes, [label === "catch" ? `${id} -- caught` : id]),
        );
      default:
        return blocks.length > 0 ? this.#group(node, id, blocks) : this.#box(node, id);
    }
  }

  #box(node: FlowNode, id: string): Open[] {
    this.line(`${id}[${quote(node.id)}]`);
    return [id];
  }

  /** What runs for itself: the items of a map, branches side by side. */
  #group(node: FlowNode, id: string, blocks: readonly FlowBlock[]): Open[] {
    this.line(`subgraph ${id}[${quote(node.id)}]`);
    for (const [i, { nodes }] of blocks.entries()) {
      const entry = `${id}item${i === 0 ? "" : i}`;
      this.line(`${entry}(( )):::item`);
      this.block(nodes, [entry]);
    }
    this.line("end");
    return [id];
  }

  #cases(id: string, blocks: readonly FlowBlock[]): Open[] {
    let falling: Open[] = [];
    const open: Open[] = [];
    for (const { label, nodes, fallsThrough } of blocks) {
      const ends = this.block(nodes, [`${id} -- ${quote(label)}`, ...falling]);
      falling = fallsThrough ? ends : [];
      if (!fallsThrough) open.push(...ends);
    }
    return blocks.some(({ label }) => label === "default") ? open : [...open, `${id} -- "no case"`];
  }

  #jump(node: FlowNode, id: string): Open[] {
    this.line(`${id}(${quote(node.kind)})`);
    const target = node.target ?? "";
    if (node.kind === "continue") this.line(`${id} --> ${this.#ids.get(target) ?? "start"}`);
    else this.#broken.set(target, [...(this.#broken.get(target) ?? []), id]);
    return [];
  }

  #left(node: FlowNode): Open[] {
    const left = this.#broken.get(node.id) ?? [];
    this.#broken.delete(node.id);
    return left;
  }
}

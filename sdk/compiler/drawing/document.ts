import { basename } from "node:path";
import type { FlowBlock, FlowDocument, FlowNode } from "../../model/flow-document.ts";
import type { Analysis } from "../analyse.ts";
import { RegionReads, regionsOf } from "../emit/region-reads.ts";
import {
  armsOf,
  type Block,
  bodiesOf,
  type CellBinding,
  type GraphNode,
  type Region,
  type SwitchNode,
  type Uses,
} from "../graph.ts";
import { ends } from "../lower/block.ts";
import type { ModuleReader } from "../parse/module.ts";
import type { SourceFile, Span } from "../source-file.ts";

/** The flow graph as a document: without syntax trees, with places, texts and data edges. */
export function documentOf({ declaration, graph, uses, reader }: Analysis["flows"][number]): FlowDocument {
  const { source } = declaration.module;
  const { line } = source.place(graph.span.start);
  const writer = new Writer(reader, uses, graph.body);
  return {
    version: 1,
    flow: graph.name,
    source: { file: basename(source.path), line },
    nodes: writer.block(graph.body),
  };
}

class Writer {
  readonly #reader: ModuleReader;
  readonly #uses: Uses;
  /** The nodes that give a binding its value: by the machine's variable, which is unique in the flow. */
  readonly #makers = new Map<string, Set<string>>();
  readonly #turns = new Map<CellBinding, GraphNode>();

  constructor(reader: ModuleReader, uses: Uses, body: Block) {
    this.#reader = reader;
    this.#uses = uses;
    this.#collect(body);
  }

  block(block: Block): FlowNode[] {
    return block.map((node) => this.#node(node));
  }

  /** The file of a piece of the source: a helper of another module is part of the flow. */
  #source(span: Span): SourceFile {
    return this.#reader.sourceOf(span);
  }

  #node(node: GraphNode): FlowNode {
    const regions = regionsOf(node);
    const text = this.#text(node, regions);
    const blocks = this.#blocks(node);
    const result = "result" in node ? node.result?.name : undefined;
    return {
      id: node.id,
      kind: kindOf(node),
      at: this.#source(node.span).place(node.span.start),
      ...(text !== "" && { text }),
      ...(node.kind === "step" && { task: node.task }),
      ...(node.kind === "subflow" && { flow: node.flow }),
      ...(result !== undefined && { result }),
      reads: this.#reads(node, regions),
      ...(node.kind === "jump" && { target: node.loop.id }),
      ...(blocks.length > 0 && { blocks }),
    };
  }

  #text(node: GraphNode, regions: readonly Region[]): string {
    // Of a loop and a try the span is the head alone: their names say more.
    if (node.kind === "loop" || node.kind === "try") return "";
    const [region] = regions;
    const value = region?.values[0]?.expression;
    const span = node.kind === "branch" || node.kind === "switch" ? value : (region?.span ?? node.span);
    return this.#source(span ?? node.span)
      .slice(span ?? node.span)
      .replace(/\s+/g, " ")
      .trim();
  }

  #reads(node: GraphNode, regions: readonly Region[]): string[] {
    const reads = new Set<string>();
    for (const region of regions) {
      const { assignments, reads: outside } = new RegionReads(this.#uses, region);
      for (const { made } of assignments) {
        const loop = made.by === "element" ? this.#turns.get(made.index) : undefined;
        if (loop && loop !== node) reads.add(loop.id);
      }
      for (const read of outside) {
        const makers = read.kind === "input" ? ["input"] : (this.#makers.get(read.variable) ?? []);
        for (const maker of makers) if (maker !== node.id) reads.add(maker);
      }
    }
    return [...reads];
  }

  /** Who makes what: steps and maps their results, maps their items, loops their elements, a try its error. */
  #collect(block: Block): void {
    for (const node of block) {
      if (node.kind === "loop") this.#turns.set(node.turn, node);
      for (const region of regionsOf(node))
        for (const { made, cells } of new RegionReads(this.#uses, region).assignments) {
          // What the lowering counts is nobody's data; an element belongs to its loop, wherever it is taken out.
          if (!["declaration", "statement", "script", "element"].includes(made.by)) continue;
          const maker = made.by === "element" ? (this.#turns.get(made.index) ?? node) : node;
          for (const cell of cells) this.#make(cell.variable, maker);
        }
      if ("result" in node && node.result) this.#make(node.result.variable, node);
      if (node.kind === "map") for (const one of [node.item, node.index]) this.#make(one.variable, node);
      if (node.kind === "try") this.#make(node.error.variable, node);
      for (const inner of innerBlocks(node)) this.#collect(inner);
    }
  }

  #make(variable: string, { id }: GraphNode): void {
    this.#makers.set(variable, (this.#makers.get(variable) ?? new Set()).add(id));
  }

  #blocks(node: GraphNode): FlowBlock[] {
    const labels = this.#labels(node);
    return innerBlocks(node).map((inner, i, all) => ({
      label: labels[i] ?? `${i + 1}`,
      ...(node.kind === "switch" && i < all.length - 1 && !ends(inner) && { fallsThrough: true }),
      nodes: this.block(inner),
    }));
  }

  #labels(node: GraphNode): string[] {
    switch (node.kind) {
      case "branch":
        return ["yes", "no"];
      case "loop":
        return ["turn", "between turns"];
      case "block":
        return ["block"];
      case "leave":
        return ["finally"];
      case "script":
        return node.exits.map(() => "leaves");
      case "map":
        return ["item"];
      case "try":
        return ["try", "catch"];
      case "switch":
        return this.#cases(node);
      default:
        return [];
    }
  }

  #cases({ choice, cases, bodies, fallback }: SwitchNode): string[] {
    const [, ...tests] = choice.values;
    return bodies.map((_, i) => {
      const test = tests[cases.indexOf(i)]?.expression;
      return i === fallback || !test
        ? "default"
        : `case ${this.#source(test).slice(test).replace(/\s+/g, " ")}`;
    });
  }
}

const innerBlocks = (node: GraphNode): Block[] => [...bodiesOf(node), ...armsOf(node)];

function kindOf(node: GraphNode): string {
  if (node.kind === "jump") return node.jump;
  if (node.kind === "wait") return node.wait === "sleep" || node.wait === "until" ? "sleep" : node.wait;
  return node.kind === "check" ? "set" : node.kind;
}

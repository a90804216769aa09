import { type Expression, type Node, parseSync } from "oxc-parser";
import { childrenOf, isNode } from "../parse/ast.ts";
import { noteMade, noteWriting } from "../parse/make.ts";
import type { SourceFile, Span } from "../source-file.ts";

/** The author's nodes, by the names that stand for them in a template: in the order of the source, and each once. */
export type Parts = Readonly<Record<string, Node>>;

/** Of a character: a made node is so much wider than what it is made of. */
const STEP = 1 / 65_536;
/** Between two of them. */
const ROOM = 64 * STEP;

/**
 * Makes code that nobody wrote out of text, and of nodes of the author's. The checks ask what lies within what by places in
 * the source, so the new nodes have places too: between those of the author's, each in the one that it is a part of, and
 * nowhere where another one is.
 */
export class Templates {
  readonly #source: SourceFile;
  #count = 0;
  /** By a place in the source: what has been given away behind it. */
  readonly #taken = new Map<number, number>();

  constructor(source: SourceFile) {
    this.#source = source;
  }

  /** A name that the module has not. */
  fresh(wish: string): string {
    for (;;) {
      const name = `${wish}$${++this.#count}`;
      if (!this.#source.text.includes(name)) return name;
    }
  }

  /** As its author wrote it, to stand in a template. */
  text(node: Span): string {
    return this.#source.slice(node);
  }

  /**
   * @param at what it stands in the place of
   * @param from behind what the first of it stands
   */
  expression(text: string, parts: Parts, at: Span, from = at.start - 1): Expression {
    const [statement] = this.statements(`(${text});`, parts, from);
    if (statement?.type !== "ExpressionStatement") throw new Error(`No expression: ${text}`);
    return Object.assign(statement.expression, { start: at.start, end: at.end });
  }

  /** @param from behind what it stands */
  statements(text: string, parts: Parts, from: number): Node[] {
    const whole = `async () => { ${text} }`;
    const { program } = parseSync("template.ts", whole, { preserveParens: false });
    const [statement] = program.body;
    const fn = statement?.type === "ExpressionStatement" ? statement.expression : undefined;
    if (fn?.type !== "ArrowFunctionExpression" || fn.body.type !== "BlockStatement")
      throw new Error(`No template: ${text}`);
    const filler = new Filler({ text: whole, parts, from, place: (behind) => this.#place(behind) });
    return fn.body.body.map((one) => filler.fill(one));
  }

  #place(behind: number): number {
    const character = Math.floor(behind);
    const place = Math.max(behind, this.#taken.get(character) ?? 0) + ROOM;
    this.#taken.set(character, place);
    return place;
  }
}

interface Filling {
  text: string;
  parts: Parts;
  from: number;
  place(behind: number): number;
}

class Filler {
  readonly #filling: Filling;
  /** Where what stands before ends. */
  #end: number;

  constructor(filling: Filling) {
    this.#filling = filling;
    this.#end = filling.from;
  }

  fill(node: Node): Node {
    const part = this.#partFor(node);
    if (!part) return this.#made(node);
    if (part.start < this.#end) throw new Error(`Not in the order of the source: ${this.#filling.text}`);
    this.#end = part.end;
    return part;
  }

  /** A statement stands in the place of a name with its semicolon. */
  #partFor(node: Node): Node | undefined {
    const name = node.type === "ExpressionStatement" ? node.expression : node;
    const part = name.type === "Identifier" ? this.#filling.parts[name.name] : undefined;
    return part && (name === node || part.type.endsWith("Statement")) ? part : undefined;
  }

  #made(node: Node): Node {
    const children = new Set(childrenOf(node));
    const inside: Node[] = [];
    const anew = (value: unknown): unknown => {
      if (!isNode(value) || !children.has(value)) return value;
      const filled = this.fill(value);
      inside.push(filled);
      return filled;
    };
    const made = { ...node } as unknown as Record<string, unknown>;
    for (const [key, value] of Object.entries(made))
      made[key] = Array.isArray(value) ? value.map(anew) : anew(value);
    const [start, end] = this.#spanOf(inside);
    this.#end = end;
    const filled = noteMade({ ...made, start, end } as unknown as Node);
    const spans = [...children].map((one) => ({ start: one.start, end: one.end }));
    noteWriting(filled, { text: this.#filling.text, start: node.start, end: node.end, children: spans });
    return filled;
  }

  #spanOf(inside: readonly Node[]): [number, number] {
    if (inside.length > 0)
      return [
        Math.min(...inside.map(({ start }) => start)),
        Math.max(...inside.map(({ end }) => end)) + STEP,
      ];
    const own = this.#filling.place(this.#end);
    return [own, own + STEP];
  }
}

import { type Filter, FilterParser } from "./filter-parse.ts";

/** One step of a path. */
export type Segment =
  | { kind: "names"; names: string[] }
  | { kind: "indexes"; indexes: number[] }
  | { kind: "slice"; from: number | undefined; to: number | undefined }
  | { kind: "wildcard" }
  | { kind: "filter"; filter: Filter; text: string }
  | { kind: "descend" }
  /** `length()`, `sum()` …, at the end of a path that names one place. */
  | { kind: "function"; name: string };

/** What a path starts from: `$` the document, `$$` the context object, `$name` a variable, `@` a filter's element. */
export type Root = { kind: "input" | "context" | "current" } | { kind: "variable"; name: string };

export interface Path {
  text: string;
  root: Root;
  segments: Segment[];
  /** It names one value at most. All others give the list of what they match, be it empty. */
  definite: boolean;
}

export class PathSyntaxError extends Error {}

/** A path that AWS takes and this engine does not evaluate. */
export class PathUnsupported extends Error {}

const ROOT = /^(\$\$|\$(?=$|[.[])|\$([\p{ID_Start}_][\p{ID_Continue}]*)|@)/u;
const NAME = /[^\s.[\]()]+/y;

/** Those whose answer is known: AWS's library counts, and finds no number to reckon with in a list. */
const FUNCTIONS = ["length", "sum", "min", "max", "avg", "stddev"];

/** Definitions repeat their paths, and a state may be entered many times. */
const parsed = new Map<string, Path>();
const MAX_PARSED = 10_000;

/** @throws PathSyntaxError, PathUnsupported */
export function parsePath(text: string): Path {
  const known = parsed.get(text);
  if (known) return known;
  const path = parseWhole(text);
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(text, path);
  return path;
}

function parseWhole(text: string): Path {
  const start = ROOT.exec(text);
  if (!start) throw new PathSyntaxError(`The path '${text}' does not begin with $.`);
  const parser = new SegmentParser(text, start[0].length);
  const segments = parser.parse();
  if (segments.at(-1)?.kind === "function" && !isDefinite(segments))
    throw new PathUnsupported(`a function of many matches ('${text}')`);
  return { text, root: rootOf(start), segments, definite: isDefinite(segments) };
}

function rootOf([whole, , name]: RegExpExecArray): Root {
  if (name !== undefined) return { kind: "variable", name };
  if (whole === "@") return { kind: "current" };
  return { kind: whole === "$$" ? "context" : "input" };
}

/** Several names at the end give one object, so that is definite too. */
function isDefinite(segments: readonly Segment[]): boolean {
  return segments.every((segment, index) => {
    if (segment.kind === "names") return segment.names.length === 1 || index === segments.length - 1;
    return segment.kind === "function" || (segment.kind === "indexes" && segment.indexes.length === 1);
  });
}

class SegmentParser {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  parse(): Segment[] {
    const segments: Segment[] = [];
    while (this.#at < this.#text.length) segments.push(...this.#segment());
    return segments;
  }

  #segment(): Segment[] {
    if (this.#take("..")) {
      if (this.#text[this.#at] === "[") return [{ kind: "descend" }, this.#bracket()];
      return [{ kind: "descend" }, this.#named()];
    }
    const dotted = this.#take(".");
    if (this.#text[this.#at] === "[") return [this.#bracket()]; // `$.[0]` is taken too
    if (dotted) return [this.#named()];
    throw this.#wrong();
  }

  #named(): Segment {
    if (this.#take("*")) return { kind: "wildcard" };
    NAME.lastIndex = this.#at;
    const name = NAME.exec(this.#text)?.[0];
    if (name === undefined) throw this.#wrong();
    this.#at += name.length;
    if (this.#text[this.#at] === "(") return this.#function(name);
    return { kind: "names", names: [name] };
  }

  #function(name: string): Segment {
    if (FUNCTIONS.includes(name) && this.#text.slice(this.#at) === "()") {
      this.#at += 2;
      return { kind: "function", name };
    }
    throw new PathUnsupported(`the function '${name}' in paths ('${this.#text}')`);
  }

  #bracket(): Segment {
    this.#expect("[");
    this.#blanks();
    const segment = this.#inBrackets();
    this.#blanks();
    this.#expect("]");
    return segment;
  }

  #inBrackets(): Segment {
    if (this.#take("*")) return { kind: "wildcard" };
    if (this.#take("?")) return this.#filter();
    const next = this.#text[this.#at];
    if (next === "'" || next === '"') return { kind: "names", names: this.#list(() => this.#quoted()) };
    if (next === "(") throw new PathUnsupported(`computed indexes ('${this.#text}')`);
    return this.#numbers();
  }

  #numbers(): Segment {
    const from = this.#number();
    this.#blanks();
    if (this.#take(":")) return this.#slice(from);
    if (from === undefined) throw this.#wrong();
    const indexes = [from];
    while (this.#comma()) {
      const index = this.#number();
      if (index === undefined) throw this.#wrong();
      indexes.push(index);
    }
    return { kind: "indexes", indexes };
  }

  /** The library reads a step, and takes every element nonetheless. */
  #slice(from: number | undefined): Segment {
    this.#blanks();
    const to = this.#number();
    if (from === undefined && to === undefined) throw this.#wrong();
    if (this.#take(":")) this.#number();
    return { kind: "slice", from, to };
  }

  #filter(): Segment {
    this.#blanks();
    const begin = this.#at;
    const parser = new FilterParser(this.#text, this.#at);
    const filter = parser.parse();
    this.#at = parser.at;
    return { kind: "filter", filter, text: this.#text.slice(begin, this.#at) };
  }

  #list<T>(element: () => T): T[] {
    const elements = [element()];
    while (this.#comma()) elements.push(element());
    return elements;
  }

  #comma(): boolean {
    this.#blanks();
    const there = this.#take(",");
    if (there) this.#blanks();
    return there;
  }

  #number(): number | undefined {
    const digits = /^-?\d{1,9}/.exec(this.#text.slice(this.#at, this.#at + 10))?.[0];
    if (digits === undefined) return undefined;
    this.#at += digits.length;
    return Number(digits);
  }

  #quoted(): string {
    const { end } = readQuoted(this.#text, this.#at);
    const quote = this.#text[this.#at] ?? "";
    const written = this.#text.slice(this.#at + 1, end - 1);
    this.#at = end;
    // Recorded: in a name, a backslash is itself. Only the quote that would end the name is taken back out.
    return written.replaceAll(`\\${quote}`, quote);
  }

  #blanks(): void {
    while (this.#text[this.#at] === " ") this.#at++;
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#wrong();
  }

  #wrong(): PathSyntaxError {
    return new PathSyntaxError(`The path '${this.#text}' cannot be read at position ${this.#at}.`);
  }
}

/** A text in single or double quotes; a backslash takes the next character as it is. */
export function readQuoted(text: string, start: number): { value: string; end: number } {
  const quote = text[start];
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === quote) return { value, end: at + 1 };
    if (character === "\\") value += text[++at] ?? "";
    else value += character;
  }
  throw new PathSyntaxError(`A quoted text in '${text}' does not end.`);
}

/** The path as error messages spell it: `$['a'][0]`. */
export function canonical(segments: readonly Segment[]): string {
  return `$${segments.map(canonicalSegment).join("")}`;
}

function canonicalSegment(segment: Segment): string {
  switch (segment.kind) {
    case "names":
      return `[${segment.names.map((name) => `'${name}'`).join(", ")}]`;
    case "indexes":
      return `[${segment.indexes.join(",")}]`;
    case "slice":
      return `[${segment.from ?? ""}:${segment.to ?? ""}]`;
    case "wildcard":
      return "[*]";
    case "filter":
      return "[?]";
    case "descend":
      return "..";
    case "function":
      return `.${segment.name}()`;
  }
}

import { type Path, parsePath } from "../jsonpath/parse.ts";

/** An argument of an intrinsic function. */
export type Argument =
  | { kind: "literal"; value: string | number | boolean | null; raw?: string }
  | { kind: "path"; path: Path }
  | { kind: "call"; call: Call };

export interface Call {
  /** With the prefix: `States.Format`. */
  name: string;
  args: Argument[];
  text: string;
}

export class IntrinsicSyntaxError extends Error {}

/** Levels of nesting that AWS takes. */
const MAX_DEPTH = 10;

const NAME = /States\.[A-Za-z0-9]+/y;
const LITERAL = /(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?=\s*[,)])/y;

const parsed = new Map<string, Call>();
const MAX_PARSED = 10_000;

/** @throws IntrinsicSyntaxError; PathSyntaxError or PathUnsupported for a path in it */
export function parseIntrinsic(text: string): Call {
  const known = parsed.get(text);
  if (known) return known;
  const parser = new Parser(text);
  const call = parser.parse();
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(text, call);
  return call;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Call {
    const call = this.#call(1);
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#wrong();
    return call;
  }

  #call(depth: number): Call {
    if (depth > MAX_DEPTH) {
      throw new IntrinsicSyntaxError(`Intrinsic functions may be nested ${MAX_DEPTH} levels deep.`);
    }
    const start = this.#at;
    const name = this.#match(NAME);
    if (name === undefined) throw this.#wrong();
    this.#blanks();
    this.#expect("(");
    this.#blanks();
    const args: Argument[] = [];
    if (!this.#take(")")) {
      do args.push(this.#argument(depth));
      while (this.#take(","));
      this.#expect(")");
    }
    return { name, args, text: this.#text.slice(start, this.#at) };
  }

  #argument(depth: number): Argument {
    this.#blanks();
    const next = this.#text[this.#at];
    let argument: Argument;
    if (next === "'") argument = this.#quoted();
    else if (next === "$") argument = { kind: "path", path: parsePath(this.#pathText()) };
    else if (next === "S") argument = { kind: "call", call: this.#call(depth + 1) };
    else {
      const literal = this.#match(LITERAL);
      if (literal === undefined) throw this.#wrong();
      argument = { kind: "literal", value: JSON.parse(literal) as number | boolean | null };
    }
    this.#blanks();
    return argument;
  }

  /** `\'`, `\{`, `\}` and `\\` stand for the character itself; a template of States.Format needs the text as written. */
  #quoted(): Argument {
    const start = ++this.#at;
    let value = "";
    while (this.#text[this.#at] !== "'") {
      const character = this.#text[this.#at];
      if (character === undefined) throw this.#wrong();
      if (character === "\\") {
        const escaped = this.#text[++this.#at];
        if (escaped === undefined || !"'{}\\".includes(escaped)) throw this.#wrong();
        value += escaped;
      } else value += character;
      this.#at++;
    }
    const raw = this.#text.slice(start, this.#at++);
    return { kind: "literal", value, raw };
  }

  /** Up to the comma or parenthesis that is no part of brackets, quotes or a filter's own parentheses. */
  #pathText(): string {
    const start = this.#at;
    let depth = 0;
    let quote: string | undefined;
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] ?? "";
      if (quote !== undefined) {
        if (character === "\\") this.#at++;
        else if (character === quote) quote = undefined;
      } else if (depth > 0 && (character === "'" || character === '"')) quote = character;
      else if (character === "[" || character === "(") depth++;
      else if (depth > 0 && (character === "]" || character === ")")) depth--;
      else if (depth === 0 && (character === "," || character === ")" || character === " ")) break;
    }
    return this.#text.slice(start, this.#at);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #take(token: string): boolean {
    if (this.#text[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#wrong();
  }

  #wrong(): IntrinsicSyntaxError {
    return new IntrinsicSyntaxError(`The intrinsic function cannot be read at position ${this.#at}.`);
  }
}

import type { Json } from "../../model/json.ts";
import { type Path, PathSyntaxError, PathUnsupported, parsePath, readQuoted } from "./parse.ts";

export type Comparator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "nin";

/** One side of a comparison. */
export type Operand = { kind: "literal"; value: Json } | { kind: "path"; path: Path };

/** The predicate in `[?(…)]`. */
export type Filter =
  | { kind: "or" | "and"; left: Filter; right: Filter }
  | { kind: "not"; inner: Filter }
  | { kind: "compare"; comparator: Comparator; left: Operand; right: Operand }
  | { kind: "exists"; path: Path };

const COMPARATOR = /(==|!=|<=|>=|<|>|=~|[a-zA-Z]+)/y;
const KNOWN: readonly string[] = ["==", "!=", "<=", ">=", "<", ">", "in", "nin"];
const LITERAL = /(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;
const MAX_DEPTH = 50;

/** Reads a predicate, its outer parentheses included; `at` stands behind it then. */
export class FilterParser {
  at: number;
  readonly #text: string;
  #depth = 0;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  parse(): Filter {
    this.#expect("(");
    const filter = this.#either();
    this.#expect(")");
    return filter;
  }

  #either(): Filter {
    if (++this.#depth > MAX_DEPTH) throw new PathSyntaxError("The filter is nested too deeply.");
    let left = this.#both();
    while (this.#take("||")) left = { kind: "or", left, right: this.#both() };
    this.#depth--;
    return left;
  }

  #both(): Filter {
    let left = this.#single();
    while (this.#take("&&")) left = { kind: "and", left, right: this.#single() };
    return left;
  }

  #single(): Filter {
    if (this.#take("!")) return { kind: "not", inner: this.#single() };
    this.#blanks();
    if (this.#text[this.at] === "(") return this.parse();
    const left = this.#operand();
    const comparator = this.#comparator();
    if (comparator) return { kind: "compare", comparator, left, right: this.#operand() };
    if (left.kind !== "path") throw this.#wrong();
    return { kind: "exists", path: left.path };
  }

  #comparator(): Comparator | undefined {
    this.#blanks();
    COMPARATOR.lastIndex = this.at;
    const found = COMPARATOR.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.at += found.length;
    const name = found.toLowerCase();
    if (!KNOWN.includes(name)) throw new PathUnsupported(`the filter operator '${found}'`);
    return name as Comparator;
  }

  #operand(): Operand {
    this.#blanks();
    const next = this.#text[this.at];
    if (next === "'" || next === '"') {
      const { value, end } = readQuoted(this.#text, this.at);
      this.at = end;
      return { kind: "literal", value };
    }
    if (next === "[") return { kind: "literal", value: this.#literals() };
    if (next === "@" || next === "$") return { kind: "path", path: parsePath(this.#pathText()) };
    LITERAL.lastIndex = this.at;
    const literal = LITERAL.exec(this.#text)?.[0];
    if (literal === undefined) throw this.#wrong();
    this.at += literal.length;
    return { kind: "literal", value: JSON.parse(literal) as Json };
  }

  #literals(): Json[] {
    this.#expect("[");
    const values: Json[] = [];
    if (this.#take("]")) return values;
    do {
      const operand = this.#operand();
      if (operand.kind !== "literal") throw this.#wrong();
      values.push(operand.value);
    } while (this.#take(","));
    this.#expect("]");
    return values;
  }

  /** The path ends where, outside of brackets and quotes, something else begins. */
  #pathText(): string {
    const start = this.at;
    let depth = 0;
    while (this.at < this.#text.length) {
      const character = this.#text[this.at] ?? "";
      if (depth > 0 && (character === "'" || character === '"')) {
        this.at = readQuoted(this.#text, this.at).end;
        continue;
      }
      if (character === "[") depth++;
      else if (character === "]") depth--;
      if (depth < 0 || (depth === 0 && /[\s()=!<>&|,]/.test(character))) break;
      this.at++;
    }
    if (this.#text[this.at] === "(") throw new PathUnsupported("functions in filters");
    return this.#text.slice(start, this.at);
  }

  #blanks(): void {
    while (this.#text[this.at] === " ") this.at++;
  }

  #take(token: string): boolean {
    this.#blanks();
    if (!this.#text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#wrong();
  }

  #wrong(): PathSyntaxError {
    return new PathSyntaxError(`The filter in '${this.#text}' cannot be read at position ${this.at}.`);
  }
}

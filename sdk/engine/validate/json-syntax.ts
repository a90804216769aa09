/** What is wrong with a text that is no JSON, in the words of the parser that the service uses (Jackson). */
export interface JsonSyntaxProblem {
  message: string;
  /** `[Source: (String)"<text>"; line: 1, column: 4]` */
  source: string;
}

const EXPECTED = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const SHOWN = 500;

/** @returns nothing for a text that is JSON */
export function jsonSyntaxProblem(text: string): JsonSyntaxProblem | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const { problem, end } = new Scanner(text).find();
    const before = text.slice(0, end).split(/\r\n|\r|\n/);
    const shown =
      text.length > SHOWN ? `${text.slice(0, SHOWN)}"[truncated ${text.length - SHOWN} chars]` : `${text}"`;
    const source = `[Source: (String)"${shown}; line: ${before.length}, column: ${(before.at(-1)?.length ?? 0) + 1}]`;
    return { message: `${problem}\n at ${source}`, source };
  }
}

interface Found {
  problem: string;
  /** How far the parser has read. */
  end: number;
}

/** Thrown through the recursion when the problem has been found. */
class Stop {
  readonly found: Found;

  constructor(problem: string, end: number) {
    this.found = { problem, end };
  }
}

/** Reads a text as the service's parser does, up to the first thing that is wrong. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  find(): Found {
    try {
      this.#value();
      this.#blanks();
      throw this.#unexpected("end of input");
    } catch (thrown) {
      if (thrown instanceof Stop) return thrown.found;
      throw thrown;
    }
  }

  #blanks(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #value(): void {
    this.#blanks();
    const next = this.#text[this.#at];
    if (next === undefined) throw this.#ended();
    if (next === "{") this.#object();
    else if (next === "[") this.#array();
    else if (next === '"') this.#string();
    else if (/[-0-9]/.test(next)) this.#number();
    else this.#word();
  }

  #object(): void {
    this.#at++;
    this.#blanks();
    if (this.#taken("}")) return;
    for (;;) {
      this.#blanks();
      const next = this.#text[this.#at];
      if (next === undefined) throw this.#ended();
      if (next !== '"') throw this.#unexpected("was expecting double-quote to start field name");
      this.#string();
      this.#blanks();
      if (!this.#taken(":")) throw this.#unexpected("was expecting a colon to separate field name and value");
      this.#value();
      this.#blanks();
      if (this.#taken("}")) return;
      if (!this.#taken(",")) throw this.#unexpected("was expecting comma to separate Object entries");
    }
  }

  #array(): void {
    this.#at++;
    this.#blanks();
    if (this.#taken("]")) return;
    for (;;) {
      this.#value();
      this.#blanks();
      if (this.#taken("]")) return;
      if (!this.#taken(",")) throw this.#unexpected("was expecting comma to separate Array entries");
    }
  }

  #string(): void {
    for (this.#at++; ; this.#at++) {
      const next = this.#text[this.#at];
      if (next === undefined)
        throw new Stop("Unexpected end-of-input: was expecting closing quote for a string value", this.#at);
      if (next === '"') break;
      if (next === "\\") this.#at++;
      else if (next < " ") {
        const shown = `CTRL-CHAR, code ${next.charCodeAt(0)}`;
        const problem = `Illegal unquoted character ((${shown})): has to be escaped using backslash to be included in string value`;
        throw new Stop(problem, this.#at + 1);
      }
    }
    this.#at++;
  }

  #number(): void {
    const found = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.#text.slice(this.#at))?.[0];
    if (found === undefined)
      throw this.#unexpected("expected digit (0-9) to follow minus sign, for valid numeric value");
    this.#at += found.length;
  }

  /** A word: one of the three that JSON knows, or an unknown one, which is named whole. */
  #word(): void {
    const word = /^[\p{L}\p{N}_$]+/u.exec(this.#text.slice(this.#at))?.[0];
    if (word === undefined) throw this.#unexpected(`expected a valid value ${EXPECTED}`);
    this.#at += word.length;
    if (word === "true" || word === "false" || word === "null") return;
    throw new Stop(`Unrecognized token '${word}': was expecting ${EXPECTED}`, this.#at);
  }

  #taken(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #unexpected(expecting: string): Stop {
    const next = this.#text[this.#at];
    if (next === undefined) return this.#ended();
    const code = next.codePointAt(0) ?? 0;
    return new Stop(`Unexpected character ('${next}' (code ${code})): ${expecting}`, this.#at + 1);
  }

  #ended(): Stop {
    return new Stop("Unexpected end-of-input within/between Object entries", this.#at);
  }
}

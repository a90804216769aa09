/** A regular expression that JavaScript, jsonata and Java read alike on text without surrogates. */
export interface Regular {
  /** As JSONata's literal. */
  code: string;
  /** How many groups it captures; each of them takes part in every match. */
  groups: number;
}

/** How long quantifiers may count. */
const MOST_TIMES = 1000;

const WORD = "A-Za-z0-9_";
/** What `\s` is in JavaScript; Java's knows fewer. */
const BLANK = "\\t\\n\\x0b\\f\\r\\x20\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";
const SETS: Record<string, string> = { d: "0-9", w: WORD, s: BLANK };
const CONTROLS: Record<string, string> = { t: "\t", n: "\n", v: "\v", f: "\f", r: "\r" };

/**
 * The regular expression, written so that nothing in it depends on the engine; nothing where something does, or where it
 * may match an empty text, which JSONata refuses.
 */
export function regular(pattern: string, flags: string): Regular | undefined {
  if (/[^gi]/.test(flags)) return undefined;
  const made = new Reader(pattern, flags.includes("i")).read();
  return made && { code: `/${made.code}/${flags.includes("i") ? "i" : ""}`, groups: made.groups };
}

interface Part {
  code: string;
  /** The fewest characters that it matches. */
  least: number;
  groups: number;
}

class Reader {
  readonly #text: string;
  readonly #ignoresCase: boolean;
  #at = 0;

  constructor(text: string, ignoresCase: boolean) {
    this.#text = text;
    this.#ignoresCase = ignoresCase;
  }

  read(): Part | undefined {
    const part = this.#choice();
    return part && this.#at === this.#text.length && part.least > 0 ? part : undefined;
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #take(text: string): boolean {
    const is = this.#text.startsWith(text, this.#at);
    if (is) this.#at += text.length;
    return is;
  }

  /** `a|b`; a group in one of them does not take part in each match. */
  #choice(): Part | undefined {
    const parts: Part[] = [];
    do {
      const one = this.#sequence();
      if (!one) return undefined;
      parts.push(one);
    } while (this.#take("|"));
    const [only, ...more] = parts;
    if (only && more.length === 0) return only;
    if (parts.some(({ groups }) => groups > 0)) return undefined;
    const code = parts.map((one) => one.code).join("|");
    return { code, least: Math.min(...parts.map(({ least }) => least)), groups: 0 };
  }

  #sequence(): Part | undefined {
    const whole: Part = { code: "", least: 0, groups: 0 };
    while (this.#at < this.#text.length && this.#peek() !== "|" && this.#peek() !== ")") {
      const atom = this.#atom();
      const one = atom && this.#repeated(atom);
      if (!one) return undefined;
      whole.code += one.code;
      whole.least += one.least;
      whole.groups += one.groups;
    }
    return whole;
  }

  #repeated(atom: Part): Part | undefined {
    const quantifier = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(this.#text.slice(this.#at));
    if (!quantifier) return this.#peek() === "{" ? undefined : atom;
    const [text, from, , to] = quantifier;
    const least = text.startsWith("+") ? 1 : Number(from ?? 0);
    // What repeats may match nothing, or be captured, otherwise from engine to engine.
    if (atom.least === 0 || atom.groups > 0 || Math.max(least, Number(to ?? 0)) > MOST_TIMES)
      return undefined;
    this.#at += text.length;
    return { code: `${atom.code}${text}`, least: atom.least * least, groups: 0 };
  }

  #atom(): Part | undefined {
    if (this.#take("(")) return this.#group();
    if (this.#take("[")) return this.#set();
    if (this.#take("^")) return { code: "^", least: 0, groups: 0 };
    // Java's `$` also stands before the end of a last line.
    if (this.#take("$")) return { code: "(?![\\s\\S])", least: 0, groups: 0 };
    if (this.#take(".")) return one("[^\\n\\r\\u2028\\u2029]");
    if (this.#take("\\b"))
      return {
        code: `(?:(?<![${WORD}])(?=[${WORD}])|(?<=[${WORD}])(?![${WORD}]))`,
        least: 0,
        groups: 0,
      };
    const set = this.#escapedSet();
    if (set) return one(`[${set.negated ? "^" : ""}${set.code}]`);
    if (/[*+?{}\])]/.test(this.#peek() ?? "*")) return undefined;
    const char = this.#char();
    return char ? one(char) : undefined;
  }

  #group(): Part | undefined {
    const isOpen = this.#take("?:");
    if (!isOpen && this.#peek() === "?") return undefined; // looks around, or has a name
    const inner = this.#choice();
    if (!inner || !this.#take(")")) return undefined;
    return isOpen
      ? { ...inner, code: `(?:${inner.code})` }
      : { code: `(${inner.code})`, least: inner.least, groups: inner.groups + 1 };
  }

  #set(): Part | undefined {
    const negated = this.#take("^");
    let code = "";
    while (!this.#take("]")) {
      const set = this.#escapedSet();
      if (set?.negated) return undefined;
      if (set) {
        code += set.code;
        if (this.#peek() === "-" && this.#text[this.#at + 1] !== "]") return undefined;
        continue;
      }
      const first = this.#char();
      if (!first) return undefined;
      code += first;
      if (this.#peek() !== "-" || this.#text[this.#at + 1] === "]") continue;
      this.#at++;
      const last = this.#escapedSet() ? undefined : this.#char();
      if (!last) return undefined;
      code += `-${last}`;
    }
    return code === "" ? undefined : one(`[${negated ? "^" : ""}${code}]`);
  }

  /** `\d`, `\W` and the like. */
  #escapedSet(): { code: string; negated: boolean } | undefined {
    const letter = /^\\([dDwWsS])/.exec(this.#text.slice(this.#at))?.[1];
    if (letter === undefined) return undefined;
    this.#at += 2;
    return { code: SETS[letter.toLowerCase()] ?? "", negated: letter < "a" };
  }

  /** One character, as every engine reads it. */
  #char(): string | undefined {
    const escaped = this.#take("\\");
    const char = this.#peek();
    if (char === undefined) return undefined;
    this.#at++;
    if (escaped && /[0-9A-Za-z]/.test(char)) {
      const control = CONTROLS[char];
      return control && written(control);
    }
    if (/[\ud800-\udfff]/.test(char) || (this.#ignoresCase && char > "\x7f")) return undefined;
    return written(char);
  }
}

const one = (code: string): Part => ({ code, least: 1, groups: 0 });

/** By its number, unless it means itself everywhere. */
function written(char: string): string {
  if (/[0-9A-Za-z]/.test(char)) return char;
  const number = char.charCodeAt(0).toString(16);
  return number.length <= 2 ? `\\x${number.padStart(2, "0")}` : `\\u${number.padStart(4, "0")}`;
}

/** A place in a source file; lines and columns count from 1, as editors do. */
export interface Place {
  line: number;
  column: number;
}

export interface Span {
  start: number;
  end: number;
}

/** What the author wrote, of a text that was written anew. */
export interface Origin {
  text: string;
  /** Where in it a place of the new text stands. */
  placeOf(offset: number): number;
}

/**
 * The text of one file, with its lines. Offsets are UTF-16 units. The files of a build lie one after the other, so that
 * an offset alone tells the file: `base` is where this one begins.
 */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  readonly base: number;
  readonly #lineStarts: number[];
  readonly #origin: Origin | undefined;
  /** What the author wrote: places are told in it. */
  readonly #written: string;

  constructor(path: string, text: string, base = 0, origin?: Origin) {
    this.path = path;
    this.text = text;
    this.base = base;
    this.#origin = origin;
    this.#written = origin?.text ?? text;
    this.#lineStarts = [0];
    for (let i = 0; i < this.#written.length; i++)
      if (this.#written[i] === "\n") this.#lineStarts.push(i + 1);
  }

  /** What nobody wrote lies between two characters. */
  #offset(at: number): number {
    const offset = Math.ceil(at - this.base);
    return this.#origin?.placeOf(offset) ?? offset;
  }

  place(at: number): Place {
    const offset = this.#offset(at);
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }

  slice(span: Span): string {
    return this.text.slice(span.start - this.base, span.end - this.base);
  }

  /** The lines around a span, the span underlined; of long lines the part around it. */
  codeFrame(span: Span): string {
    const { line, column } = this.place(span.start);
    const lines = this.#written.split(/\r?\n/);
    const first = Math.max(1, line - 1);
    const last = Math.min(lines.length, line + 1);
    const width = String(last).length;
    const from = column > MOST_COLUMNS ? column - 1 - COLUMNS_BEFORE : 0;
    const out: string[] = [];
    for (let n = first; n <= last; n++) {
      const whole = lines[n - 1] ?? "";
      const text = part(whole, from);
      out.push(`${n === line ? ">" : " "} ${String(n).padStart(width)} | ${text}`);
      if (n !== line) continue;
      const at = column - 1 - from + (from > 0 ? 1 : 0);
      const length = Math.max(
        1,
        Math.min(
          this.#offset(span.end) - this.#offset(span.start),
          whole.length - column + 1,
          text.length - at,
        ),
      );
      out.push(`  ${" ".repeat(width)} | ${" ".repeat(at)}${"^".repeat(length)}`);
    }
    return out.join("\n");
  }
}

const MOST_COLUMNS = 120;
const COLUMNS_BEFORE = 40;

function part(line: string, from: number): string {
  const text = `${from > 0 && line.length > from ? "…" : ""}${line.slice(from, from + MOST_COLUMNS)}`;
  return line.length > from + MOST_COLUMNS ? `${text}…` : text;
}

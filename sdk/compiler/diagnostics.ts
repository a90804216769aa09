import { DIAGNOSTICS, type DiagnosticCode } from "./diagnostic-catalogue.ts";
import type { SourceFile, Span } from "./source-file.ts";

/** One mistake of the author, with its place; all of a file are collected, none is thrown. */
export interface Diagnostic {
  code: DiagnosticCode;
  /** One sentence of cause. */
  message: string;
  /** One sentence of mend. */
  mend: string;
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units. */
  column: number;
  endLine: number;
  endColumn: number;
  /** The line and its neighbours, the span underlined. */
  frame: string;
}

export class Diagnostics {
  readonly list: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #starts: (readonly [path: string, offset: number])[] = [];

  add(source: SourceFile, code: DiagnosticCode, span: Span, message?: string): void {
    const start = source.place(span.start);
    const end = source.place(span.end);
    const key = `${source.path}:${start.line}:${start.column}:${code}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#starts.push([source.path, span.start]);
    const { title, mend } = DIAGNOSTICS[code];
    this.list.push({
      code,
      message: message ?? `${title}.`,
      mend,
      file: source.path,
      ...start,
      endLine: end.line,
      endColumn: end.column,
      frame: source.codeFrame(span),
    });
  }

  /** True when a diagnostic begins inside the span. */
  anyWithin({ path }: SourceFile, span: Span): boolean {
    return this.#starts.some(([file, start]) => file === path && start >= span.start && start < span.end);
  }

  get any(): boolean {
    return this.list.length > 0;
  }

  sorted(): Diagnostic[] {
    return [...this.list].sort(
      (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
    );
  }
}

/** `file:line:column code message`, the frame, and the mend: what a terminal shows. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, code, message, mend, frame } = diagnostic;
  return `${file}:${line}:${column} ${code} ${message}\n${frame}\n  Mend: ${mend}`;
}

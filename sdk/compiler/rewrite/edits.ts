import type { Origin, Span } from "../source-file.ts";

/** A piece of a module written anew: text, and pieces of the module (with what is written anew in them). */
export interface Edit extends Span {
  with: readonly (string | Piece)[];
}

/** A piece of the module; `bare` is it without the edit of this very piece. */
export interface Piece extends Span {
  bare?: true;
}

/** The text with its edits, and where in the original each piece of it stands. Edits lie in each other, or apart. */
export function rewritten(text: string, edits: readonly Edit[]): { text: string; origin: Origin } {
  const inOrder = [...edits].sort((a, b) => a.start - b.start || order(a) - order(b) || b.end - a.end);
  const pieces: { out: number; at: number; length: number }[] = [];
  let out = "";
  const put = (piece: string, at: number, length: number): void => {
    if (piece === "") return;
    pieces.push({ out: out.length, at, length });
    out += piece;
  };
  const write = (span: Span, without?: Edit): void => {
    let at = span.start;
    for (const edit of inOrder) {
      const isInside = edit.start >= at && edit.end <= span.end && edit !== without;
      if (!isInside || (edit.start === edit.end && edit.start === span.end && span.end !== text.length))
        continue;
      if (without && edit.start === edit.end && edit.start === span.start) continue; // it stands before the piece
      put(text.slice(at, edit.start), at, edit.start - at);
      for (const part of edit.with)
        if (typeof part === "string") put(part, edit.start, 0);
        else
          write(
            part,
            part.bare ? edits.find((one) => one.start === part.start && one.end === part.end) : edit,
          );
      at = edit.end;
    }
    put(text.slice(at, span.end), at, span.end - at);
  };
  write({ start: 0, end: text.length });
  const placeOf = (offset: number): number => {
    const piece = pieces.findLast((one) => one.out <= offset);
    return piece ? piece.at + Math.min(offset - piece.out, piece.length) : offset;
  };
  return { text: out, origin: { text, placeOf } };
}

/** What is put in stands before what is replaced at the same place. */
const order = ({ start, end }: Span): number => (start === end ? 0 : 1);

import { isPlainObject, type Json } from "./json.ts";

/** What files of items hold, as an ItemReader of Step Functions reads them. Whoever asks words the failures. */

/** Bytes as text: gzip is unpacked where the caller says how, and a byte order mark is no part of the text. */
export function itemText(bytes: Buffer, unzip: (zipped: Buffer) => Buffer): string {
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isZipped ? unzip(bytes) : bytes).toString("utf8").replace(/^\uFEFF/, "");
}

/** @throws Error */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Error("The file is not valid JSON.");
  }
}

/** JSON Lines: a value a line; blank lines are nothing. @throws Error */
export const parseLines = (text: string): Json[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parseJson);

/** RFC 6901: `/a/b/0`. @throws Error */
export function atPointer(value: Json, pointer: string): Json {
  let found: Json | undefined = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(found)) found = /^\d+$/.test(key) ? found[Number(key)] : undefined;
    else found = isPlainObject(found) && Object.hasOwn(found, key) ? (found[key] as Json) : undefined;
  }
  if (found === undefined) {
    throw new Error(
      "The provided ReaderConfig.ItemsPointer does not match any valid path in the JSON structure.",
    );
  }
  return found;
}

/** Step Functions' names of what may stand between two fields. */
export const CSV_DELIMITERS = { COMMA: ",", PIPE: "|", SEMICOLON: ";", SPACE: " ", TAB: "\t" } as const;

export interface CsvShape {
  delimiter: string;
  /** Given headers; else the first row has them. */
  headers: readonly string[] | undefined;
}

/** Each row as an object of texts; short rows are filled with "", surplus columns dropped (recorded). @throws Error */
export function parseCsv(text: string, { delimiter, headers }: CsvShape): Json[] {
  const rows = csvRows(text, delimiter);
  const names = headers ?? rows.shift() ?? [];
  if (new Set(names).size < names.length) throw new Error("CSV headers cannot contain duplicates.");
  return rows.map((row) => {
    const item: { [key: string]: Json } = {};
    // Plain assignment to `__proto__` would set the prototype.
    for (const [index, value] of names.entries())
      Object.defineProperty(item, value, {
        value: row[index] ?? "",
        writable: true,
        enumerable: true,
        configurable: true,
      });
    return item;
  });
}

/**
 * Rows of fields, by the rules that Step Functions documents: a quoted field may hold delimiters and line ends; a
 * doubled quote stands for one, in any field; a backslash before a backslash, a quote or the delimiter takes away its
 * meaning, any other one is dropped. Lines end with or without a carriage return; empty lines are nothing.
 */
export function csvRows(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let begun = false; // something of the field was there, be it quotes around nothing
  let quoted = false;
  const endField = (): void => {
    row.push(field);
    field = "";
    begun = false;
  };
  const endRow = (): void => {
    const isEmpty = row.length === 0 && field === "" && !begun;
    endField();
    if (!isEmpty) rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    const next = text[at + 1];
    if (character === "\\") {
      if (next === "\\" || next === '"' || next === delimiter) field += text[++at];
      begun = true;
    } else if (character === '"' && next === '"' && (quoted || field !== "")) {
      field += '"';
      at++;
    } else if (quoted) {
      if (character === '"') quoted = false;
      else field += character;
    } else if (character === '"' && field === "") quoted = begun = true;
    else if (character === delimiter) endField();
    else if (character === "\n") endRow();
    else if (character !== "\r" || next !== "\n") field += character;
  }
  if (field !== "" || row.length > 0 || begun) endRow();
  return rows;
}

import { gunzipSync } from "node:zlib";
import { isPlainObject, type Json } from "../../../model/json.ts";
import { StateFailure } from "../../errors.ts";
import { setOwn } from "../../plain.ts";

/** What the files of an ItemReader hold. */

export const readerFailure = (cause: string): StateFailure =>
  new StateFailure({ error: "States.ItemReaderFailed", cause });

/** The text of an object: `Body`, or `Body` in Base64 where `BodyEncoding` says so; gzip is unpacked. */
export function bodyText(answer: Json): string {
  const { Body: body, BodyEncoding: encoding } = isPlainObject(answer) ? answer : {};
  if (typeof body !== "string") throw readerFailure("The object has no Body.");
  if (encoding !== "base64") return body;
  const bytes = Buffer.from(body, "base64");
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
}

export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw readerFailure("The file is not valid JSON.");
  }
}

/** JSON Lines: a value a line; blank lines are nothing. */
export const parseLines = (text: string): Json[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parseJson);

/** RFC 6901: `/a/b/0`. */
export function atPointer(value: Json, pointer: string): Json {
  let found: Json | undefined = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(found)) found = /^\d+$/.test(key) ? found[Number(key)] : undefined;
    else found = isPlainObject(found) && Object.hasOwn(found, key) ? (found[key] as Json) : undefined;
  }
  if (found === undefined) throw readerFailure(`The ItemsPointer '${pointer}' leads nowhere.`);
  return found;
}

export interface CsvShape {
  delimiter: string;
  /** Given headers; else the first row has them. */
  headers: string[] | undefined;
}

/** Each row as an object; short rows are filled with "", surplus columns dropped (recorded). */
export function parseCsv(text: string, { delimiter, headers }: CsvShape): Json[] {
  const rows = csvRows(text, delimiter);
  const names = headers ?? rows.shift() ?? [];
  if (new Set(names).size < names.length) throw readerFailure("CSV headers cannot contain duplicates.");
  return rows.map((row) => {
    const item: { [key: string]: Json } = {};
    for (const [index, name] of names.entries()) setOwn(item, name, row[index] ?? "");
    return item;
  });
}

/** RFC 4180: fields may be quoted, a quote in them is doubled, lines end with or without a carriage return. */
export function csvRows(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  const endField = (): void => {
    row.push(field);
    field = "";
  };
  const endRow = (): void => {
    endField();
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') field += text[++at];
      else quoted = false;
    } else if (character === '"' && field === "") quoted = true;
    else if (character === delimiter) endField();
    else if (character === "\n") endRow();
    else if (character !== "\r" || text[at + 1] !== "\n") field += character;
  }
  if (field !== "" || row.length > 0) endRow();
  return rows;
}

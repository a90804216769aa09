import { createRequire } from "node:module";
import * as zlib from "node:zlib";
import type { FileMetaData, SchemaElement } from "hyparquet";
import { isPlainObject, type Json } from "../../../model/json.ts";
import { runtimeFailure, type StateFailure } from "../../errors.ts";
import { readerFailure } from "./formats.ts";

/**
 * The rows of a Parquet file. Which JSON AWS makes of types that JSON has not (dates, decimals, bytes, maps …) is
 * documented nowhere and recorded nowhere, so such columns are refused.
 */

type Library = typeof import("hyparquet");

/** Few machines read Parquet, so the library is loaded by the first that does; at once, since a replay must take the same turns. */
const load = (): Library => createRequire(import.meta.url)("hyparquet") as Library;

type Unpack = (packed: Uint8Array, length: number) => Uint8Array;

/** Beside Snappy, which the library unpacks itself. Node has Zstandard from 22.15 on. */
const CODECS: Record<string, Unpack | undefined> = {
  GZIP: (packed, length) => zlib.gunzipSync(packed, { maxOutputLength: length }),
  BROTLI: (packed, length) => zlib.brotliDecompressSync(packed, { maxOutputLength: length }),
  ZSTD: (zlib as { zstdDecompressSync?: (packed: Uint8Array) => Uint8Array }).zstdDecompressSync,
};

/** @throws StateFailure for a file that is none, or that has what the engine cannot tell in JSON. */
export async function parquetRows(bytes: Buffer, most: number): Promise<Json[]> {
  const { parquetMetadata, parquetReadObjects } = load();
  // A copy: a Buffer may be a part of a pool.
  const file = new Uint8Array(bytes).buffer;
  const metadata = readable(() => parquetMetadata(file));
  checkCodecs(metadata);
  checkColumns(metadata.schema);
  const compressors = Object.fromEntries(Object.entries(CODECS).filter(([, unpack]) => unpack)) as object;
  const rows = await parquetReadObjects({
    file: { byteLength: file.byteLength, slice: (from, to) => file.slice(from, to) },
    metadata,
    compressors,
    utf8: false,
    rowEnd: Math.min(most, Number(metadata.num_rows)),
  }).catch(unreadable);
  return rows.map(plain);
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): never {
  throw readerFailure(`The file is not valid Parquet: ${(error as Error).message}`);
}

const refused = (what: string): StateFailure =>
  runtimeFailure(`RLT3002: The engine does not read Parquet with ${what}.`);

function checkCodecs({ row_groups: groups }: FileMetaData): void {
  for (const { meta_data: column } of groups.flatMap((group) => group.columns)) {
    const codec = column?.codec ?? "UNCOMPRESSED";
    const isKnown = codec === "UNCOMPRESSED" || codec === "SNAPPY" || CODECS[codec] !== undefined;
    if (!isKnown) throw refused(`the compression ${codec}`);
  }
}

const WHOLE = /^U?INT_(8|16|32|64)$/;

/** The schema is a tree in a list; its first element stands for the row. */
function checkColumns([, ...elements]: readonly SchemaElement[]): void {
  for (const element of elements) {
    // The library would set the prototype of a row.
    if (element.name === "__proto__") throw refused("a column named __proto__");
    const kind = element.logical_type?.type ?? element.converted_type;
    if (!isTellable(element, kind)) throw refused(`columns of ${kind ?? element.type} ('${element.name}')`);
  }
}

function isTellable({ type }: SchemaElement, kind: string | undefined): boolean {
  switch (type) {
    case undefined: // a group of columns
      return kind === undefined || kind === "LIST";
    case "BOOLEAN":
    case "DOUBLE": // not FLOAT: 0.1 in 32 bits is 0.1 or 0.10000000149011612, by who prints it
      return kind === undefined;
    case "INT32":
    case "INT64":
      return kind === undefined || kind === "INTEGER" || WHOLE.test(kind);
    case "BYTE_ARRAY":
      return kind === "UTF8" || kind === "STRING";
    default:
      return false;
  }
}

function plain(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return whole(value);
  if (typeof value === "number") return numeric(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as ArrayLike<unknown>, plain);
  if (isPlainObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
  return value as Json;
}

function whole(value: bigint): Json {
  if (!Number.isSafeInteger(Number(value))) throw refused(`whole numbers above 2^53 (${value})`);
  return Number(value);
}

function numeric(value: number): Json {
  if (!Number.isFinite(value)) throw refused(`numbers that JSON has not (${value})`);
  return value;
}

import { CSV_DELIMITERS } from "../model/item-files.ts";
import { RunletError } from "../model/runlet-error.ts";
import {
  type CsvDelimiter,
  formatOfKey,
  type S3Format,
  type S3Shape,
  type S3Source,
  splitPath,
} from "../model/s3-source.ts";

/** How items lie in an object store; written in place, since it decides what is emitted. */
export interface S3Options {
  /** @default what the key's ending says: .csv, .json, .jsonl, .ndjson; of a prefix the objects themselves */
  readonly format?: Exclude<S3Format, "objects">;
  /** Of CSV: what stands between two fields. @default "," */
  readonly delimiter?: CsvDelimiter;
  /** Of CSV: the names of the columns, where no row has them. @default the first row */
  readonly headers?: readonly string[];
  /** Of JSON: a JSON Pointer to the list, such as `/data/rows`. @default the whole is the list */
  readonly pointer?: string;
  /** At most so many items. @default all */
  readonly limit?: number;
}

/** One object, or all objects below a prefix. */
export type S3Place = { readonly bucket: string } & ({ readonly key: string } | { readonly prefix: string });

/** An object below a prefix, as an item. */
export interface S3Object {
  bucket: string;
  key: string;
  /** Bytes. */
  size: number;
}

const SOURCE = Symbol.for("runlet.s3");

/** Items that lie in an object store, for {@link Task.map}: they are read where the map runs, not in the flow. */
export interface S3Items<Item> {
  readonly kind: "s3";
  /** Only a type: what an item is. */
  readonly item?: Item;
}

/**
 * Items of a map that lie in S3: rows of a CSV file (objects of texts, named by the first row), values of a JSON list,
 * lines of JSON Lines, or the objects below a prefix. Step Functions reads them by itself, any number of them. In plain Node the AWS SDK reads them, or files below
 * `RUNLET_OBJECTS` (`<bucket>/<key>`) where that is set; on one machine `.runlet/objects/<bucket>/<key>`.
 *
 * @param place `"bucket/key"`, `{ bucket, key }` or `{ bucket, prefix }`; the bucket is written in place, or a constant of the module
 * @throws RunletError RLT4002 for a place or options that are none; the map throws RLT3008 for items that cannot be read
 * @example
 * const totals = await importRow.map(s3("shop-exports/orders.csv"), { concurrency: 200 });
 * const sizes = await inspect.map(s3({ bucket: "shop-exports", prefix: `invoices/${day}/` }));
 */
export function s3<Item = Record<string, string>>(
  place: string | (S3Place & S3Options),
  options: S3Options = {},
): S3Items<Item> {
  const source = sourceOf(place, options);
  return Object.freeze(Object.defineProperty({ kind: "s3" as const }, SOURCE, { value: source }));
}

/** Where the items are, or nothing for what is no such thing. */
export const s3SourceOf = (value: unknown): S3Source | undefined =>
  typeof value === "object" && value !== null ? (value as { [SOURCE]?: S3Source })[SOURCE] : undefined;

function sourceOf(place: unknown, options: unknown): S3Source {
  const given = { ...fields(place), ...fields(options) };
  const at = placeOf(place, given);
  const shape = shapeOf(given, "key" in at ? at.key : undefined);
  return { ...at, ...shape, ...("prefix" in at && { below: true as const }) };
}

function placeOf(place: unknown, given: Record<string, unknown>): S3Place {
  const { bucket, key, prefix } = given;
  if (typeof place === "string")
    return splitPath(place) ?? refuse(`${JSON.stringify(place)} is no "bucket/key"`);
  if (!isText(bucket) || bucket.includes("/")) return refuse("the bucket is no name");
  if (isText(key) && prefix === undefined) return { bucket, key };
  if (typeof prefix === "string" && key === undefined) return { bucket, prefix };
  return refuse("it names neither a key nor a prefix, or both");
}

function shapeOf(given: Record<string, unknown>, key: string | undefined): S3Shape {
  const {
    format = key === undefined ? "objects" : formatOfKey(key),
    delimiter,
    headers,
    pointer,
    limit,
  } = given;
  const unknown = Object.keys(given).find((name) => !KEYS.has(name));
  if (unknown !== undefined) refuse(`there is no option ${JSON.stringify(unknown)}`);
  if (format === undefined) refuse(`the ending of ${JSON.stringify(key)} says no format`);
  if (!(FORMATS as unknown[]).includes(format) && !(format === "objects" && key === undefined))
    refuse(`the format is one of ${FORMATS.join(", ")}`);
  const isCsv = format === "csv";
  if (delimiter !== undefined && !(isCsv && (Object.values(CSV_DELIMITERS) as unknown[]).includes(delimiter)))
    refuse("the delimiter, of CSV, is one of , | ; a space and a tab");
  if (headers !== undefined && !(isCsv && isNames(headers)))
    refuse("the headers, of CSV, are a list of different names");
  if (
    pointer !== undefined &&
    !(format === "json" && typeof pointer === "string" && /^(\/.*)?$/s.test(pointer))
  )
    refuse("the pointer, of JSON, begins with a slash");
  if (
    limit !== undefined &&
    !(Number.isInteger(limit) && (limit as number) >= 1 && (limit as number) <= MOST)
  )
    refuse("the limit is a whole number of 1 to 100,000,000");
  return withoutUndefined({ format, delimiter, headers, pointer, limit });
}

const withoutUndefined = (shape: object): S3Shape =>
  Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as unknown as S3Shape;

const MOST = 100_000_000;
const FORMATS = ["csv", "json", "jsonl"];
const KEYS = new Set(["bucket", "key", "prefix", "format", "delimiter", "headers", "pointer", "limit"]);
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isText) && new Set(value).size === value.length;
const fields = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

function refuse(what: string): never {
  throw new RunletError("RLT4002", `s3(…) cannot be read from: ${what}.`, {
    mend: 'Write s3("bucket/key.csv"), s3({ bucket, key, format }) or s3({ bucket, prefix }), as `S3Options` says.',
  });
}

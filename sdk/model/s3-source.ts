import type { CSV_DELIMITERS } from "./item-files.ts";
import { RESERVED_PREFIX } from "./json.ts";
import { RunletError } from "./runlet-error.ts";

/** How the items lie there: `objects` are the objects below a prefix themselves. */
export type S3Format = "csv" | "json" | "jsonl" | "objects";

export type CsvDelimiter = (typeof CSV_DELIMITERS)[keyof typeof CSV_DELIMITERS];

/** What is read in which way; a deployed map has it written into its definition. */
export interface S3Shape {
  format: S3Format;
  /** All objects below a prefix. */
  below?: true;
  /** Of CSV. */
  delimiter?: CsvDelimiter;
  headers?: readonly string[];
  /** Of JSON: where the list is (RFC 6901). */
  pointer?: string;
  /** At most so many items. */
  limit?: number;
}

/** Items in an object store: of one object, or of all below a prefix. */
export type S3Source = S3Shape & { bucket: string } & ({ key: string } | { prefix: string });

/** What a machine's map is told of a source, since the rest stands in its definition. */
export interface S3Location {
  Bucket: string;
  Key?: string;
  Prefix?: string;
}

export const locationOf = (source: S3Source): S3Location => ({
  Bucket: source.bucket,
  ...("key" in source ? { Key: source.key } : { Prefix: source.prefix }),
});

/** The same error in all three ways of running; what the store or the reader says is its cause. */
export function unreadable(
  { Bucket, Key, Prefix }: S3Location,
  format: S3Format,
  cause: unknown,
): RunletError {
  const where = Key === undefined ? `below s3://${Bucket}/${Prefix ?? ""}` : `of s3://${Bucket}/${Key}`;
  const how = format === "objects" ? "listed" : `read as ${format.toUpperCase()}`;
  return new RunletError("RLT3008", `The items ${where} could not be ${how}.`, { cause });
}

/** A key with Runlet's prefix could be taken for one of its marks. Told by the text, since a machine can tell no more. */
export const RESERVED_IN_TEXT = `"${RESERVED_PREFIX}`;

const ENDINGS: Record<string, S3Format> = { csv: "csv", json: "json", jsonl: "jsonl", ndjson: "jsonl" };

/** The format that a key's ending says. */
export const formatOfKey = (key: string): S3Format | undefined =>
  ENDINGS[/\.([a-z]+)$/i.exec(key)?.[1]?.toLowerCase() ?? ""];

/** The bucket and the key of `bucket/key` or `s3://bucket/key`. */
export function splitPath(path: string): { bucket: string; key: string } | undefined {
  const [, bucket, key] = /^(?:s3:\/\/)?([^/]+)\/(.+)$/s.exec(path) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

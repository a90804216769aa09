import type { MapState } from "../../../asl/types.ts";
import { CSV_DELIMITERS, type CsvShape, csvRows } from "../../../model/item-files.ts";
import { isPlainObject, type Json } from "../../../model/json.ts";
import type { Entry, MapItem } from "../../entry.ts";
import { fieldsOf } from "../../fields.ts";
import { numberAt, PathEntry } from "../../path-entry.ts";
import { GET_OBJECT, LIST_OBJECTS } from "../../resources.ts";
import { atPointer, bodyBytes, bodyText, parseCsv, parseJson, parseLines, readerFailure } from "./formats.ts";
import { itemsOf } from "./items.ts";
import { parquetRows } from "./parquet.ts";
import { callStore, storeArguments } from "./store.ts";

type Config = { [key: string]: Json };

const FAILED = "States.ItemReaderFailed";

/**
 * The items that an ItemReader finds in the object store.
 *
 * @param most how many are wanted, as `MaxItems` says
 */
export async function readFromStore(entry: Entry<MapState>, most: number): Promise<MapItem[]> {
  if (most < 0) throw readerFailure("field MaxItems must be positive");
  const { Resource: resource = "", ReaderConfig: config = {} } = fieldsOf(entry.state).ItemReader ?? {};
  const args = await storeArguments(entry, "ItemReader");
  const bucket = String(args["Bucket"] ?? "");
  if (config["ManifestType"] === "ATHENA_DATA") return itemsOfUnload(entry, args, config, most);
  if (resource !== LIST_OBJECTS) return (await itemsOfObject(entry, args, config, most)).slice(0, most);
  const flattens = config["Transformation"] === "LOAD_AND_FLATTEN";
  const objects = await listed(entry, args, flattens ? Number.POSITIVE_INFINITY : most);
  if (!flattens) return sourced(objects, `S3://${bucket}`).slice(0, most);
  const keys = objects.map((object) => (isPlainObject(object) ? String(object["Key"] ?? "") : ""));
  return itemsOfAll(
    entry,
    keys.map((key) => ({ Bucket: bucket, Key: key })),
    config,
    most,
  );
}

/** The items of many objects, one after another, as far as they are wanted. */
async function itemsOfAll(
  entry: Entry<MapState>,
  objects: readonly { [key: string]: Json }[],
  config: Config,
  most: number,
): Promise<MapItem[]> {
  const found: MapItem[] = [];
  for (const object of objects) {
    if (found.length >= most) break;
    const items = await itemsOfObject(entry, object, config, most - found.length);
    for (const item of items) found.push(item); // a spread of many items would fill the stack
  }
  return found.slice(0, most).map((item, index) => ({ ...item, Index: index }));
}

/** The rows of what an UNLOAD of Athena wrote: its manifest has the address of a data file a line. */
async function itemsOfUnload(
  entry: Entry<MapState>,
  args: { [key: string]: Json },
  config: Config,
  most: number,
): Promise<MapItem[]> {
  const lines = csvRows(bodyText(await callStore(entry, GET_OBJECT, args, FAILED)), ",");
  const objects = lines.map(([address = ""]) => {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(address.trim()) ?? [];
    if (bucket === undefined || key === undefined)
      throw readerFailure(`The manifest has '${address}' in the place of an object's address.`);
    return { Bucket: bucket, Key: key };
  });
  return itemsOfAll(entry, objects, config, most);
}

/** The items that one object of the store holds. */
async function itemsOfObject(
  entry: Entry<MapState>,
  args: { [key: string]: Json },
  config: Config,
  most: number,
): Promise<MapItem[]> {
  const address = `S3://${String(args["Bucket"] ?? "")}/${String(args["Key"] ?? "")}`;
  return sourced(await fetched(entry, args, config, most), address);
}

function sourced(value: Json, source: string): MapItem[] {
  const items = itemsOf(value);
  if (!items) throw readerFailure("Attempting to map over non-iterable node.");
  return items.map((item) => ({ ...item, Source: source }));
}

async function fetched(entry: Entry<MapState>, args: Json, config: Config, most: number): Promise<Json> {
  const answer = await callStore(entry, GET_OBJECT, args, FAILED);
  if (config["InputType"] === "PARQUET") return parquetRows(bodyBytes(answer), most);
  const text = bodyText(answer);
  switch (config["InputType"]) {
    case "CSV":
      return parseCsv(text, csvShape(config));
    case "JSONL":
      return parseLines(text);
    case "MANIFEST":
      return inventory(entry, parseJson(text));
    default: {
      if (config["ManifestType"] === "S3_INVENTORY") return inventory(entry, parseJson(text));
      const value = parseJson(text);
      const pointer = config["ItemsPointer"];
      return typeof pointer === "string" ? atPointer(value, pointer) : value;
    }
  }
}

const DELIMITERS: Record<string, string> = CSV_DELIMITERS;

function csvShape(config: Config): CsvShape {
  const headers = config["CSVHeaderLocation"] === "GIVEN" ? (config["CSVHeaders"] as string[]) : undefined;
  return { delimiter: DELIMITERS[String(config["CSVDelimiter"] ?? "COMMA")] ?? ",", headers };
}

/** All objects of a bucket or below a prefix, page by page, as far as they are wanted. */
async function listed(entry: Entry<MapState>, args: { [key: string]: Json }, most: number): Promise<Json[]> {
  const found: Json[] = [];
  let token: Json | undefined;
  do {
    const more = token === undefined ? {} : { ContinuationToken: token };
    const page = await callStore(entry, LIST_OBJECTS, { ...args, ...more }, FAILED);
    const { Contents: contents, NextContinuationToken: next } = isPlainObject(page) ? page : {};
    if (Array.isArray(contents)) for (const item of contents) found.push(item as Json);
    token = typeof next === "string" ? next : undefined;
  } while (token !== undefined && found.length < most);
  return found;
}

/** The rows of an S3 inventory: its manifest names the files, and the columns that they have. */
async function inventory(entry: Entry<MapState>, manifest: Json): Promise<Json[]> {
  const { files, fileSchema, fileFormat, destinationBucket } = isPlainObject(manifest) ? manifest : {};
  if (!Array.isArray(files) || typeof fileSchema !== "string" || fileFormat !== "CSV") {
    throw readerFailure("The manifest is not one of a CSV inventory.");
  }
  const bucket = String(destinationBucket ?? "").replace(/^arn:[^:]*:s3:::/, "");
  const headers = fileSchema.split(",").map((name) => name.trim());
  const rows: Json[] = [];
  for (const file of files) {
    const key = isPlainObject(file) ? String(file["key"] ?? "") : "";
    const text = bodyText(await callStore(entry, GET_OBJECT, { Bucket: bucket, Key: key }, FAILED));
    for (const row of csvRows(text, ",")) {
      rows.push(Object.fromEntries(headers.map((name, index) => [name, row[index] ?? ""])));
    }
  }
  return rows;
}

const isWhole = (value: Json): value is number => typeof value === "number" && Number.isInteger(value);

/**
 * `MaxItems`, where 0 stands for all. It is read before the Map Run begins, and what is no whole number ends the
 * execution there; that it is negative shows when the items are read (both recorded).
 */
export async function readMaxItems(entry: Entry<MapState>): Promise<number> {
  const config = fieldsOf(entry.state).ItemReader?.ReaderConfig ?? {};
  const { MaxItems: literal = 0, MaxItemsPath: path } = config;
  let most = literal as number;
  if (entry instanceof PathEntry) {
    if (typeof path === "string") most = numberAt(entry, "MaxItemsPath", path, isWhole);
  } else if (config["MaxItems"] !== undefined) {
    const location = "ItemReader/ReaderConfig/MaxItems";
    most = await entry.typed("MaxItems", "integer", isWhole, { holder: config, location });
  }
  return most === 0 ? Number.POSITIVE_INFINITY : most;
}

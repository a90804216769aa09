import type { S3Client } from "@aws-sdk/client-s3";
import { atPointer, itemText, parseCsv, parseJson, parseLines } from "../model/item-files.ts";
import { crossBoundary, type Json } from "../model/json.ts";
import { bucketFolder, fileForKey, listObjectFiles } from "../model/object-files.ts";
import { locationOf, RESERVED_IN_TEXT, type S3Source, unreadable } from "../model/s3-source.ts";

/** What plain Node reads items from. */
interface Objects {
  get(bucket: string, key: string): Promise<Buffer>;
  list(bucket: string, prefix: string, most: number): Promise<{ key: string; size: number }[]>;
}

/**
 * The items of a source, all of them, as an ItemReader of Step Functions reads them.
 *
 * @throws RunletError RLT3008, whatever the reason, which is its cause
 */
export async function readItems(source: S3Source): Promise<Json[]> {
  const directory = process.env["RUNLET_OBJECTS"];
  const most = source.limit ?? Number.POSITIVE_INFINITY;
  try {
    const items = await itemsOf(source, directory ? inDirectory(directory) : await inS3(), most);
    return items.slice(0, most).map((item) => {
      if (JSON.stringify(item).includes(RESERVED_IN_TEXT))
        throw new Error("An item has a key of Runlet's own.");
      return crossBoundary(item, "items of a map");
    });
  } catch (error) {
    throw unreadable(locationOf(source), source.format, error);
  }
}

async function itemsOf(source: S3Source, objects: Objects, most: number): Promise<Json[]> {
  const { bucket } = source;
  // Imported on first use: each import is part of a task's cold start.
  const { gunzipSync } = await import("node:zlib");
  const read = async (key: string): Promise<Json[]> =>
    parsed(source, itemText(await objects.get(bucket, key), gunzipSync));
  if ("key" in source) return read(source.key);
  if (source.format === "objects")
    return (await objects.list(bucket, source.prefix, most)).map(({ key, size }) => ({ bucket, key, size }));
  const found: Json[] = [];
  for (const { key } of await objects.list(bucket, source.prefix, Number.POSITIVE_INFINITY)) {
    if (found.length >= most) break;
    for (const item of await read(key)) found.push(item);
  }
  return found;
}

function parsed({ format, delimiter = ",", headers, pointer }: S3Source, text: string): Json[] {
  if (format === "csv") return parseCsv(text, { delimiter, headers });
  if (format === "jsonl") return parseLines(text);
  const value = parseJson(text);
  const list = pointer === undefined ? value : atPointer(value, pointer);
  if (!Array.isArray(list)) throw new Error("What is there is no list.");
  return list;
}

const inDirectory = (directory: string): Objects => ({
  get: async (bucket, key) =>
    (await import("node:fs/promises")).readFile(fileForKey(bucketFolder(directory, bucket), key)),
  list: (bucket, prefix) => listObjectFiles(bucketFolder(directory, bucket), prefix),
});

let client: S3Client | undefined;

/** The SDK is the author's own: whoever reads from S3 in plain Node has it installed. */
async function inS3(): Promise<Objects> {
  const sdk = await import("@aws-sdk/client-s3");
  client ??= new sdk.S3Client({ forcePathStyle: Boolean(process.env["AWS_ENDPOINT_URL_S3"]) });
  const s3 = client;
  return {
    async get(Bucket, Key) {
      const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async list(Bucket, Prefix, most) {
      const found: { key: string; size: number }[] = [];
      const pages = sdk.paginateListObjectsV2({ client: s3 }, { Bucket, Prefix });
      for await (const { Contents = [] } of pages) {
        for (const { Key = "", Size = 0 } of Contents) found.push({ key: Key, size: Size });
        if (found.length >= most) break;
      }
      return found;
    },
  };
}

import { isUtf8 } from "node:buffer";
import type { Json } from "../../model/json.ts";
import { bucketFolder, fileForKey, listObjectFiles } from "../../model/object-files.ts";
import { readIfThere, writeDurably } from "./durable-file.ts";

const S3 = "arn:aws:states:::s3:";

type Answer = { ok: true; output: Json } | { ok: false; error: string; cause: string };

/** True for a call that a Map's reader or writer makes. */
export const isObjectCall = (resource: string): boolean => resource.startsWith(S3);

/** What S3 answers to a Map's reader and writer, over a directory. */
export async function answerObjectCall(
  directory: string,
  call: { resource: string; arguments: Json },
): Promise<Answer> {
  const { Bucket: bucket, Key: key, Prefix: prefix, Body: body } = call.arguments as Record<string, Json>;
  const root = bucketFolder(directory, String(bucket));
  switch (call.resource.slice(S3.length)) {
    case "getObject": {
      const bytes = await readIfThere(fileForKey(root, String(key)));
      if (bytes) return { ok: true, output: bodyOf(bytes) };
      const cause = `The specified key does not exist. (Service: S3, Status Code: 404): ${String(bucket)}/${String(key)}`;
      return { ok: false, error: "S3.NoSuchKeyException", cause };
    }
    case "putObject": {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      await writeDurably(fileForKey(root, String(key)), new TextEncoder().encode(text));
      return { ok: true, output: { ETag: '""' } };
    }
    case "listObjectsV2":
      return { ok: true, output: { Contents: await listed(root, String(prefix ?? "")) } };
    default:
      return { ok: false, error: "States.Runtime", cause: `${call.resource} is not known here.` };
  }
}

/** Text as it is; what is none (packed files, Parquet) as its bytes. */
const bodyOf = (bytes: Buffer): Json =>
  isUtf8(bytes)
    ? { Body: bytes.toString("utf8") }
    : { Body: bytes.toString("base64"), BodyEncoding: "base64" };

const listed = async (root: string, prefix: string): Promise<Json[]> =>
  (await listObjectFiles(root, prefix)).map(({ key, size, modified }) => ({
    Key: key,
    Size: size,
    LastModified: new Date(modified).toISOString(),
    StorageClass: "STANDARD",
  }));

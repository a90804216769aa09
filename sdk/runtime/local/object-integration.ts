import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Json } from "../../model/json.ts";
import { fileForKey, readIfThere, writeDurably } from "./durable-file.ts";
import { LOCAL_BUCKET } from "./object-store.ts";

const S3 = "arn:aws:states:::s3:";

type Answer = { ok: true; output: Json } | { ok: false; error: string; cause: string };

/** True for a call that a Map's reader or writer makes. */
export const isObjectCall = (resource: string): boolean => resource.startsWith(S3);

/**
 * What S3 answers to a Map's reader and writer, over a directory: the project's own bucket is the directory itself,
 * any other one a folder in it.
 */
export async function answerObjectCall(
  directory: string,
  call: { resource: string; arguments: Json },
): Promise<Answer> {
  const { Bucket: bucket, Key: key, Prefix: prefix, Body: body } = call.arguments as Record<string, Json>;
  const root = bucket === LOCAL_BUCKET ? directory : join(directory, encodeURIComponent(String(bucket)));
  switch (call.resource.slice(S3.length)) {
    case "getObject": {
      const bytes = await readIfThere(fileForKey(root, String(key)));
      if (bytes) return { ok: true, output: { Body: bytes.toString("utf8") } };
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

/** Objects below a prefix, in the order of their keys, as S3 lists them. */
async function listed(root: string, prefix: string): Promise<Json[]> {
  const names = await readdir(root, { recursive: true }).catch(() => []);
  const keys = names
    .map((name) => name.split(/[\\/]/).map(decodeURIComponent).join("/"))
    .filter((key) => key.startsWith(prefix) && !/(^|\/)\.[^/]*\.tmp$/.test(key));
  const found: Json[] = [];
  for (const key of keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const { size, mtime, ...kind } = await stat(fileForKey(root, key)).then((one) => ({
      size: one.size,
      mtime: one.mtime,
      isFile: one.isFile(),
    }));
    if (kind.isFile)
      found.push({ Key: key, Size: size, LastModified: mtime.toISOString(), StorageClass: "STANDARD" });
  }
  return found;
}

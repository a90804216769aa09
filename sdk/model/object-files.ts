import { join, resolve, sep } from "node:path";
import { RunletError } from "./runlet-error.ts";

/** Objects as files of a directory, which stands for an object store on one machine. */

/** What the one bucket of a project is called on one machine. */
export const LOCAL_BUCKET = "runlet-objects";

/** The folder of a bucket: the project's own bucket is the directory itself, any other one a folder in it. */
export const bucketFolder = (directory: string, bucket: string): string =>
  bucket === LOCAL_BUCKET ? directory : join(directory, encodeSegment(bucket));

/**
 * The file for a key such as `results/<runId>/…` below a directory.
 *
 * @throws RunletError RLT3007 for a key that would lead out of the directory
 */
export function fileForKey(directory: string, key: string): string {
  const root = resolve(directory);
  const file = resolve(root, ...key.split("/").map(encodeSegment));
  if (!file.startsWith(root + sep))
    throw new RunletError("RLT3007", `"${key}" is not a key of a stored value.`);
  return file;
}

/** Readable for plain names; what a file system might refuse or read otherwise is escaped. */
function encodeSegment(segment: string): string {
  const encoded = encodeURIComponent(segment).replace(/\*/g, "%2A");
  return encoded === "." || encoded === ".." ? encoded.replace(/\./g, "%2E") : encoded;
}

/** An object of a listing. */
export interface ListedObject {
  key: string;
  size: number;
  /** Milliseconds since the epoch. */
  modified: number;
}

/** Objects below a prefix, in the order of their keys' bytes, as S3 lists them. */
export async function listObjectFiles(folder: string, prefix: string): Promise<ListedObject[]> {
  const { readdir, stat } = await import("node:fs/promises");
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const keys = names
    .map((name) => name.split(/[\\/]/).map(decodeURIComponent).join("/"))
    .filter((key) => key.startsWith(prefix) && !/(^|\/)\.[^/]*\.tmp$/.test(key))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const found: ListedObject[] = [];
  for (const key of keys) {
    const file = await stat(fileForKey(folder, key));
    if (file.isFile()) found.push({ key, size: file.size, modified: file.mtimeMs });
  }
  return found;
}

import { randomUUID } from "node:crypto";
import { mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { RunletError } from "../../model/runlet-error.ts";

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

/**
 * Writes a file so that a crash leaves the old one or the new one, never half of it: temporary name, fsync, rename,
 * fsync of the folder. Only the owner may read it, since results are the author's data.
 */
export async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  try {
    await writeAndSync(temporary, bytes);
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

async function writeAndSync(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the rename itself durable; some platforms (Windows) cannot open a folder, and need not. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  if (!handle) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

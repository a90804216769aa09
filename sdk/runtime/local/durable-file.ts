import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Writes a file so that a crash leaves the old one or the new one, never half of it: temporary name, fsync, rename,
 * fsync of the folder. Only the owner may read it, since results are the author's data.
 */
export async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const { mkdir, open, rename, unlink } = await fileSystem();
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${crypto.randomUUID()}.tmp`);
  try {
    await writeAndSync(await open(temporary, "wx", 0o600), bytes);
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(await open(folder, "r").catch(() => undefined));
}

/** Reads a file, or answers nothing where there is none. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await (await fileSystem()).readFile(file);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    return undefined;
  }
}

/** Imported on first use: most calls of a task never touch a file, and each import is part of a cold start. */
const fileSystem = () => import("node:fs/promises");

async function writeAndSync(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the rename itself durable; some platforms (Windows) cannot open a folder, and need not. */
async function syncFolder(handle: FileHandle | undefined): Promise<void> {
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

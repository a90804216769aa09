import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { FilePort, FileSystemPort } from "./file-system.ts";

/** A directory of the journal, and the file system that it is on. */
export interface Place {
  readonly files: FileSystemPort;
  readonly directory: string;
}

export const temporaryName = (name: string): string => `${name}.${randomBytes(6).toString("hex")}.tmp`;

/**
 * Gives a file its name when its contents are on disk, so that a file with its name is whole, whatever crashes. The
 * file stays open for more. Rejects with what the system says, and leaves at most the name, with whole contents.
 */
export async function createDurably(place: Place, name: string, contents: Uint8Array): Promise<FilePort> {
  const { files, directory } = place;
  const temporary = join(directory, temporaryName(name));
  const file = files.create(temporary);
  try {
    file.write(contents, 0);
    await file.sync();
    files.rename(temporary, join(directory, name));
    await files.syncDirectory(directory);
    return file;
  } catch (error) {
    file.close();
    removeQuietly(place, temporary);
    throw error;
  }
}

/** For what is only tidiness: a name that stays is removed by the next owner. */
export function removeQuietly({ files }: Place, path: string): void {
  try {
    files.remove(path);
  } catch {
    // What made this necessary has been reported already, and nothing depends on the removal.
  }
}

/** The whole contents of a file, or undefined where there is none. */
export function readWhole({ files, directory }: Place, name: string): Buffer | undefined {
  const file = files.open(join(directory, name));
  if (file === undefined) return undefined;
  try {
    return file.read(0, file.size());
  } finally {
    file.close();
  }
}

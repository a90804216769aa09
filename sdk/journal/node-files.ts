import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsync,
  ftruncateSync,
  futimesSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { FilePort, FileSystemPort } from "./file-system.ts";

const dataSync = promisify(fdatasync);
const fullSync = promisify(fsync);

/** The machine's own file system. POSIX: a directory must be one that can be synced, and hard links must exist. */
export const nodeFiles: FileSystemPort = {
  async makeDirectory(path) {
    const first = mkdirSync(path, { recursive: true });
    if (first === undefined) return;
    // Every new name on the way is an entry in the directory above it.
    for (let made = path; ; made = dirname(made)) {
      await nodeFiles.syncDirectory(dirname(made));
      if (made === first || made === dirname(made)) return;
    }
  },
  list: (directory) => readdirSync(directory),
  open(path) {
    try {
      return new NodeFile(openSync(path, "r"));
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
  },
  create: (path) => new NodeFile(openSync(path, "wx+", 0o600)),
  link: (existing, path) => linkSync(existing, path),
  rename: (from, to) => renameSync(from, to),
  remove(path) {
    try {
      unlinkSync(path);
    } catch (error) {
      if (!isCode(error, "ENOENT")) throw error;
    }
  },
  // Not existsSync, which says no when it cannot tell.
  exists: (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
  async syncDirectory(directory) {
    const handle = openSync(directory, "r");
    try {
      await fullSync(handle);
    } finally {
      closeSync(handle);
    }
  },
};

class NodeFile implements FilePort {
  readonly #handle: number;

  constructor(handle: number) {
    this.#handle = handle;
  }

  size(): number {
    return fstatSync(this.#handle).size;
  }

  read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.min(length, Math.max(0, this.size() - position)));
    let done = 0;
    while (done < bytes.length) {
      const got = readSync(this.#handle, bytes, done, bytes.length - done, position + done);
      if (got === 0) break;
      done += got;
    }
    return bytes.subarray(0, done);
  }

  write(bytes: Uint8Array, position: number): void {
    // A write may be short, when the disk fills up in the middle of it; the next one then says why.
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#handle, bytes, done, bytes.length - done, position + done);
    }
  }

  resize(length: number): void {
    ftruncateSync(this.#handle, length);
  }

  async sync(atOnce = false): Promise<void> {
    if (atOnce) fdatasyncSync(this.#handle);
    else await dataSync(this.#handle);
  }

  modified(): number {
    return fstatSync(this.#handle).mtimeMs;
  }

  setModified(millis: number): void {
    futimesSync(this.#handle, millis / 1_000, millis / 1_000);
  }

  links(): number {
    return fstatSync(this.#handle).nlink;
  }

  close(): void {
    closeSync(this.#handle);
  }
}

/** True for an error of the system, as opposed to one of the code. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}

/** True for an error of the system with this code, such as ENOENT. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

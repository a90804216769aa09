/// <reference types="node" preserve="true" />
// The types of Node, also for programs that take in the declarations and name no types of their own.
/**
 * What the journal asks of a file system: small enough that a test can model the page cache behind it, and lose what
 * was not synced. Everything that only touches memory (a write into the page cache, a look-up) is synchronous: it costs
 * microseconds, where a trip through the thread pool costs tens. What waits for the disk is a promise.
 */
export interface FileSystemPort {
  /** Makes the directory and those above it, durably; nothing happens where it exists. */
  makeDirectory(path: string): Promise<void>;
  /** The names in a directory, in any order. */
  list(directory: string): string[];
  /** Opens for reading; undefined where there is no such file. */
  open(path: string): FilePort | undefined;
  /** Makes a new, empty file for reading and writing; fails with EEXIST. */
  create(path: string): FilePort;
  /** A second name for a file; fails with EEXIST, so exactly one of several claimants gets the name. */
  link(existing: string, path: string): void;
  rename(from: string, to: string): void;
  /** Removes a name; nothing happens where there is none. */
  remove(path: string): void;
  exists(path: string): boolean;
  /** Returns when the names in a directory, made and removed, are on disk. */
  syncDirectory(directory: string): Promise<void>;
}

/** An open file. It stays readable after its name is gone. */
export interface FilePort {
  /** Length in bytes. */
  size(): number;
  /** Bytes from a position; fewer where the file ends. */
  read(position: number, length: number): Buffer;
  /** Writes all bytes at a position, into the page cache. */
  write(bytes: Uint8Array, position: number): void;
  /** Gives the file that length: cuts it off, or lengthens it with zeros, which take no room. */
  resize(length: number): void;
  /**
   * Returns when what was written is on disk (fdatasync).
   *
   * @param atOnce hold this thread until then: for who has nothing else to do, that spares the way to another and back
   */
  sync(atOnce?: boolean): Promise<void>;
  /** The time of last modification, in milliseconds since the epoch. */
  modified(): number;
  setModified(millis: number): void;
  /** How many names the file has; 0 once it is removed. */
  links(): number;
  close(): void;
}

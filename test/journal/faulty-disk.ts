import { basename } from "node:path";
import type { FilePort, FileSystemPort } from "../../sdk/journal/index.ts";

const SECTOR = 512;

/** What a file holds: as programs see it, and as it would be after a power failure. */
interface Inode {
  cache: Buffer;
  disk: Buffer;
  /** Sectors that were written since the last sync. */
  dirty: Set<number>;
  modified: number;
  links: number;
}

type NameChange =
  | { set: string; inode: Inode }
  | { remove: string }
  | { from: string; to: string; inode: Inode };

export type Operation =
  | "create"
  | "write"
  | "resize"
  | "sync"
  | "link"
  | "rename"
  | "remove"
  | "syncDirectory"
  | "open"
  | "list";

/** What befalls an operation: nothing, an error of the system, a lie (a sync that does nothing), or the end of the process. */
export type Fault = undefined | { error: string; after?: number } | "skip" | "die";
export type FaultPlan = (operation: Operation, name: string) => Fault;

/** Survives a crash: what of the unsynced reached the disk by itself. */
export type Luck = "nothing" | "everything" | "removals" | (() => number);

/**
 * A disk with a page cache, in memory: data counts when the file was synced, names when the directory was. A power
 * failure drops the rest, sector by sector and name by name, as luck has it.
 */
export class FaultyDisk {
  names = new Map<string, Inode>();
  syncedNames = new Map<string, Inode>();
  changes: NameChange[] = [];
  operations = 0;
  readonly counts = new Map<string, number>();

  /** The file system as one process sees it; `plan` decides what befalls each operation. */
  process(plan: FaultPlan = () => undefined): Machine {
    return new Machine(this, plan);
  }

  /** The disk after a power failure. */
  powerFailure(luck: Luck): FaultyDisk {
    const kept = (): boolean => (typeof luck === "function" ? luck() < 0.5 : luck === "everything");
    const names = new Map(this.syncedNames);
    for (const change of this.changes) {
      if (kept() || (luck === "removals" && "remove" in change)) apply(names, change);
    }
    const after = new FaultyDisk();
    const inodes = new Map<Inode, Inode>();
    for (const [path, inode] of names) {
      let next = inodes.get(inode);
      if (next === undefined) {
        const data = surviving(inode, kept);
        next = { cache: data, disk: Buffer.from(data), dirty: new Set(), modified: inode.modified, links: 0 };
        inodes.set(inode, next);
      }
      next.links++;
      after.names.set(path, next);
    }
    after.syncedNames = new Map(after.names);
    return after;
  }

  file(name: string): Inode | undefined {
    return [...this.names].find(([path]) => basename(path) === name)?.[1];
  }

  listing(): string[] {
    return [...this.names.keys()].map((path) => basename(path)).sort();
  }

  /** A copy, to try several things on. */
  copy(): FaultyDisk {
    const everything = new FaultyDisk();
    for (const [path, inode] of this.names) {
      const data = Buffer.from(inode.cache);
      const copy = {
        cache: data,
        disk: Buffer.from(data),
        dirty: new Set<number>(),
        modified: inode.modified,
        links: 1,
      };
      everything.names.set(path, copy);
      everything.syncedNames.set(path, copy);
    }
    return everything;
  }
}

function apply(names: Map<string, Inode>, change: NameChange): void {
  if ("set" in change) names.set(change.set, change.inode);
  else if ("remove" in change) names.delete(change.remove);
  else {
    names.delete(change.from);
    names.set(change.to, change.inode);
  }
}

function surviving(inode: Inode, kept: () => boolean): Buffer {
  const written = [...inode.dirty].filter(kept);
  const end = Math.max(
    inode.disk.length,
    ...written.map((sector) => Math.min(inode.cache.length, (sector + 1) * SECTOR)),
  );
  const data = Buffer.alloc(end);
  inode.disk.copy(data);
  for (const sector of written)
    inode.cache.copy(data, sector * SECTOR, sector * SECTOR, (sector + 1) * SECTOR);
  return data;
}

class SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  constructor(code: string, syscall: string) {
    super(`${code}: simulated, ${syscall}`);
    this.code = code;
    this.syscall = syscall;
  }
}

/** A process on the disk. Once dead, it does nothing any more: calls throw, promises stay open. */
export class Machine implements FileSystemPort {
  readonly disk: FaultyDisk;
  plan: FaultPlan;
  dead = false;
  /** While set, syncs wait: a process that is stopped between a write and its acknowledgement. */
  gate: Promise<void> | undefined;
  /** How many turns of the event loop a sync of a file takes. */
  turns: (name: string) => number = () => 1;
  died: Promise<void>;
  #die: () => void = () => {};

  constructor(disk: FaultyDisk, plan: FaultPlan) {
    this.disk = disk;
    this.plan = plan;
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  kill(): void {
    this.dead = true;
    this.#die();
  }

  /** Returns the fault to apply, having thrown what is to be thrown. */
  befall(operation: Operation, path: string): { skip: boolean; after?: number; error?: string } {
    if (this.dead) throw new SystemError("EDEAD", operation);
    this.disk.operations++;
    const key = `${operation} ${basename(path).replace(/[-.\d].*$/, "")}`;
    this.disk.counts.set(key, (this.disk.counts.get(key) ?? 0) + 1);
    const fault = this.plan(operation, basename(path));
    if (fault === "die") {
      this.kill();
      throw new SystemError("EDEAD", operation);
    }
    if (fault === "skip") return { skip: true };
    if (fault === undefined) return { skip: false };
    if (fault.after === undefined && operation !== "sync") throw new SystemError(fault.error, operation);
    return { skip: false, ...fault };
  }

  async makeDirectory(): Promise<void> {}

  list(directory: string): string[] {
    this.befall("list", directory);
    return [...this.disk.names.keys()].map((path) => basename(path));
  }

  open(path: string): FilePort | undefined {
    this.befall("open", path);
    const inode = this.disk.names.get(path);
    return inode && new SimulatedFile(this, inode, path);
  }

  create(path: string): FilePort {
    this.befall("create", path);
    if (this.disk.names.has(path)) throw new SystemError("EEXIST", "open");
    const inode: Inode = {
      cache: Buffer.alloc(0),
      disk: Buffer.alloc(0),
      dirty: new Set(),
      modified: 0,
      links: 1,
    };
    this.#change({ set: path, inode });
    return new SimulatedFile(this, inode, path);
  }

  link(existing: string, path: string): void {
    this.befall("link", path);
    const inode = this.disk.names.get(existing);
    if (inode === undefined) throw new SystemError("ENOENT", "link");
    if (this.disk.names.has(path)) throw new SystemError("EEXIST", "link");
    inode.links++;
    this.#change({ set: path, inode });
  }

  rename(from: string, to: string): void {
    this.befall("rename", to);
    const inode = this.disk.names.get(from);
    if (inode === undefined) throw new SystemError("ENOENT", "rename");
    const replaced = this.disk.names.get(to);
    if (replaced) replaced.links--;
    this.#change({ from, to, inode });
  }

  remove(path: string): void {
    this.befall("remove", path);
    const inode = this.disk.names.get(path);
    if (inode === undefined) return;
    inode.links--;
    this.#change({ remove: path });
  }

  exists(path: string): boolean {
    if (this.dead) throw new SystemError("EDEAD", "stat");
    return this.disk.names.has(path);
  }

  async syncDirectory(directory: string): Promise<void> {
    const { skip } = this.befall("syncDirectory", directory);
    const made = new Set(this.disk.changes);
    await this.turn();
    if (skip) return;
    // Another process may have synced some of them meanwhile.
    for (const change of this.disk.changes) if (made.has(change)) apply(this.disk.syncedNames, change);
    this.disk.changes = this.disk.changes.filter((change) => !made.has(change));
  }

  /** The disk takes its time; the dead never hear of it. */
  async turn(turns = 1): Promise<void> {
    for (let n = 0; n < turns; n++) await new Promise((resolve) => setImmediate(resolve));
    await this.gate;
    if (this.dead) await new Promise(() => {});
  }

  #change(change: NameChange): void {
    apply(this.disk.names, change);
    this.disk.changes.push(change);
  }
}

class SimulatedFile implements FilePort {
  readonly #machine: Machine;
  readonly #inode: Inode;
  readonly #path: string;

  constructor(machine: Machine, inode: Inode, path: string) {
    this.#machine = machine;
    this.#inode = inode;
    this.#path = path;
  }

  size(): number {
    return this.#inode.cache.length;
  }

  read(position: number, length: number): Buffer {
    return Buffer.from(this.#inode.cache.subarray(position, position + length));
  }

  write(bytes: Uint8Array, position: number): void {
    const { after, error } = this.#machine.befall("write", this.#path);
    const done = after === undefined ? bytes : bytes.subarray(0, after);
    const inode = this.#inode;
    const end = position + done.length;
    if (end > inode.cache.length)
      inode.cache = Buffer.concat([inode.cache, Buffer.alloc(end - inode.cache.length)]);
    inode.cache.set(done, position);
    for (let sector = Math.floor(position / SECTOR); sector * SECTOR < end; sector++) inode.dirty.add(sector);
    if (error !== undefined) {
      if (error === "EDEAD") this.#machine.kill();
      throw new SystemError(error, "write");
    }
  }

  resize(length: number): void {
    this.#machine.befall("resize", this.#path);
    const inode = this.#inode;
    const { cache } = inode;
    if (length < cache.length) {
      inode.cache = cache.subarray(0, length);
      for (const sector of inode.dirty) if (sector * SECTOR >= length) inode.dirty.delete(sector);
      // As a journalling file system may: the new length is on disk before anybody asked for it.
      inode.disk = inode.disk.subarray(0, Math.min(length, inode.disk.length));
      return;
    }
    inode.cache = Buffer.concat([cache, Buffer.alloc(length - cache.length)]);
    inode.dirty.add(Math.floor(Math.max(0, length - 1) / SECTOR));
  }

  async sync(): Promise<void> {
    const { skip, error } = this.#machine.befall("sync", this.#path);
    const inode = this.#inode;
    const { dirty, cache } = inode;
    // What is synced is what stood there when that was asked for.
    const sectors = [...dirty].map((sector): [number, Buffer] => {
      const at = sector * SECTOR;
      return [at, Buffer.from(cache.subarray(at, at + SECTOR))];
    });
    inode.dirty = new Set();
    await this.#machine.turn(this.#machine.turns(basename(this.#path)));
    if (skip) for (const sector of dirty) inode.dirty.add(sector);
    // As Linux does it: after a failure the pages count as clean, and the next sync succeeds without them.
    if (error !== undefined) throw new SystemError(error, "fdatasync");
    if (skip) return;
    const missing = cache.length - inode.disk.length;
    if (missing > 0) inode.disk = Buffer.concat([inode.disk, Buffer.alloc(missing)]);
    for (const [at, bytes] of sectors) bytes.copy(inode.disk, at);
  }

  modified(): number {
    return this.#inode.modified;
  }

  setModified(millis: number): void {
    if (this.#machine.dead) throw new SystemError("EDEAD", "futimes");
    this.#inode.modified = millis;
  }

  links(): number {
    return this.#inode.links;
  }

  close(): void {}
}

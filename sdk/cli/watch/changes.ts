import { type FSWatcher, statSync, watch } from "node:fs";

/** How long nothing must happen before a change counts as whole: editors and formatters write several times. */
const QUIET_MILLIS = 60;
/** Where changes never stop, they are looked at all the same. */
const MOST_MILLIS = 1_000;

/**
 * Tells of changes in folders. Folders, not files, are watched: editors put a new file in the place of the old one. A
 * change that comes while nobody waits is told at once when somebody does, so none is lost.
 */
export class Changes {
  readonly #matters: (name: string) => boolean;
  readonly #watchers = new Map<string, { watcher: FSWatcher; inode: bigint | undefined }>();
  #changed = false;
  #heard: () => void = () => undefined;

  /** @param matters whether a file of this name may matter */
  constructor(matters: (name: string) => boolean) {
    this.#matters = matters;
  }

  /** Watches these folders and no others; what changes from now on is told. */
  watch(folders: ReadonlySet<string>): void {
    for (const [folder, { inode }] of this.#watchers) {
      // A folder that was removed and made again has the same name, but its watcher hears no more.
      if (!folders.has(folder) || inode !== inodeOf(folder)) this.#close(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#open(folder);
  }

  /** Resolves once something has changed and it has been quiet for a moment; at once with false when aborted. */
  async next(signal: AbortSignal): Promise<boolean> {
    if (!this.#changed) await this.#hear(signal);
    const since = Date.now();
    do {
      this.#changed = false;
      await this.#hear(signal, QUIET_MILLIS);
    } while (this.#changed && !signal.aborted && Date.now() - since < MOST_MILLIS);
    this.#changed = false;
    return !signal.aborted;
  }

  close(): void {
    this.watch(new Set());
  }

  #hear(signal: AbortSignal, millis?: number): Promise<void> {
    return new Promise((done) => {
      const timer = millis === undefined ? undefined : setTimeout(finish, millis);
      function finish(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", finish);
        done();
      }
      this.#heard = finish;
      signal.addEventListener("abort", finish);
      if (signal.aborted) finish();
    });
  }

  #open(folder: string): void {
    const inode = inodeOf(folder);
    if (inode === undefined) return; // it went away in the meantime
    try {
      const watcher = watch(folder, (_, name) => {
        if (name !== null && !this.#matters(name)) return;
        this.#changed = true;
        this.#heard();
      });
      watcher.on("error", () => this.#close(folder));
      this.#watchers.set(folder, { watcher, inode });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  #close(folder: string): void {
    this.#watchers.get(folder)?.watcher.close();
    this.#watchers.delete(folder);
  }
}

const inodeOf = (folder: string): bigint | undefined =>
  statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino;

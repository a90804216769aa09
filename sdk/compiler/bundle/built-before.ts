import { createHash } from "node:crypto";
import { statSync } from "node:fs";

/** A build of bundles, kept so that compiling the same again, as an editor or a watcher does, bundles nothing. */
export interface Build {
  /** Paths below the build's folder. */
  files: { path: string; bytes: Uint8Array }[];
  /** Every file that went into it, as it was. */
  inputs: { path: string; size: number; modified: number }[];
  /** When bundling began, in milliseconds. */
  began: number;
}

/** File systems tell times in steps: what was written within one of them may have been read before it was written. */
const STEP_MILLIS = 10;

const MOST_BYTES = 48 * 1_024 * 1_024;

/** Builds by what they were made of; the oldest go first when they take too much memory. */
export class BuildsBefore {
  readonly #builds = new Map<string, Build>();

  /** A build of the same parts, unless a file that went into it has changed since. */
  find(key: string): Build | undefined {
    const build = this.#builds.get(key);
    if (!build) return undefined;
    if (build.inputs.every(isUnchanged)) return build;
    this.#builds.delete(key);
    return undefined;
  }

  keep(key: string, build: Build): void {
    if (build.inputs.some(({ modified }) => modified > build.began - STEP_MILLIS)) return;
    this.#builds.set(key, build);
    let bytes = [...this.#builds.values()].reduce((sum, one) => sum + bytesOf(one), 0);
    for (const [oldest, one] of this.#builds) {
      if (bytes <= MOST_BYTES) break;
      this.#builds.delete(oldest);
      bytes -= bytesOf(one);
    }
  }
}

/** The key of a build: everything that is not read from files while bundling. */
export function keyOf(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

export function inputOf(path: string): Build["inputs"] {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? [{ path, size: stat.size, modified: stat.mtimeMs }] : [];
}

function isUnchanged({ path, size, modified }: Build["inputs"][number]): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && stat.size === size && stat.mtimeMs === modified;
}

const bytesOf = (build: Build): number => build.files.reduce((sum, { bytes }) => sum + bytes.length, 0);

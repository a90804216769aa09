import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";

/** A file of a folder of recordings. */
export interface Source {
  /** Relative to the folder, with `/`. */
  file: string;
  /** Its value; text, where it is no JSON. */
  value: unknown;
  /** Of lines: each holds a value. */
  lines: boolean;
}

export interface Sources {
  files: Source[];
  /** Files that should be JSON and are not. */
  broken: { file: string; problem: string }[];
}

/** What is text by its name; all else is passed over. */
const JSON_FILE = /\.(json|jsonl|ndjson|asl)(\.gz)?$/;
const TEXT_FILE = /\.(csv|txt|tsv)(\.gz)?$/;
const PASSED_OVER = new Set(["node_modules", "package.json", "package-lock.json", "tsconfig.json"]);

/** Reads every file below a folder that may be a part of a case, gunzipped where it must be. */
export function sourcesBelow(folder: string): Sources {
  if (!existsSync(folder)) throw new Error(`The folder ${folder} was not found.`);
  const sources: Sources = { files: [], broken: [] };
  for (const path of pathsBelow(folder)) {
    const file = relative(folder, path).replaceAll("\\", "/");
    try {
      sources.files.push(sourceAt(path, file));
    } catch (thrown) {
      sources.broken.push({ file, problem: (thrown as Error).message });
    }
  }
  return sources;
}

function pathsBelow(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .filter((name) => !name.startsWith(".") && !PASSED_OVER.has(name))
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return pathsBelow(path);
      return JSON_FILE.test(name) || TEXT_FILE.test(name) ? [path] : [];
    });
}

function sourceAt(path: string, file: string): Source {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").replace(/^\uFEFF/, "");
  if (TEXT_FILE.test(path)) return { file, value: text, lines: false };
  if (!/\.(jsonl|ndjson)(\.gz)?$/.test(path)) return { file, value: JSON.parse(text), lines: false };
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return { file, value: lines.map((line) => JSON.parse(line) as unknown), lines: true };
}

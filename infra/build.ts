import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type FlowEntry, type FunctionEntry, type Manifest, manifestSchema } from "../sdk/model/manifest.ts";
import { RunletError } from "../sdk/model/runlet-error.ts";
import { type Definition, readDefinition } from "./definition.ts";

/** A build as the compiler wrote it, read and checked. */
export interface Build {
  manifest: Manifest;
  /** The functions in the order of their names, so that the same build gives the same template. */
  functions: { name: string; entry: FunctionEntry; directory: string }[];
  flows: { name: string; entry: FlowEntry; definition: Definition }[];
}

/**
 * Reads `manifest.json` in a folder, and the definitions that it names.
 *
 * @throws RunletError RLT5004 where the folder holds no build, an unknown version of one, or only parts of it
 */
export function readBuild(folder: string): Build {
  const root = resolve(folder);
  const manifest = readManifest(join(root, "manifest.json"));
  const functions = sorted(manifest.functions).map(([name, entry]) => {
    const directory = join(root, entry.directory);
    requireFile(join(directory, "index.mjs"), `the bundle of function "${name}"`);
    return { name, entry, directory };
  });
  const tokens = new Set(functions.map(({ entry }) => entry.token));
  const flows = sorted(manifest.flows).map(([name, entry]) => {
    for (const called of entry.functions) {
      if (!Object.hasOwn(manifest.functions, called)) {
        throw damaged(`Flow "${name}" calls "${called}", which is no function of the build.`);
      }
    }
    const file = join(root, entry.definition);
    requireFile(file, `the definition of flow "${name}"`);
    for (const called of Object.values(entry.calls)) {
      if (!Object.hasOwn(manifest.flows, called))
        throw damaged(`Flow "${name}" starts "${called}", which is no flow of the build.`);
    }
    const definition = readDefinition(readFileSync(file, "utf8"), tokens, name, entry.calls);
    return { name, entry, definition };
  });
  return { manifest, functions, flows };
}

function readManifest(file: string): Manifest {
  requireFile(file, "the manifest");
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw damaged(`${file} is not JSON.`, error);
  }
  const result = manifestSchema.safeParse(raw);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join(".") || "(top)"}: ${message}`);
  throw damaged(`${file} is not a manifest that this version of Runlet knows. ${issues.join("; ")}.`);
}

function requireFile(file: string, what: string): void {
  if (!existsSync(file)) throw damaged(`${file}, ${what}, is not there.`);
}

function damaged(cause: string, error?: unknown): RunletError {
  return new RunletError("RLT5004", cause, {
    ...(error !== undefined && { cause: error }),
    mend: "Run `runlet compile` again, with the version of Runlet that deploys.",
  });
}

const sorted = <T>(entries: Record<string, T>): [string, T][] =>
  Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));

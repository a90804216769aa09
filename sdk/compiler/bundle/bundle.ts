import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { type BuildFailure, build, type Message } from "esbuild";
import { RunletError } from "../../model/runlet-error.ts";
import type { Module } from "../parse/module.ts";
import { copyAssets } from "./assets.ts";
import { type Additions, authorModules } from "./author-modules.ts";
import { type Build, BuildsBefore, inputOf, keyOf } from "./built-before.ts";

/** A bundle to make: generated code that imports what it needs from authors' modules. */
export interface BundleEntry {
  /** The folder below the build, such as `functions/task-load`; the file in it is `index.mjs`. */
  directory: string;
  code: string;
}

/** What CommonJS packages expect of Node, which an ECMAScript module does not have. */
const COMMON_JS = [
  "import{createRequire as bundle$require}from'node:module';",
  "import{fileURLToPath as bundle$path}from'node:url';",
  "const require=bundle$require(import.meta.url);",
  "globalThis.__filename??=bundle$path(import.meta.url);",
  "globalThis.__dirname??=bundle$path(new URL('.',import.meta.url)).slice(0,-1);",
].join("");

/**
 * Builds all bundles at once, one folder each. `@aws-sdk/*` stays outside: Lambda's runtime has it, and on one machine
 * it is imported only by code that asks for it.
 *
 * @throws RunletError RLT5001 with the bundler's messages
 */
export async function bundleAll(
  outDir: string,
  entries: readonly BundleEntry[],
  modules: ReadonlyMap<string, Module>,
  additions: ReadonlyMap<string, Additions>,
): Promise<void> {
  const key = keyOf([
    ...entries.flatMap(({ directory, code }) => [directory, code]),
    ...[...modules].flatMap(([path, { source }]) => [path, source.text, additions.get(path)?.appended ?? ""]),
  ]);
  const made = before.find(key) ?? (await bundle(entries, modules, additions));
  before.keep(key, made);
  for (const folder of new Set(made.files.map(({ path }) => dirname(path))))
    mkdirSync(join(outDir, folder), { recursive: true });
  await Promise.all(made.files.map(({ path, bytes }) => writeFile(join(outDir, path), bytes)));
  copyAssets(
    outDir,
    entries.map(({ directory }) => directory),
    modules,
  );
}

const before = new BuildsBefore();

async function bundle(
  entries: readonly BundleEntry[],
  modules: ReadonlyMap<string, Module>,
  additions: ReadonlyMap<string, Additions>,
): Promise<Build> {
  const began = Date.now();
  const virtual = new Map(entries.map(({ directory, code }) => [`runlet-entry:${directory}`, code]));
  const outdir = resolve("/bundles"); // nothing is written: paths in it are made relative again
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: Object.fromEntries(
        entries.map(({ directory }) => [`${directory}/index`, `runlet-entry:${directory}`]),
      ),
      outdir,
      write: false,
      metafile: true,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      outExtension: { ".js": ".mjs" },
      external: ["@aws-sdk/*", "*.node"],
      // Errors keep the names and messages that plain Node gives them, which contain names of the source.
      keepNames: true,
      minifyWhitespace: true,
      sourcemap: "linked",
      banner: {
        js: COMMON_JS,
      },
      logLevel: "silent",
      plugins: [authorModules(modules, additions, virtual)],
    });
    return {
      files: outputFiles.map(({ path, contents }) => ({ path: relative(outdir, path), bytes: contents })),
      inputs: Object.keys(metafile.inputs).flatMap((path) => inputOf(resolve(path))),
      began,
    };
  } catch (error) {
    throw new RunletError("RLT5001", describe((error as BuildFailure).errors ?? [], error));
  }
}

function describe(messages: Message[], error: unknown): string {
  const sentences = messages.map(({ text, location }) =>
    location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text,
  );
  return sentences.length > 0 ? `${sentences.join("; ")}.` : `The bundler failed: ${String(error)}.`;
}

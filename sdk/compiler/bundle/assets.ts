import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import type { Module } from "../parse/module.ts";

/** A data file beside the code: `new URL("./orders.csv", import.meta.url)`, the form that Node and bundlers share. */
export interface Asset {
  /** The call's argument in the source. */
  start: number;
  end: number;
  file: string;
  /** The file's name in a bundle's folder; its hash keeps names apart. */
  bundled: string;
}

const PATTERN = /\bnew\s+URL\(\s*(["'])(\.{1,2}\/[^"'\n]+)\1\s*,\s*import\.meta\.url\s*\)/g;

/** The data files that a module names, where they exist. */
export function assetsOf(module: Module): Asset[] {
  const { text, path } = module.source;
  return [...text.matchAll(PATTERN)].flatMap((match) => {
    const [whole, quote = '"', specifier = ""] = match;
    const file = resolve(dirname(path), specifier);
    if (!existsSync(file) || !statSync(file).isFile()) return [];
    const start = match.index + whole.indexOf(quote + specifier);
    const hash = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 12);
    return [{ start, end: start + specifier.length + 2, file, bundled: `asset-${hash}${extname(file)}` }];
  });
}

/** Copies each file into the folders of the bundles that name it. */
export function copyAssets(
  outDir: string,
  directories: readonly string[],
  modules: ReadonlyMap<string, Module>,
): void {
  const assets = [...modules.values()].flatMap(assetsOf);
  if (assets.length === 0) return;
  for (const directory of directories) {
    const text = readFileSync(join(outDir, directory, "index.mjs"), "utf8");
    for (const { file, bundled } of assets)
      if (text.includes(bundled)) copyFileSync(file, join(outDir, directory, bundled));
  }
}

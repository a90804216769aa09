import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseSync } from "oxc-parser";
import { resolveModule } from "./resolve.ts";

/**
 * The folders of a file and of what it imports, directly or not; packages are left out. Where an import leads to
 * nothing, the nearest folder that exists stands for it: the file may be made there.
 */
export function sourceFolders(path: string): Set<string> {
  const folders = new Set<string>();
  const seen = new Set<string>();
  const open = [path];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    folders.add(existing(dirname(file)));
    for (const specifier of relativeImports(file)) {
      const target = resolve(dirname(file), specifier);
      folders.add(existing(dirname(target)));
      folders.add(existing(target)); // `./lib` may be a folder with an index
      const found = resolveModule(file, specifier);
      if (found !== undefined) open.push(found);
    }
  }
  return new Set([...folders].filter((folder) => folder !== ""));
}

/** A folder, or the nearest one above it that exists; nothing for a file. */
function existing(folder: string): string {
  if (!existsSync(folder)) return existing(dirname(folder));
  return statSync(folder).isDirectory() ? folder : "";
}

function relativeImports(file: string): string[] {
  if (!/\.[cm]?[jt]sx?$/.test(file)) return [];
  try {
    const text = readFileSync(file, "utf8");
    const { module } = parseSync(file, text);
    const exported = module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    );
    const dynamic = module.dynamicImports.flatMap(
      ({ moduleRequest: { start, end } }) => /^["'`](.+)["'`]$/.exec(text.slice(start, end))?.[1] ?? [],
    );
    const imported = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
    return [...imported, ...exported, ...dynamic].filter((specifier) => specifier.startsWith("."));
  } catch {
    return []; // gone, or unreadable just now: its folder is watched
  }
}

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let cached: string | undefined;

/** The folder of this package, whether it runs from `dist/`, from source, or installed. */
export function packageRoot(): string {
  if (cached) return cached;
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, "package.json");
    if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { name?: string }).name === "runlet")
      break;
    const parent = dirname(folder);
    if (parent === folder) throw new Error("Runlet's own package.json was not found above its code.");
    folder = parent;
  }
  cached = folder;
  return folder;
}

/** A built file that is used by its path: an entry that bundles import, or a process that is forked. */
export const distFile = (name: string): string => join(packageRoot(), "dist", name);

/** The version of Runlet, as in package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string })
    .version;
}

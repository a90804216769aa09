import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

const CANDIDATES = ["", ".ts", ".tsx", ".mts", ".js", ".mjs", "/index.ts", "/index.js"];

/** The file that a relative import leads to, as bundlers find it. */
export function resolveModule(from: string, specifier: string): string | undefined {
  const base = resolve(dirname(from), specifier);
  const variants = [base, base.replace(/\.js$/, ".ts"), base.replace(/\.mjs$/, ".mts")];
  for (const variant of variants) {
    for (const ending of CANDIDATES) {
      const path = variant + ending;
      if (existsSync(path) && statSync(path).isFile()) return realpathSync(path);
    }
  }
  return undefined;
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../cli/cli.ts";

/** The names of the examples: each has a folder. */
export const EXAMPLES: readonly string[] = readdirSync(join(root, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

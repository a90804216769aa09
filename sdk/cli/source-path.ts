import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { RunletError } from "../model/runlet-error.ts";
import { CommandRefused } from "./exit.ts";

/** The absolute path of a flow file. @throws CommandRefused RLT4003 */
export function flowFile(given: string): string {
  const path = resolve(given);
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new CommandRefused(new RunletError("RLT4003", `${given} was not found or cannot be read.`));
  }
  if (!statSync(path).isFile()) throw new CommandRefused(new RunletError("RLT4003", `${given} is no file.`));
  if (!/\.[cm]?[jt]sx?$/.test(path)) {
    throw new CommandRefused(new RunletError("RLT4003", `${given} is no TypeScript or JavaScript file.`));
  }
  return path;
}

/** The project of a file: the folder of the nearest package.json above it, or the file's own folder. */
export function projectRoot(path: string): string {
  let folder = dirname(path);
  for (;;) {
    if (existsSync(join(folder, "package.json"))) return folder;
    const parent = dirname(folder);
    if (parent === folder) return dirname(path);
    folder = parent;
  }
}

export function projectName(root: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name?: unknown };
    if (typeof name === "string" && name !== "")
      return name.replace(/^@[^/]*\//, "").replace(/[^A-Za-z0-9-]/g, "-");
  } catch {
    // No package.json, or one that npm will complain about: the folder has a name too.
  }
  return (
    root
      .split("/")
      .at(-1)
      ?.replace(/[^A-Za-z0-9-]/g, "-") || "runlet"
  );
}

/**
 * Where builds and runs of a project lie: `.runlet` in it, since bundles import what stays outside of them from the
 * project's own node_modules; a temporary folder where the project cannot be written.
 */
export function workFolder(root: string): string {
  const folder = join(root, ".runlet");
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    const fallback = join(tmpdir(), `runlet-${process.getuid?.() ?? "user"}`);
    mkdirSync(fallback, { recursive: true, mode: 0o700 });
    return fallback;
  }
}

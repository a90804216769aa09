import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { RunletError } from "../model/runlet-error.ts";
import { CommandRefused } from "./exit.ts";

/** The real path of a flow file, links followed as Node follows them. @throws CommandRefused RLT4003 */
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
  return realpathSync(path);
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
    const isNew = mkdirSync(folder, { recursive: true }) !== undefined;
    accessSync(folder, constants.W_OK);
    // Runs hold data of their own; nobody should have to remember to keep them out of a repository.
    if (isNew) writeFileSync(join(folder, ".gitignore"), "*\n");
    return folder;
  } catch {
    return ownTemporaryFolder();
  }
}

/** The same folder for every command of one user, unless somebody else was quicker to make one of that name. */
function ownTemporaryFolder(): string {
  const user = process.getuid?.();
  const folder = join(tmpdir(), `runlet-${user ?? "user"}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  const isOwn = found.isDirectory() && (user === undefined || (found.uid === user && !(found.mode & 0o022)));
  return isOwn ? folder : mkdtempSync(`${folder}-`);
}

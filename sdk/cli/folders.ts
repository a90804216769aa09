import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { RunletError } from "../model/runlet-error.ts";
import { CommandRefused } from "./exit.ts";

/**
 * Makes a folder that can be written, before any work is done for it.
 *
 * @param what names it in an error, such as `The data folder`
 * @throws CommandRefused RLT4009
 */
export function writableFolder(path: string, what: string, mode = 0o777): string {
  try {
    makeFolder(path, mode);
    accessSync(path, constants.W_OK | constants.X_OK);
    return path;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "EEXIST" || code === "ENOTDIR"
        ? "cannot be made: there is a file of that name"
        : `cannot be written (${code})`;
    throw new CommandRefused(new RunletError("RLT4009", `${what} ${path} ${why}.`));
  }
}

/** Level by level: Node's recursive mkdir never returns where a file system refuses with ENOENT, as /proc does. */
function makeFolder(path: string, mode: number): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (!found && dirname(path) !== path) makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another command made it in the meantime.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

import { readFileSync } from "node:fs";
import { RunletError } from "../../model/runlet-error.ts";
import { CommandRefused } from "../exit.ts";

/** The text of a file. @throws CommandRefused RLT4003 */
export function textOf(path: string): string {
  try {
    // Editors of some systems begin a file with a byte order mark, which is no part of the JSON.
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch {
    throw new CommandRefused(new RunletError("RLT4003", `${path} was not found or cannot be read.`));
  }
}

/** JSON text given on the command line, or as `@file`. */
export const givenText = (given: string): string => (given.startsWith("@") ? textOf(given.slice(1)) : given);

/** The value of JSON text. @throws CommandRefused RLT4005 */
export function parsedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CommandRefused(new RunletError("RLT4005", `${what} is not JSON: ${(error as Error).message}.`));
  }
}

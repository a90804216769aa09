import { basename } from "node:path";
import { RunletError } from "../model/runlet-error.ts";

/** What the system said, as a coded error; what has a code already stays as it is. */
export function systemError(doing: string, path: string, error: unknown): RunletError {
  if (error instanceof RunletError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new RunletError("RLT6005", `${doing} ${basename(path)} failed: ${said}.`, { cause: error });
}

/** Damage that only a person can judge: names the file and the byte, and what can be done. */
export function damaged(file: string, offset: number, what: string, canCut: boolean): RunletError {
  const restore = `Restore ${file} (or the whole data directory) from a backup`;
  const cut = `, or open the journal with cutAt: { file: "${file}", offset: ${offset} } to go on with what stands before it; the rest is kept aside in quarantine files`;
  return new RunletError("RLT6003", `${file} is damaged at byte ${offset}: ${what}. Nothing was changed.`, {
    mend: `${restore}${canCut ? cut : ""}.`,
  });
}

/** A format that this version does not know. */
export function unknownFormat(file: string, version: number | string, known: number): RunletError {
  return new RunletError(
    "RLT6002",
    `${file} has the journal format ${version}; this version of Runlet knows format ${known}.`,
  );
}

/** What an owner finds that has slept longer than its lease. */
export function takenOver(): RunletError {
  return new RunletError("RLT6004", "Another owner has opened the journal since this one's lease ended.");
}

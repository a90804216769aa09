import { join } from "node:path";
import { createDurably, readWhole } from "../../journal/durable-file.ts";
import { type FileSystemPort, nodeFiles } from "../../journal/index.ts";
import { RunletError } from "../../model/runlet-error.ts";

/**
 * The format of what the engine writes into the journal; the journal's own framing has a number of its own. 2 has machines
 * by name, 3 evaluates plain expressions at once in runs that say so; whatever is in an older format is in a newer one as well.
 */
export const ENGINE_FORMAT = 3;
const OLDEST_FORMAT = 1;

const MARKER = "ENGINE";

/**
 * Says in the directory what the records in it are, or refuses before anything is touched.
 *
 * @throws RunletError RLT6002 for a format that is not known
 */
export async function checkMarker(directory: string, files: FileSystemPort = nodeFiles): Promise<void> {
  const place = { files, directory };
  await files.makeDirectory(directory);
  const text = readWhole(place, MARKER)?.toString("utf8");
  const format = text === undefined ? undefined : formatIn(text);
  const known = Number(format) >= OLDEST_FORMAT && Number(format) <= ENGINE_FORMAT;
  if (text !== undefined && !known) {
    throw new RunletError(
      "RLT6002",
      `${join(directory, MARKER)} says that the runs are kept in format ${format ?? "?"}; this version of Runlet knows format ${ENGINE_FORMAT}.`,
    );
  }
}

const formatIn = (text: string): string | undefined => /format (\d+)\./.exec(text)?.[1];

/** From here on an older version must not open the directory. */
export async function writeMarker(directory: string, files: FileSystemPort = nodeFiles): Promise<void> {
  const present = readWhole({ files, directory }, MARKER)?.toString("utf8");
  if (present !== undefined && Number(formatIn(present)) === ENGINE_FORMAT) return;
  const text = `Runlet engine, format ${ENGINE_FORMAT}. The journal here holds runs of state machines: sdk/engine/durable/README.md.\n`;
  (await createDurably({ files, directory }, MARKER, Buffer.from(text))).close();
}

import { join } from "node:path";
import type { Clock } from "../model/clock.ts";
import { systemClock } from "../model/clock.ts";
import { RunletError } from "../model/runlet-error.ts";
import { type Cut, checkFormats } from "./chain.ts";
import { createDurably, type Place } from "./durable-file.ts";
import { systemError, takenOver } from "./errors.ts";
import type { FileSystemPort } from "./file-system.ts";
import { FORMAT_VERSION, HEADER_BYTES } from "./header.ts";
import { Journal, type JournalLimits } from "./journal.ts";
import { claimLease, type Lease } from "./lease.ts";
import { MARKER, quarantineName } from "./names.ts";
import { isSystemError, nodeFiles } from "./node-files.ts";
import { machineProcesses, type ProcessPort } from "./process-identity.ts";
import { type Recovered, type Replay, recover } from "./recovery.ts";
import { beginSegment, saltFor } from "./segment.ts";

/** How to open a journal. */
export interface JournalOptions {
  /** The data directory; made where it is missing. On a local file system: its page cache must be one. */
  readonly directory: string;
  /** Who opens it; named to others who are refused. */
  readonly owner: string;
  /**
   * Gets every record in order before `openJournal` resolves, the snapshot's first. Build state in it and do nothing
   * else: what it has seen is certain to last only when `openJournal` resolves.
   */
  readonly replay: Replay;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** How long the ownership outlasts its last renewal, in milliseconds; renewed three times in that. Default 10,000. */
  readonly leaseMillis?: number;
  /** Called once when another owner has taken over; from then on every append is refused (RLT6004). */
  readonly onLost?: (error: RunletError) => void;
  /** Where to cut off damage, as the message of RLT6003 says it. */
  readonly cutAt?: Cut;
  /** The largest value, in bytes. Default 16 MiB. */
  readonly maxRecordBytes?: number;
  /** What one sync takes at most, in bytes. Default 4 MiB; a larger record goes alone. */
  readonly maxBatchBytes?: number;
  /** Above this length a new segment is begun, in bytes. Default 16 MiB. */
  readonly segmentBytes?: number;
  /** Default: the machine's. For tests. */
  readonly files?: FileSystemPort;
  /** Default: the machine's. For tests. */
  readonly processes?: ProcessPort;
}

/**
 * Opens the journal in a directory as its only owner, and replays it.
 *
 * @throws RunletError RLT6001 while another owner's lease lives, RLT6002 for a newer format, RLT6003 for damage that only a
 * person can judge, RLT6005 when the system fails, RLT4002 for an invalid option
 * @example
 * const runs = new Map<string, unknown[]>();
 * const journal = await openJournal({
 *   directory: ".runlet/journal", owner: "runlet run",
 *   replay: ({ stream, value }) => runs.set(stream, [...(runs.get(stream) ?? []), value]),
 * });
 * await journal.append("run-1", { type: "ExecutionStarted" }); // on disk now
 * await journal.close();
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const place: Place = { files: options.files ?? nodeFiles, directory: options.directory };
  const { clock, leaseMillis, limits } = checkOptions(options);
  const { owner, processes = machineProcesses } = options;
  let lease: Lease | undefined;
  try {
    await place.files.makeDirectory(place.directory);
    // Before the claim: a directory of a newer version is left as it is.
    checkFormats(place, place.files.list(place.directory));
    lease = await claimLease(place, { clock, owner, leaseMillis, processes });
    let journal: Journal | undefined;
    lease.keep(() => journal?.lost());
    const { epoch } = lease;
    await writeMarker(place);
    const recovered = await recover(place, options.replay, options.cutAt);
    const salt = saltFor(owner, epoch, 1, clock.now());
    const { previous, after, carried } = recovered;
    const segment = await beginSegment(place, { epoch, index: 1, salt, after, previous }, carried);
    if (!lease.holds()) throw takenOver();
    const warnings = [...recovered.warnings, ...tidy(place, recovered)];
    const { segments: older } = recovered;
    const { onLost } = options;
    const parts = { place, lease, clock, owner, limits, segment, older, warnings };
    journal = new Journal({ ...parts, ...(onLost && { onLost }) });
    return journal;
  } catch (error) {
    // A later owner tidies up what we were writing, so its coming is the cause and not what the system says then.
    const cause = lease && !lease.holds() ? takenOver() : error;
    lease?.release();
    throw isSystemError(cause) ? systemError("Opening the journal in", place.directory, cause) : cause;
  }
}

function checkOptions(options: JournalOptions): { clock: Clock; leaseMillis: number; limits: JournalLimits } {
  const { clock = systemClock, leaseMillis = 10_000, maxRecordBytes = 16_777_216 } = options;
  const { maxBatchBytes = 4_194_304, segmentBytes = 16_777_216 } = options;
  for (const [name, value] of Object.entries({ leaseMillis, maxRecordBytes, maxBatchBytes, segmentBytes })) {
    if (!Number.isFinite(value) || value < 1) {
      throw new RunletError("RLT4002", `The journal's ${name} is ${value}; it must be a number above 0.`);
    }
  }
  return { clock, leaseMillis, limits: { maxRecordBytes, maxBatchBytes, segmentBytes } };
}

async function writeMarker(place: Place): Promise<void> {
  if (place.files.exists(join(place.directory, MARKER))) return;
  const text = `Runlet journal, format ${FORMAT_VERSION}. Not for editing: every byte is checked. What the files are: sdk/journal/README.md.\n`;
  (await createDurably(place, MARKER, Buffer.from(text))).close();
}

/** Removes what the new segment made superfluous, and sets aside what a follower must not delete unseen. */
function tidy(place: Place, { superfluous, strays }: Recovered): RunletError[] {
  const { files, directory } = place;
  for (const name of superfluous) files.remove(join(directory, name));
  return strays.flatMap((name) => {
    const path = join(directory, name);
    const file = files.open(path);
    const empty = file === undefined || file.size() <= HEADER_BYTES;
    file?.close();
    if (empty) {
      files.remove(path);
      return [];
    }
    const aside = quarantineName(name, 0);
    files.rename(path, join(directory, aside));
    return [new RunletError("RLT6009", `${name} is no part of the history; it is kept as ${aside}.`)];
  });
}

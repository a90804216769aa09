import { join } from "node:path";
import type { Clock, Timer } from "../model/clock.ts";
import { RunletError } from "../model/runlet-error.ts";
import { type Place, removeQuietly, temporaryName } from "./durable-file.ts";
import type { FilePort } from "./file-system.ts";
import { ownerEpoch, ownerName, segmentsIn, snapshotsIn } from "./names.ts";
import { isCode } from "./node-files.ts";
import type { ProcessIdentity, ProcessPort } from "./process-identity.ts";

/** What an owner file says. The end of the lease is the file's time of modification, which one call moves. */
export interface OwnerFile extends ProcessIdentity {
  readonly id: string;
  readonly epoch: number;
  readonly leaseMillis: number;
  /** When the claim was made, ISO 8601. */
  readonly since: string;
}

export interface LeaseOptions {
  readonly clock: Clock;
  readonly owner: string;
  readonly leaseMillis: number;
  readonly processes: ProcessPort;
}

const MAX_CLAIMS = 50;
const RENEWALS_PER_LEASE = 3;

/**
 * Makes this process the owner: its file `owner-<epoch>.json` gets its name by a hard link, which exactly one claimant of
 * an epoch can make.
 *
 * @throws RunletError RLT6001 while another owner's lease lives
 */
export async function claimLease(place: Place, options: LeaseOptions): Promise<Lease> {
  for (let tries = 0; tries < MAX_CLAIMS; tries++) {
    const names = place.files.list(place.directory);
    const last = Math.max(0, ...names.flatMap((name) => ownerEpoch(name) ?? []));
    refuseWhileOwned(place, last, options);
    const epoch = Math.max(last, highestEpoch(names)) + 1;
    const file = await tryClaim(place, epoch, options);
    if (file === undefined) continue;
    const lease = new Lease(epoch, file, options);
    try {
      if (isFirst(place, epoch)) return lease;
      place.files.remove(join(place.directory, ownerName(epoch)));
    } catch (error) {
      lease.release();
      throw error;
    }
    lease.release();
  }
  throw new RunletError("RLT6001", "Other processes claim the journal faster than this one.");
}

/**
 * Whether the claim counts; if so, removes the files of earlier owners. A claimant that was stopped between its look and
 * its claim may have got an old epoch, which nobody held any more.
 */
function isFirst(place: Place, epoch: number): boolean {
  const names = place.files.list(place.directory);
  if (highestEpoch(names) >= epoch) return false;
  if (names.some((name) => (ownerEpoch(name) ?? 0) > epoch)) return false;
  removeOlderOwners(place, names, epoch);
  return true;
}

function highestEpoch(names: readonly string[]): number {
  return Math.max(0, ...[...segmentsIn(names), ...snapshotsIn(names)].map(({ epoch }) => epoch));
}

function refuseWhileOwned(place: Place, epoch: number, { clock, processes }: LeaseOptions): void {
  const file = place.files.open(join(place.directory, ownerName(epoch)));
  if (file === undefined) return;
  try {
    const leaseEnd = file.modified();
    if (leaseEnd <= clock.now()) return;
    const owner = parseOwner(file.read(0, file.size()));
    if (owner !== undefined && processes.isGone(owner)) return;
    const name = owner
      ? `"${owner.id}" (process ${owner.pid} on ${owner.host}, epoch ${owner.epoch})`
      : `an owner whose file ${ownerName(epoch)} cannot be read`;
    throw new RunletError(
      "RLT6001",
      `The journal belongs to ${name}, whose lease lasts until ${new Date(leaseEnd).toISOString()}.`,
    );
  } finally {
    file.close();
  }
}

function parseOwner(bytes: Buffer): OwnerFile | undefined {
  try {
    return JSON.parse(bytes.toString("utf8")) as OwnerFile;
  } catch {
    return undefined; // the lease decides
  }
}

async function tryClaim(place: Place, epoch: number, options: LeaseOptions): Promise<FilePort | undefined> {
  const { files, directory } = place;
  const now = options.clock.now();
  const contents: OwnerFile = {
    id: options.owner,
    epoch,
    ...options.processes.self(),
    leaseMillis: options.leaseMillis,
    since: new Date(now).toISOString(),
  };
  const temporary = join(directory, temporaryName(ownerName(epoch)));
  const file = files.create(temporary);
  try {
    file.write(Buffer.from(`${JSON.stringify(contents, null, 2)}\n`), 0);
    await file.sync();
    file.setModified(options.clock.now() + options.leaseMillis);
    files.link(temporary, join(directory, ownerName(epoch)));
    return file;
  } catch (error) {
    file.close();
    // EEXIST: another one was faster. ENOENT: the owner tidied up our temporary file. Either way, look again.
    if (isCode(error, "EEXIST") || isCode(error, "ENOENT")) return undefined;
    throw error;
  } finally {
    removeQuietly(place, temporary);
  }
}

/** From here on none of them acknowledges anything: see {@link Lease.holds}. */
function removeOlderOwners(place: Place, names: readonly string[], epoch: number): void {
  const older = names.flatMap((name) => ownerEpoch(name) ?? []).filter((other) => other < epoch);
  for (const other of older) place.files.remove(join(place.directory, ownerName(other)));
}

/** The ownership of a data directory, from the claim to the release. */
export class Lease {
  readonly epoch: number;
  readonly #file: FilePort;
  readonly #options: LeaseOptions;
  #timer: Timer | undefined;
  #released = false;

  constructor(epoch: number, file: FilePort, options: LeaseOptions) {
    this.epoch = epoch;
    this.#file = file;
    this.#options = options;
  }

  /**
   * Whether no other owner has come, whatever the clocks say: a successor removes the name of our file before it reads any
   * segment. Asked after the data is on disk and before it is acknowledged; so what is acknowledged, a successor has seen.
   */
  holds(): boolean {
    return !this.#released && this.#file.links() > 0;
  }

  /** Renews until the release; calls `lost` once when another owner has come. */
  keep(lost: () => void): void {
    const { clock, leaseMillis } = this.#options;
    this.#timer = clock.schedule(leaseMillis / RENEWALS_PER_LEASE, () => {
      if (this.#released) return;
      if (!this.holds()) return lost();
      this.#file.setModified(clock.now() + leaseMillis);
      this.keep(lost);
    });
  }

  /** Ends the lease at once. The file stays, so that no epoch is given twice. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#timer?.cancel();
    try {
      this.#file.setModified(0);
    } catch {
      // Then the lease ends by itself.
    }
    this.#file.close();
  }
}

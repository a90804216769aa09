import { join } from "node:path";
import { RunletError } from "../model/runlet-error.ts";
import { type Cut, type Link, readChain } from "./chain.ts";
import { createDurably, type Place, readWhole } from "./durable-file.ts";
import { damaged } from "./errors.ts";
import { HEADER_BYTES, type Previous } from "./header.ts";
import { isTemporary, quarantineName, segmentsIn, snapshotsIn } from "./names.ts";
import { contentOf, type Draft, KIND_JSON, type RawRecord, streamOf } from "./record.ts";
import { type Scan, scanRecords, wasOnceOnDisk, withoutZeros } from "./scan.ts";
import { readSnapshot } from "./snapshot.ts";

/** A record as `replay` gets it. */
export interface JournalEntry {
  readonly stream: string;
  /** The value as it was appended: JSON, or a Buffer. */
  readonly value: unknown;
  /** `snapshot` entries come first and stand for all that was appended up to the snapshot. */
  readonly from: "snapshot" | "segment";
  /** Counts appended records from 1, without gaps; within a snapshot it counts the snapshot's records. */
  readonly sequence: number;
}

/** A segment, and the last sequence in it, as far as it counts. */
export interface CoveredSegment {
  readonly name: string;
  readonly last: number;
}

/** What a new owner goes on from. */
export interface Recovered {
  /** The segment that the new one follows, and where that ends; undefined where there is nothing before. */
  readonly previous?: Previous;
  /** The last sequence before the new segment. */
  readonly after: number;
  /** The last batch: nothing shows that it ever reached the disk, so the new segment begins with it. */
  readonly carried: readonly Draft[];
  readonly segments: readonly CoveredSegment[];
  /** Files without use for the history: removed once the new segment is on disk. */
  readonly superfluous: readonly string[];
  /** Segments of writers that were followed by another owner: kept aside. */
  readonly strays: readonly string[];
  readonly warnings: readonly RunletError[];
}

export type Replay = (entry: JournalEntry) => void;

/** Reads the directory, which must be ours, and replays it. Damage is refused: RLT6003. */
export async function recover(place: Place, replay: Replay, cut?: Cut): Promise<Recovered> {
  const names = place.files.list(place.directory);
  const snapshots = snapshotsIn(names);
  const snapshot = snapshots.at(-1);
  const through = snapshot?.through ?? 0;
  const chain = readChain(place, names, through, cut);
  if (snapshot) readSnapshot(place, snapshot, (bytes, record) => replay(entryOf(bytes, record, "snapshot")));
  const chained = new Set(chain.map(({ name }) => name));
  const found = {
    strays: segmentsIn(names).flatMap(({ name }) => (chained.has(name) ? [] : [name])),
    tidy: [...snapshots.slice(0, -1).map(({ name }) => name), ...names.filter(isTemporary)],
  };
  const head = chain.pop();
  if (head === undefined)
    return { after: 0, carried: [], segments: [], superfluous: found.tidy, strays: [], warnings: [] };

  const segments: CoveredSegment[] = [];
  for (const link of chain) {
    const { name, last = 0 } = link;
    if (last <= through) found.tidy.push(name);
    else {
      replaySealed(place, link, through, replay);
      segments.push({ name, last });
    }
  }
  const { carried, sequence, proven, warning } = await replayLast(place, head, through, replay, cut);
  if (sequence < through) throw damaged(head.name, proven.end, "it ends before the snapshot does", false);
  const follows = seal(head, proven.end);
  if (follows?.epoch === head.epoch && follows.index === head.index) {
    segments.push({ name: head.name, last: proven.sequence });
  } else found.tidy.push(head.name);
  return {
    ...(follows && { previous: follows }),
    after: proven.sequence,
    carried,
    segments,
    superfluous: found.tidy,
    strays: found.strays,
    warnings: warning ? [warning] : [],
  };
}

/** What the next segment says of this one; a segment in which nothing counts is passed over. */
export function seal({ header }: Pick<Link, "header">, end: number): Previous | undefined {
  return end > HEADER_BYTES ? { epoch: header.epoch, index: header.index, sealed: end } : header.previous;
}

function replaySealed(place: Place, link: Link, through: number, replay: Replay): void {
  const { name, header, sealed = 0, last } = link;
  const bytes = readWhole(place, name) ?? Buffer.alloc(0);
  const limit = Math.min(sealed, bytes.length);
  const scan = scanRecords(bytes, HEADER_BYTES, limit, header, header.after, (record) => {
    if (record.sequence > through) replay(entryOf(bytes, record, "segment"));
  });
  if (scan.end !== sealed || scan.sequence !== last) {
    throw damaged(name, scan.end, "a record is not whole, and later segments follow", true);
  }
}

async function replayLast(
  place: Place,
  head: Link,
  through: number,
  replay: Replay,
  cut?: Cut,
): Promise<{ carried: Draft[]; sequence: number; proven: Scan["proven"]; warning?: RunletError }> {
  const { name, header } = head;
  const bytes = readWhole(place, name) ?? Buffer.alloc(0);
  let carried: Draft[] = [];
  const scan = scanRecords(bytes, HEADER_BYTES, bytes.length, header, header.after, (record) => {
    if (record.index === 0) carried = [];
    carried.push(draftOf(bytes, record));
    if (record.sequence > through) replay(entryOf(bytes, record, "segment"));
  });
  const { end, sequence, proven } = scan;
  if (cut !== undefined && cut.offset !== end) {
    throw new RunletError("RLT4002", `cutAt says byte ${cut.offset} of ${name}; the damage is at ${end}.`);
  }
  const rest = withoutZeros(bytes.subarray(end));
  if (cut === undefined && wasOnceOnDisk(bytes, scan, header)) {
    throw damaged(name, end, "a record is not whole, and records of later batches follow", true);
  }
  if (rest.length === 0) return { carried, sequence, proven };
  const aside = quarantineName(name, end);
  if (place.files.exists(join(place.directory, aside))) place.files.remove(join(place.directory, aside));
  (await createDurably(place, aside, rest)).close();
  const warning = new RunletError(
    "RLT6007",
    `${name} ends with ${rest.length} bytes, from byte ${end} on, that are no whole record; they are kept in ${aside}.`,
  );
  return { carried, sequence, proven, warning };
}

function entryOf(bytes: Buffer, record: RawRecord, from: JournalEntry["from"]): JournalEntry {
  const value = contentOf(bytes, record);
  return {
    stream: streamOf(bytes, record),
    value: record.kind === KIND_JSON ? (JSON.parse(value.toString("utf8")) as unknown) : value,
    from,
    sequence: record.sequence,
  };
}

function draftOf(bytes: Buffer, record: RawRecord): Draft {
  const { kind, streamBytes } = record;
  const value = contentOf(bytes, record);
  return { kind, stream: streamOf(bytes, record), streamBytes, value, valueBytes: value.length };
}

import { join } from "node:path";
import { RunletError } from "../model/runlet-error.ts";
import { type Place, readWhole, removeQuietly, temporaryName } from "./durable-file.ts";
import { damaged, unknownFormat } from "./errors.ts";
import type { FilePort } from "./file-system.ts";
import { decodeHeader, encodeHeader, FORMAT_VERSION, HEADER_BYTES, type Header } from "./header.ts";
import { type SnapshotName, snapshotName } from "./names.ts";
import { type Draft, draft, draftBytes, encodeRecord, KIND_END, type RawRecord } from "./record.ts";
import { scanRecords } from "./scan.ts";

const FLUSH_BYTES = 1_048_576;

/** Writes a snapshot beside the journal; it counts only once it has its name. */
export class SnapshotWriter {
  readonly #place: Place;
  readonly #header: Header;
  readonly #maxBytes: number;
  readonly #temporary: string;
  readonly #file: FilePort;
  #waiting: Draft[] = [];
  #waitingBytes = 0;
  #length = HEADER_BYTES;
  #count = 0;
  #ended = false;
  #closed = false;

  constructor(place: Place, frame: { epoch: number; salt: number; through: number }, maxBytes: number) {
    const { epoch, salt, through } = frame;
    this.#place = place;
    this.#header = { kind: "snapshot", epoch, index: 0, salt, after: through };
    this.#maxBytes = maxBytes;
    this.#temporary = join(place.directory, temporaryName(snapshotName(through, epoch)));
    this.#file = place.files.create(this.#temporary);
  }

  put(stream: string, value: unknown): void {
    if (this.#ended) throw new RunletError("RLT6008", "The snapshot was finished when more was put in it.");
    this.#add(draft(stream, value, this.#maxBytes));
  }

  /** Returns the name of the snapshot, which is then on disk under it. */
  async finish(): Promise<string> {
    const { files, directory } = this.#place;
    this.#add({ kind: KIND_END, stream: "", streamBytes: 0, value: "", valueBytes: 0 });
    this.#ended = true;
    this.#flush();
    this.#file.write(encodeHeader(this.#header), 0);
    await this.#file.sync();
    const name = snapshotName(this.#header.after, this.#header.epoch);
    files.rename(this.#temporary, join(directory, name));
    await files.syncDirectory(directory);
    this.#close();
    return name;
  }

  /** For whatever went wrong; does nothing to a snapshot that has its name. */
  discard(): void {
    this.#ended = true;
    this.#close();
    removeQuietly(this.#place, this.#temporary);
  }

  #close(): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }

  #add(record: Draft): void {
    this.#waiting.push(record);
    this.#waitingBytes += draftBytes(record);
    if (this.#waitingBytes >= FLUSH_BYTES) this.#flush();
  }

  #flush(): void {
    const bytes = Buffer.allocUnsafe(this.#waitingBytes);
    let end = 0;
    for (const record of this.#waiting) {
      end = encodeRecord(bytes, end, this.#header, { sequence: ++this.#count, index: 0 }, record);
    }
    this.#file.write(bytes, this.#length);
    this.#length += end;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

/**
 * Visits the records of a snapshot.
 *
 * @throws RunletError RLT6003 unless it is whole to the last byte, RLT6002 for a format that is not known
 */
export function readSnapshot(
  place: Place,
  { name, through }: SnapshotName,
  visit: (bytes: Buffer, record: RawRecord) => void,
): void {
  const bytes = readWhole(place, name) ?? Buffer.alloc(0);
  const header = decodeHeader("snapshot", bytes);
  if ("problem" in header) {
    if (header.problem === "unknown") throw unknownFormat(name, header.version, FORMAT_VERSION);
    throw damaged(name, 0, "its head is not whole", false);
  }
  let last: RawRecord | undefined;
  const records: RawRecord[] = [];
  const scan = scanRecords(bytes, HEADER_BYTES, bytes.length, header, 0, (record) => {
    if (last !== undefined) records.push(last);
    last = record;
  });
  if (last?.kind !== KIND_END || scan.end !== bytes.length || header.after !== through) {
    throw damaged(name, scan.end, "the snapshot is not whole", false);
  }
  for (const record of records) visit(bytes, record);
}

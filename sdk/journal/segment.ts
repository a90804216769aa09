import { crc32 } from "node:zlib";
import { createDurably, type Place } from "./durable-file.ts";
import type { FilePort } from "./file-system.ts";
import { encodeHeader, HEADER_BYTES, type Header, type Previous } from "./header.ts";
import { segmentName } from "./names.ts";
import { type Draft, draftBytes, encodeRecord } from "./record.ts";

/** The segment that is written to. */
export interface OpenSegment {
  readonly name: string;
  readonly header: Header;
  readonly file: FilePort;
  /** How much of it is on disk, in bytes; what stands behind that was never acknowledged. */
  length: number;
  /** The last sequence on disk. */
  sequence: number;
  /** How long the file is. */
  reserved: number;
}

/**
 * So much a file is longer than it need be: where a write lengthens it, the sync has to write the new length too, and waits for
 * whatever else the file system has under way.
 */
const RESERVE_BYTES = 262_144;

/** Makes the file long enough for the bytes that are to be written to it. */
export function reserve(segment: OpenSegment, bytes: number): void {
  const needed = segment.length + bytes;
  if (needed <= segment.reserved) return;
  const length = Math.ceil((needed + 1) / RESERVE_BYTES) * RESERVE_BYTES;
  segment.file.resize(length);
  segment.reserved = length;
}

/** Takes back what was not used; only tidiness, since a recovery takes zeros for what they are. */
export function trim(segment: OpenSegment): void {
  if (segment.reserved === segment.length) return;
  try {
    segment.file.resize(segment.length);
    segment.reserved = segment.length;
  } catch {
    // Then it stays as long as it is.
  }
}

/** A number that differs from file to file; it need not be secret. */
export const saltFor = (owner: string, epoch: number, index: number, now: number): number =>
  crc32(`${owner}/${epoch}/${index}/${now}`);

/** Begins a segment, with `first` as its first batch; it is on disk when the promise resolves. */
export async function beginSegment(
  place: Place,
  head: { epoch: number; index: number; salt: number; after: number; previous?: Previous | undefined },
  first: readonly Draft[],
): Promise<OpenSegment> {
  const { previous, ...rest } = head;
  const header: Header = { kind: "segment", ...rest, ...(previous && { previous }) };
  const bytes = Buffer.concat([encodeHeader(header), encodeBatch(header, head.after, first)]);
  const name = segmentName(head.epoch, head.index);
  const file = await createDurably(place, name, bytes);
  const { length } = bytes;
  return { name, header, file, length, reserved: length, sequence: head.after + first.length };
}

/** The records of a batch, numbered from the sequence after `after`. */
export function encodeBatch(header: Header, after: number, batch: readonly Draft[]): Buffer {
  let size = 0;
  for (const record of batch) size += draftBytes(record);
  const bytes = Buffer.allocUnsafe(size);
  let end = 0;
  batch.forEach((record, index) => {
    end = encodeRecord(bytes, end, header, { sequence: after + 1 + index, index }, record);
  });
  return bytes;
}

export const isEmpty = (segment: OpenSegment): boolean => segment.length === HEADER_BYTES;

import { decodeRecord, type Frame, type RawRecord, RECORD_HEADER_BYTES } from "./record.ts";

/** How far the records of a file are whole. */
export interface Scan {
  /** Where the first byte stands that belongs to no whole record in its place. */
  readonly end: number;
  /** The sequence of the last whole record. */
  readonly sequence: number;
  /** Where the last batch begins, and the sequence before it: all before that place was once on disk. */
  readonly proven: { readonly end: number; readonly sequence: number };
}

/** Visits the whole records from `start` on, in order, up to the first one that is not whole or out of its place. */
export function scanRecords(
  bytes: Buffer,
  start: number,
  limit: number,
  frame: Frame,
  after: number,
  visit: (record: RawRecord) => void,
): Scan {
  let end = start;
  let sequence = after;
  let index = -1;
  let proven = { end, sequence };
  for (;;) {
    const record = decodeRecord(bytes, end, limit, frame);
    if (record === undefined || record.sequence !== sequence + 1) break;
    if (record.index !== 0 && record.index !== index + 1) break;
    if (record.index === 0) proven = { end, sequence };
    visit(record);
    ({ end, sequence, index } = record);
  }
  return { end, sequence, proven };
}

/**
 * Whether the bytes behind the end show that the missing record was once on disk. A batch is written only when the one
 * before it is on disk, so a whole record of a later batch is that proof: then the record before was damaged later, and
 * cutting it off would lose what was acknowledged. Without such proof it is the batch that a crash interrupted, whose
 * pages reach the disk in any order.
 */
export function wasOnceOnDisk(bytes: Buffer, scan: Scan, frame: Frame): boolean {
  // Behind the last byte that is not zero no record begins; one that begins before may well end there.
  const last = Math.min(withoutZeros(bytes).length, bytes.length - RECORD_HEADER_BYTES);
  for (let start = scan.end + 1; start <= last; start++) {
    const later = decodeRecord(bytes, start, bytes.length, frame);
    if (later !== undefined && later.sequence - later.index > scan.sequence + 1) return true;
  }
  return false;
}

/** Files are made longer than what stands in them, with zeros: no damage, nothing to keep. */
export function withoutZeros(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

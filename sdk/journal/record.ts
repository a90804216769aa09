import { crc32 } from "node:zlib";
import { RunletError } from "../model/runlet-error.ts";

/**
 * One record on disk; README.md has it byte by byte.
 *
 *  0 u32 checksum   4 u32 length   8 u32 epoch   12 u48 sequence   18 u16 stream length   20 u24 index   23 u8 kind
 */
export const RECORD_HEADER_BYTES = 24;
export const MAX_STREAM_BYTES = 65_535;
/** The index has 24 bits, so a batch has at most so many records. */
export const MAX_BATCH_RECORDS = 16_777_215;

export const KIND_BYTES = 0;
export const KIND_JSON = 1;
/** The last record of a snapshot: its sequence counts the ones before it. */
export const KIND_END = 2;

/** What is to be written: the length of both parts is known before the place for them is made. */
export interface Draft {
  readonly kind: number;
  readonly stream: string;
  readonly streamBytes: number;
  readonly value: string | Uint8Array;
  readonly valueBytes: number;
}

/** A record as it lies in a segment or a snapshot. */
export interface RawRecord {
  readonly epoch: number;
  readonly sequence: number;
  /** The place in its batch, from 0: everything before the batch was on disk before the batch was written. */
  readonly index: number;
  readonly kind: number;
  readonly streamBytes: number;
  /** Where it begins and ends in the file. */
  readonly start: number;
  readonly end: number;
}

/** Where records stand: only those of this epoch and this salt count. */
export interface Frame {
  readonly epoch: number;
  /** Begins every checksum, so that no record of another file, or inside a value, passes for one of this file. */
  readonly salt: number;
}

/** A text that is to be kept as bytes, in UTF-8: as a Uint8Array of them would be, without making one. */
export class TextBytes {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * @throws RunletError RLT6006 for a stream that has no faithful UTF-8 or is too long, or a record above the limit;
 * RLT2001 for what JSON cannot say
 */
export function draft(stream: string, value: unknown, maxBytes: number): Draft {
  const streamBytes = Buffer.byteLength(stream);
  if (streamBytes > MAX_STREAM_BYTES || !stream.isWellFormed()) {
    throw new RunletError("RLT6006", `The stream ${JSON.stringify(stream.slice(0, 40))} is no valid name.`);
  }
  const opaque = value instanceof Uint8Array || value instanceof TextBytes;
  const content = contentToWrite(value);
  if (content === undefined)
    throw new RunletError("RLT2001", `A record of stream "${stream}" is ${typeof value}.`);
  const valueBytes = typeof content === "string" ? Buffer.byteLength(content) : content.length;
  if (valueBytes > maxBytes) {
    throw new RunletError(
      "RLT6006",
      `A record of stream "${stream}" has ${valueBytes} bytes; ${maxBytes} is the most.`,
    );
  }
  return { kind: opaque ? KIND_BYTES : KIND_JSON, stream, streamBytes, value: content, valueBytes };
}

function contentToWrite(value: unknown): string | Uint8Array | undefined {
  if (value instanceof TextBytes) return value.text;
  // A copy: the caller may use its buffer again before the batch is written.
  return value instanceof Uint8Array ? Uint8Array.prototype.slice.call(value) : JSON.stringify(value);
}

export const draftBytes = (record: Draft): number =>
  RECORD_HEADER_BYTES + record.streamBytes + record.valueBytes;

/** Writes the record at `start` and returns where it ends. */
export function encodeRecord(
  into: Buffer,
  start: number,
  frame: Frame,
  place: { sequence: number; index: number },
  record: Draft,
): number {
  const end = start + draftBytes(record);
  into.writeUInt32LE(record.streamBytes + record.valueBytes, start + 4);
  into.writeUInt32LE(frame.epoch, start + 8);
  into.writeUIntLE(place.sequence, start + 12, 6);
  into.writeUInt16LE(record.streamBytes, start + 18);
  into.writeUIntLE(place.index, start + 20, 3);
  into[start + 23] = record.kind;
  const body = start + RECORD_HEADER_BYTES;
  into.write(record.stream, body);
  if (typeof record.value === "string") into.write(record.value, body + record.streamBytes);
  else into.set(record.value, body + record.streamBytes);
  into.writeUInt32LE(crc32(into.subarray(start + 4, end), frame.salt), start);
  return end;
}

/** The record that begins at `start`, or undefined where no valid record of this frame does. */
export function decodeRecord(
  from: Buffer,
  start: number,
  limit: number,
  frame: Frame,
): RawRecord | undefined {
  if (limit - start < RECORD_HEADER_BYTES || from.readUInt32LE(start + 8) !== frame.epoch) return undefined;
  const end = start + RECORD_HEADER_BYTES + from.readUInt32LE(start + 4);
  const streamBytes = from.readUInt16LE(start + 18);
  if (end > limit || start + RECORD_HEADER_BYTES + streamBytes > end) return undefined;
  if (crc32(from.subarray(start + 4, end), frame.salt) !== from.readUInt32LE(start)) return undefined;
  return {
    epoch: frame.epoch,
    sequence: from.readUIntLE(start + 12, 6),
    index: from.readUIntLE(start + 20, 3),
    kind: from.readUInt8(start + 23),
    streamBytes,
    start,
    end,
  };
}

export function streamOf(from: Buffer, { start, streamBytes }: RawRecord): string {
  return from.toString("utf8", start + RECORD_HEADER_BYTES, start + RECORD_HEADER_BYTES + streamBytes);
}

/** The bytes of the value; a view, not a copy. */
export function contentOf(from: Buffer, { start, end, streamBytes }: RawRecord): Buffer {
  return from.subarray(start + RECORD_HEADER_BYTES + streamBytes, end);
}

import { crc32 } from "node:zlib";
import type { Frame } from "./record.ts";

/** The format that this version reads and writes; a change of any byte's meaning makes a new one. */
export const FORMAT_VERSION = 1;
export const HEADER_BYTES = 64;

const MAGIC = { segment: "RUNLETJ\n", snapshot: "RUNLETS\n" } as const;
export type FileKind = keyof typeof MAGIC;

/** Where the history before a segment ends. What an older owner wrote behind that place does not count. */
export interface Previous {
  readonly epoch: number;
  readonly index: number;
  /** The length in bytes up to which that segment counts. */
  readonly sealed: number;
}

/** The head of a segment or a snapshot; README.md has it byte by byte. */
export interface Header extends Frame {
  readonly kind: FileKind;
  /** The place of a segment among those of its epoch, from 1; 0 in a snapshot. */
  readonly index: number;
  /** The last sequence before a segment, or the last one that a snapshot contains; 0 for none. */
  readonly after: number;
  readonly previous?: Previous;
}

export type HeaderProblem = { problem: "damaged" } | { problem: "unknown"; version: number };

export function encodeHeader(header: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC[header.kind], 0, "latin1");
  bytes.writeUInt32LE(FORMAT_VERSION, 8);
  bytes.writeUInt32LE(header.epoch, 12);
  bytes.writeUInt32LE(header.index, 16);
  bytes.writeUInt32LE(header.salt, 20);
  bytes.writeUIntLE(header.after, 24, 6);
  bytes.writeUInt32LE(header.previous?.epoch ?? 0, 32);
  bytes.writeUInt32LE(header.previous?.index ?? 0, 36);
  bytes.writeUIntLE(header.previous?.sealed ?? 0, 40, 6);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
  return bytes;
}

export function decodeHeader(kind: FileKind, bytes: Buffer): Header | HeaderProblem {
  if (bytes.length < 12 || bytes.toString("latin1", 0, 8) !== MAGIC[kind]) return { problem: "damaged" };
  const version = bytes.readUInt32LE(8);
  if (version !== FORMAT_VERSION) {
    // A flipped bit in the version is damage, not a newer format: the checksum then fits the version that we know.
    return fitsThisVersion(bytes) ? { problem: "damaged" } : { problem: "unknown", version };
  }
  if (bytes.length < HEADER_BYTES || crc32(bytes.subarray(0, 60)) !== bytes.readUInt32LE(60)) {
    return { problem: "damaged" };
  }
  const epoch = bytes.readUInt32LE(32);
  return {
    kind,
    epoch: bytes.readUInt32LE(12),
    index: bytes.readUInt32LE(16),
    salt: bytes.readUInt32LE(20),
    after: bytes.readUIntLE(24, 6),
    ...(epoch > 0 && {
      previous: { epoch, index: bytes.readUInt32LE(36), sealed: bytes.readUIntLE(40, 6) },
    }),
  };
}

function fitsThisVersion(bytes: Buffer): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const copy = Buffer.from(bytes.subarray(0, HEADER_BYTES));
  copy.writeUInt32LE(FORMAT_VERSION, 8);
  return crc32(copy.subarray(0, 60)) === copy.readUInt32LE(60);
}

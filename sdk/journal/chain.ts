import { join } from "node:path";
import { RunletError } from "../model/runlet-error.ts";
import type { Place } from "./durable-file.ts";
import { damaged, unknownFormat } from "./errors.ts";
import { decodeHeader, FORMAT_VERSION, HEADER_BYTES, type Header } from "./header.ts";
import { MARKER, type SegmentName, segmentName, segmentsIn, snapshotsIn } from "./names.ts";

/** A place in a segment that a person has agreed to cut at, from the message of RLT6003. */
export interface Cut {
  readonly file: string;
  readonly offset: number;
}

/** A segment that belongs to the history, with its bytes up to where they count. */
export interface Link extends SegmentName {
  readonly header: Header;
  /** Where it ends, said by its successor; undefined for the last one. */
  readonly sealed?: number;
  /** The last sequence up to the seal; undefined for the last one. */
  readonly last?: number;
}

/** Refuses what a newer version wrote, before anything is touched: RLT6002. */
export function checkFormats(place: Place, names: readonly string[]): void {
  if (names.includes(MARKER)) {
    const text = readStart(place, MARKER, 200).toString("utf8");
    const version = /^Runlet journal, format (\d+)/.exec(text)?.[1];
    if (version === undefined) throw damaged(MARKER, 0, "it does not name the format", false);
    if (version !== String(FORMAT_VERSION)) throw unknownFormat(MARKER, version, FORMAT_VERSION);
  } else if (segmentsIn(names).length + snapshotsIn(names).length > 0) {
    throw damaged(MARKER, 0, "the file is missing though there are segments", false);
  }
  for (const { name } of segmentsIn(names)) readHeader(place, name);
}

/**
 * The history as the newest segment tells it: each names its predecessor and where that one ends. Oldest first. A
 * segment that nobody names was written by an owner that had been followed by another.
 *
 * @param through what a snapshot contains; a predecessor that is all in it may be gone
 */
export function readChain(place: Place, names: readonly string[], through: number, cut?: Cut): Link[] {
  const segments = segmentsIn(names);
  const newest = segments.at(-1);
  if (newest === undefined) {
    if (snapshotsIn(names).length > 0)
      throw damaged(segmentName(1, 1), 0, "there are snapshots but no segments", false);
    return [];
  }
  const chain = walkBack(place, segments, newest, through);
  if (cut === undefined) return chain;
  const at = chain.findIndex(({ name }) => name === cut.file);
  const found = chain[at];
  if (found === undefined)
    throw new RunletError("RLT4002", `cutAt names ${cut.file}, which is no segment in use.`);
  const { sealed: _sealed, last: _last, ...head } = found;
  return [...chain.slice(0, at), head];
}

function walkBack(
  place: Place,
  segments: readonly SegmentName[],
  newest: SegmentName,
  through: number,
): Link[] {
  let link: Link = { ...newest, header: readHeader(place, newest.name) };
  const chain = [link];
  for (;;) {
    const { previous, after } = link.header;
    if (previous === undefined) {
      if (after > through) throw damaged(link.name, 24, "the history before it is missing", false);
      return chain;
    }
    const before = segments.find(({ epoch, index }) => epoch === previous.epoch && index === previous.index);
    if (before === undefined) {
      if (after <= through) return chain;
      throw damaged(
        segmentName(previous.epoch, previous.index),
        0,
        `the segment is missing, and ${link.name} follows it`,
        false,
      );
    }
    link = { ...before, header: readHeader(place, before.name), sealed: previous.sealed, last: after };
    chain.unshift(link);
  }
}

function readHeader(place: Place, name: string): Header {
  const header = decodeHeader("segment", readStart(place, name, HEADER_BYTES));
  if (!("problem" in header)) return header;
  if (header.problem === "unknown") throw unknownFormat(name, header.version, FORMAT_VERSION);
  throw damaged(name, 0, "its head is not whole", false);
}

function readStart({ files, directory }: Place, name: string, length: number): Buffer {
  const file = files.open(join(directory, name));
  if (file === undefined) return Buffer.alloc(0);
  try {
    return file.read(0, length);
  } finally {
    file.close();
  }
}

import { closeSync, openSync, readSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { distFile } from "../../model/package-root.ts";

/** What a value of an AWS API may be: one of a structure, a list, a map, a simple value; nothing for any JSON. */
export interface Shape {
  /** Members of a structure: name as Step Functions writes it -> name of the shape. */
  m?: Record<string, string>;
  /** Members that must be there. */
  r?: string[];
  /** The shape of a list's items. */
  l?: string;
  /** The shape of a map's values. */
  v?: string;
  /** string, number, boolean. */
  t?: "s" | "n" | "b";
  e?: string[];
  min?: number;
  max?: number;
}

export interface ServiceResults {
  /** Action -> the shape of its answer, or null where it answers with nothing. */
  actions: Record<string, string | null>;
  shapes: Record<string, Shape>;
}

type Index = Record<string, [offset: number, length: number]>;

let index: { entries: Index; start: number } | undefined;
const known = new Map<string, ServiceResults>();

/**
 * What the actions of an AWS service answer, from the service models of botocore 1.41.5 (see scripts/aws-results.mjs).
 *
 * @param service the name in `arn:aws:states:::aws-sdk:<service>:<action>`
 */
export function resultsOf(service: string): ServiceResults | undefined {
  const found = known.get(service);
  if (found) return found;
  const file = openSync(distFile("aws-results.bin"), "r");
  try {
    index ??= readIndex(file);
    const place = Object.hasOwn(index.entries, service) ? index.entries[service] : undefined;
    if (!place) return undefined;
    const member = readAt(file, index.start + place[0], place[1]);
    const results = JSON.parse(gunzipSync(member).toString("utf8")) as ServiceResults;
    known.set(service, results);
    return results;
  } finally {
    closeSync(file);
  }
}

function readIndex(file: number): { entries: Index; start: number } {
  const length = readAt(file, 0, 4).readUInt32BE();
  return { entries: JSON.parse(readAt(file, 4, length).toString("utf8")) as Index, start: 4 + length };
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, position);
  return bytes;
}

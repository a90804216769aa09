import type { Socket } from "node:net";
import type { Json } from "../../model/json.ts";

/**
 * What a host and its processes say to each other: JSON texts with their length in front, over pipes of their own. It is
 * as fast as Node's IPC, and leaves `process.send` undefined, as it is in a Lambda function. A pipe for each direction: where
 * a write fails because the process is gone, what it said before can still be read.
 */
export const TO_CHILD_DESCRIPTOR = 3;
export const FROM_CHILD_DESCRIPTOR = 4;

/** Where a process looks whether calls that wait in it were taken back; see `taken-back.ts`. */
export const TAKEN_BACK_DESCRIPTOR = 5;

/** One call of a function, as its process sees it. */
export interface Invocation {
  requestId: string;
  arn: string;
  event: Json;
  remainingMillis: number;
  /** It is the only one under way, and such calls are quick: the next one may follow at once. */
  alone: boolean;
}

export type ToChild =
  /** `slot`: which place of the file of {@link TAKEN_BACK_DESCRIPTOR} is this process's. */
  | { type: "bind"; file: string; environment: Record<string, string>; slot: number }
  /** `inLine`: given while others were under way, so that it may be taken back as long as it has not begun. */
  | ({ type: "invoke"; turn: number; inLine: boolean } & Invocation);

export type FromChild =
  /** The process runs and waits to be bound. */
  | { type: "up" }
  /** The bundle is loaded. */
  | { type: "ready" }
  /** The bundle could not be loaded. */
  | { type: "unloadable"; report: ErrorReport }
  | Ending
  /** A call that was given in line begins now, unless `returned` follows. */
  | { type: "begun"; turn: number }
  /** A call that had been said to begin was taken back before it did. */
  | { type: "returned"; turn: number };

/** How a call ended, how long it took, and which call begins now, unless `returned` follows. */
export type Ending = {
  requestId: string;
  logs: LogStream[];
  millis: number;
  next?: number;
} & (
  | { type: "answer"; output: Json }
  /** The handler threw; with `ending`, something outside of it did, and the process ends. */
  | { type: "threw"; report: ErrorReport; ending: boolean }
);

/**
 * Whether a process must not be used again: it ends by itself, or its task gave up on time (RLT3004) and left the
 * author's function running, which Lambda would freeze.
 */
export const isSpent = (report: ErrorReport, ending: boolean): boolean =>
  ending || report.errorMessage.startsWith("RLT3004:");

export type LogStream = "stdout" | "stderr";

/** An error as Lambda's Node runtime reports it. */
export interface ErrorReport {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** Begins a line of output that says whose lines follow: `<mark><requestId>`, or `<mark>/<requestId>` at its end. */
export const LOG_MARK = "\u0000runlet:";

const HEADER_BYTES = 4;

/** Messages as bytes, each its length (32 bits, little-endian), then JSON in UTF-8. */
export function encodeFrames(messages: readonly string[]): Buffer {
  const lengths = messages.map((json) => Buffer.byteLength(json));
  const frames = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + HEADER_BYTES + length, 0));
  let at = 0;
  for (const [index, json] of messages.entries()) {
    at = frames.writeUInt32LE(lengths[index] ?? 0, at);
    at += frames.write(json, at);
  }
  return frames;
}

export function encodeFrame(json: string): Buffer {
  const length = Buffer.byteLength(json);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32LE(length, 0);
  frame.write(json, HEADER_BYTES);
  return frame;
}

/** Calls back with the text of each frame that arrives. */
export function readFrames(socket: Socket, onFrame: (json: string) => void): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let wanted = HEADER_BYTES;
  let inBody = false;
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    while (bytes >= wanted) {
      const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes);
      const part = all.subarray(0, wanted);
      const rest = all.subarray(wanted);
      chunks = rest.length > 0 ? [rest] : [];
      bytes = rest.length;
      if (inBody) onFrame(part.toString("utf8"));
      wanted = inBody ? HEADER_BYTES : part.readUInt32LE(0);
      inBody = !inBody;
    }
  });
}

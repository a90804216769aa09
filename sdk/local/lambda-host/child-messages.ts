import type { Socket } from "node:net";
import type { Json } from "../../model/json.ts";

/**
 * What a host and its processes say to each other: JSON texts with their length in front, over a pipe of their own
 * (descriptor 3). It is as fast as Node's IPC, and leaves `process.send` undefined, as it is in a Lambda function.
 */
export const CHANNEL_DESCRIPTOR = 3;

export type ToChild =
  | { type: "bind"; file: string; environment: Record<string, string> }
  | { type: "invoke"; requestId: string; arn: string; event: Json; remainingMillis: number };

export type FromChild =
  /** The process runs and waits to be bound. */
  | { type: "up" }
  /** The bundle is loaded. */
  | { type: "ready" }
  /** The bundle could not be loaded. */
  | { type: "unloadable"; report: ErrorReport }
  | { type: "answer"; requestId: string; logs: LogStream[]; output: Json }
  /** The handler threw; with `ending`, something outside of it did, and the process ends. */
  | { type: "threw"; requestId: string; logs: LogStream[]; report: ErrorReport; ending: boolean };

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

/** One message as bytes: length (32 bits, little-endian), then JSON in UTF-8. */
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

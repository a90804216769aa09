import { LOG_MARK, type LogStream } from "./child-messages.ts";

/**
 * Says in the output itself which lines belong to which invocation: output and answers take different ways to the
 * host, so their order of arrival tells nothing. An invocation that writes nothing costs nothing.
 */
export function markOutput(): { begin(requestId: string): void; end(): LogStream[] } {
  const streams = [markStream("stdout"), markStream("stderr")];
  return {
    begin: (requestId) => {
      for (const stream of streams) stream.begin(requestId);
    },
    end: () => streams.filter((stream) => stream.end()).map((stream) => stream.name),
  };
}

function markStream(name: LogStream): { name: LogStream; begin(requestId: string): void; end(): boolean } {
  const stream = process[name];
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  let requestId: string | undefined;
  let marked = false;
  let atLineStart = true;
  const mark = (text: string): void => void write(`${atLineStart ? "" : "\n"}${LOG_MARK}${text}\n`);
  stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    if (requestId !== undefined && !marked) {
      mark(requestId);
      marked = true;
    }
    if (chunk.length > 0) atLineStart = chunk.at(-1) === "\n" || chunk.at(-1) === 10;
    return write(chunk, ...rest);
  }) as typeof stream.write;
  return {
    name,
    begin(id) {
      requestId = id;
      marked = false;
    },
    end() {
      const written = marked && stream.writable;
      if (written) {
        mark(`/${requestId}`);
        atLineStart = true;
      }
      requestId = undefined;
      return written;
    },
  };
}

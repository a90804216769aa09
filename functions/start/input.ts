import { createHash } from "node:crypto";
import type { Json } from "../../sdk/model/json.ts";
import { type ExecutionInput, INLINE_RESULT_BYTES, REFERENCE_KEY } from "../../sdk/model/protocol.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import type { StoredInput } from "../store/run-record.ts";

/** Where large inputs live: texts of JSON under keys. Written once, so a second write of a key has the same text. */
export interface ObjectStore {
  put(key: string, text: string): Promise<void>;
  /** @throws RunletError RLT3007 where there is no such object */
  get(key: string): Promise<string>;
}

/** The largest input of a flow, in bytes of UTF-8. */
export const MAX_INPUT_BYTES = 50 * 1_024 * 1_024;

/**
 * The largest input that the run record itself keeps, in bytes. DynamoDB bills a write by the KiB ($0.625 per
 * million), S3 by the object ($5 per million): above 8 KiB the object is the cheaper one.
 */
export const RECORD_INPUT_BYTES = 8 * 1_024;

export interface PackedInput {
  /** What the execution starts with. */
  execution: ExecutionInput;
  /** What the record keeps, from which {@link storedExecutionInput} makes the same again. */
  stored: StoredInput;
}

/**
 * Places a checked input by its size: in the record and the execution; in an object and the execution; or, above
 * what Step Functions takes, in an object only, and then the execution gets a reference.
 *
 * @param room the largest input that the flow's machine takes in place, in bytes
 * @throws RunletError RLT2009 above {@link MAX_INPUT_BYTES}
 */
export async function packInput(
  runId: string,
  input: Json | undefined,
  objects: Pick<ObjectStore, "put">,
  room = INLINE_RESULT_BYTES,
): Promise<PackedInput> {
  if (input === undefined) return inRecord({});
  const text = JSON.stringify(input);
  const bytes = Buffer.byteLength(text);
  if (bytes <= Math.min(room, RECORD_INPUT_BYTES)) return inRecord({ input });
  if (bytes > MAX_INPUT_BYTES) {
    throw new RunletError(
      "RLT2009",
      `The input has ${bytes} bytes; a flow takes at most ${MAX_INPUT_BYTES}.`,
      {
        mend: "Put the data where a task can read it, and give the flow its address.",
      },
    );
  }
  const sha256 = createHash("sha256").update(text).digest("hex");
  // The hash is part of the key: a start that turns out to be a conflict must not write over the first one's input.
  const key = `results/${runId}/input-${sha256.slice(0, 16)}.json`;
  await objects.put(key, text);
  if (bytes <= Math.min(room, INLINE_RESULT_BYTES)) return { execution: { input }, stored: { key } };
  return inRecord({ input: { [REFERENCE_KEY]: { key, bytes, sha256 } } });
}

/** The execution's input again, from what a record keeps. */
export async function storedExecutionInput(
  stored: StoredInput | undefined,
  objects: Pick<ObjectStore, "get">,
): Promise<ExecutionInput> {
  if (stored === undefined) return {};
  if ("key" in stored) return { input: JSON.parse(await objects.get(stored.key)) as Json };
  return JSON.parse(stored.text) as ExecutionInput;
}

/** The input of an earlier run, for one that repeats it: large values in it are references. */
export const storedInput = (execution: ExecutionInput): PackedInput => inRecord(execution);

const inRecord = (execution: ExecutionInput): PackedInput => ({
  execution,
  stored: { text: JSON.stringify(execution) },
});

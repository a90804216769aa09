import { PAYLOAD_BYTES } from "../asl/limits.ts";
import type { Json } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";
import { detached, jsonBytes } from "./json-text.ts";

/** The input of an execution, which shares nothing with the caller's. @throws RunletError RLT2009 */
export function ownInput(input: Json, execution: string): Json {
  const own = detached(input);
  if (jsonBytes(own) <= PAYLOAD_BYTES) return own;
  throw new RunletError(
    "RLT2009",
    `The input of the execution "${execution}" has more than ${PAYLOAD_BYTES} bytes.`,
  );
}

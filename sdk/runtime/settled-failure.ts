import type { Failure } from "../model/failure.ts";
import { ERROR_KEY, type SettledFailure } from "../model/protocol.ts";
import { decodeCause } from "./decode-cause.ts";

/**
 * The first settled failure in a value, in the order of array positions and keys: the one that plain Node's
 * `await` would have thrown. `undefined` where there is none.
 */
export function findSettledFailure(value: unknown): Failure | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, ERROR_KEY)) {
    const settled: Partial<SettledFailure[typeof ERROR_KEY]> | null = (value as SettledFailure)[ERROR_KEY];
    return decodeCause(settled?.Cause, settled?.Error);
  }
  for (const item of Object.values(value)) {
    const failure = findSettledFailure(item);
    if (failure) return failure;
  }
  return undefined;
}

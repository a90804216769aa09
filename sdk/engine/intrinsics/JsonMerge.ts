import type { Json } from "../../model/json.ts";
import { setOwn } from "../plain.ts";
import { count, type Intrinsic, IntrinsicError, object } from "./arguments.ts";

/** Both objects in one; the second one's values win. AWS takes the shallow form only, and says so by the third argument. */
export const jsonMerge: Intrinsic = (args) => {
  count(args, 3);
  const [left, right] = [object(args, 0), object(args, 1)];
  if (args[2] !== false)
    throw new IntrinsicError("Only shallow merging is there: the third argument must be false.");
  const merged: { [key: string]: Json } = {};
  for (const [key, item] of [...Object.entries(left), ...Object.entries(right)]) setOwn(merged, key, item);
  return merged;
};

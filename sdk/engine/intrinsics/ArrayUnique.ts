import type { Json } from "../../model/json.ts";
import { count, type Intrinsic, list, sameJson } from "./arguments.ts";

/** The items without those that equal an earlier one. */
export const arrayUnique: Intrinsic = (args) => {
  count(args, 1);
  const kept: Json[] = [];
  for (const item of list(args, 0)) if (!kept.some((other) => sameJson(other, item))) kept.push(item);
  return kept;
};

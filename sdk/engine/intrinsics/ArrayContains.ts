import { count, type Intrinsic, list, sameJson } from "./arguments.ts";

export const arrayContains: Intrinsic = (args) => {
  count(args, 2);
  return list(args, 0).some((item) => sameJson(item, args[1] ?? null));
};

import { count, type Intrinsic, list } from "./arguments.ts";

export const arrayLength: Intrinsic = (args) => {
  count(args, 1);
  return list(args, 0).length;
};

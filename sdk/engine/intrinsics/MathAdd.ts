import { count, type Intrinsic, whole } from "./arguments.ts";

/** The sum of two numbers, each rounded first (recorded: 1.49 and 1.5 give 3). */
export const mathAdd: Intrinsic = (args) => {
  count(args, 2);
  return whole(args, 0) + whole(args, 1) + 0;
};

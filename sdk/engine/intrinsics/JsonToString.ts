import { count, type Intrinsic } from "./arguments.ts";

export const jsonToString: Intrinsic = (args) => {
  count(args, 1);
  return JSON.stringify(args[0]);
};

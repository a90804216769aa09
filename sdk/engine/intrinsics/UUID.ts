import { count, type Intrinsic } from "./arguments.ts";

export const uuid: Intrinsic = (args, context) => {
  count(args, 0);
  return context.uuid();
};

import { count, type Intrinsic, IntrinsicError, list, whole } from "./arguments.ts";

export const arrayGetItem: Intrinsic = (args) => {
  count(args, 2);
  const items = list(args, 0);
  const index = whole(args, 1);
  const item = index < 0 ? undefined : items[index];
  if (item === undefined)
    throw new IntrinsicError(`The array of ${items.length} items has none at ${index}.`);
  return item;
};

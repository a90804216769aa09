import { count, type Intrinsic, IntrinsicError, list, whole } from "./arguments.ts";

/** `States.ArrayPartition([1,2,3], 2)`: `[[1,2],[3]]`. */
export const arrayPartition: Intrinsic = (args) => {
  count(args, 2);
  const items = list(args, 0);
  const size = whole(args, 1);
  if (size < 1) throw new IntrinsicError("The chunk size must be at least 1.");
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
};

import { count, type Intrinsic, IntrinsicError, whole } from "./arguments.ts";

const MOST = 1_000;

/** `States.ArrayRange(1, 9, 2)`: from the first to the last, the last included where the step meets it. */
export const arrayRange: Intrinsic = (args) => {
  count(args, 3);
  const [first, last, step] = [whole(args, 0), whole(args, 1), whole(args, 2)];
  if (step === 0) throw new IntrinsicError("The step must not be 0.");
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > MOST) throw new IntrinsicError(`The range has more than ${MOST} items.`);
  return Array.from({ length }, (_, index) => first + index * step);
};

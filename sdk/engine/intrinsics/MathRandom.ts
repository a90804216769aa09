import { count, type Intrinsic, IntrinsicError, whole } from "./arguments.ts";

/** `States.MathRandom(1, 7)`: from the first up to, and without, the second; a seed makes it repeat itself. */
export const mathRandom: Intrinsic = (args, { random }) => {
  count(args, 2, 3);
  const [start, end] = [whole(args, 0), whole(args, 1)];
  if (end <= start) throw new IntrinsicError("The end must be above the start.");
  const portion = args.length === 3 ? fromSeed(whole(args, 2)) : random();
  return start + Math.floor(portion * (end - start));
};

/** A number in [0, 1) that depends on the seed alone. AWS's own sequence is not documented. */
function fromSeed(seed: number): number {
  let state = (seed | 0) + 0x6d2b79f5;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}

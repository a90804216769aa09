import type { Intrinsic } from "./arguments.ts";

/** `States.Array(1, 'a')`: its arguments, in a list. */
export const makeArray: Intrinsic = (args) => [...args];

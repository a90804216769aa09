import type { SucceedState } from "../../asl/types.ts";
import type { Entry, Step } from "../entry.ts";

export const runSucceed = (entry: Entry<SucceedState>): Promise<Step> =>
  entry.finish(entry.state, undefined, entry.input);

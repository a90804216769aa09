import type { PassState } from "../../asl/types.ts";
import type { Entry, Step } from "../entry.ts";

export const runPass = (entry: Entry<PassState>): Promise<Step> =>
  entry.finish(entry.state, entry.state.Next, entry.input);

import { PAYLOAD_BYTES } from "../../asl/limits.ts";
import type { ParallelState } from "../../asl/types.ts";
import type { Entry, Step } from "../entry.ts";
import { dataLimitFailure } from "../errors.ts";
import { withRetryAndCatch } from "../failing.ts";
import { runMachine } from "../interpreter.ts";
import { jsonBytes } from "../json-text.ts";
import { runGroup } from "./group.ts";

/** Runs all branches at once on the same input; the result is the array of their outputs. */
export function runParallel(entry: Entry<ParallelState>): Promise<Step> {
  return withRetryAndCatch(
    entry,
    () => attempt(entry),
    () => void entry.scope.record("ParallelStateFailed"),
  );
}

async function attempt(entry: Entry<ParallelState>): Promise<Step> {
  const { state, scope } = entry;
  const input = await entry.arguments();
  if (jsonBytes(input) > PAYLOAD_BYTES) throw dataLimitFailure(entry.name);
  if (!scope.active?.resumed) scope.record("ParallelStateStarted");
  const result = await runGroup(entry, {
    count: state.Branches.length,
    limit: state.Branches.length,
    begin: (index, previous, resumed) => {
      const branch = scope.fork(previous, resumed);
      const machine = state.Branches[index];
      if (!machine) throw new Error(`There is no branch ${index}.`);
      return { scope: branch, output: runMachine(branch, machine, input, resumed?.active) };
    },
    ended: (_index, branch) => {
      scope.last = branch.last;
    },
  });
  if (jsonBytes(result) > PAYLOAD_BYTES) throw dataLimitFailure(entry.name);
  const exitPrevious = scope.last; // ParallelStateSucceeded and ParallelStateExited name the same event
  scope.record("ParallelStateSucceeded");
  return { ...(await entry.finish(state, state.Next, result, { extra: { result } })), exitPrevious };
}

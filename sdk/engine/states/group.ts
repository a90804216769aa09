import type { Json } from "../../model/json.ts";
import type { Entry } from "../entry.ts";
import { isFatal, StateFailure } from "../errors.ts";
import type { ActiveState, Scope } from "../scope.ts";

/** Branches or iterations that run side by side. */
export interface Group {
  count: number;
  /** How many may run at the same time. */
  limit: number;
  /**
   * Begins one: makes its scope and whatever drives it.
   *
   * @param previous the event that made room for it
   * @param resumed the scope that this one goes on from, in a redriven execution
   */
  begin(index: number, previous: number, resumed: Scope | undefined): { scope: Scope; output: Promise<Json> };
  /** Called when one has ended well. */
  ended?(index: number, scope: Scope): void;
}

/**
 * Runs a group. The first failure ends it: what still runs is aborted, as AWS does.
 *
 * @returns the outputs in order of index, however long each took
 * @throws what the first one to fail threw
 */
export function runGroup(entry: Entry, group: Group): Promise<Json[]> {
  const { scope } = entry;
  const { outputs, children, resumed } = newAttempt(scope);
  const pending = Array.from({ length: group.count }, (_, index) => index).filter(
    (index) => !(index in outputs),
  );
  const previous = scope.last;
  let begun = 0;
  let ended = 0;
  return scope
    .suspend<{ outputs: Json[] } | { thrown: unknown }>((settle) => {
      const fail = (index: number, child: Scope, thrown: unknown): void => {
        if (scope.closed || child.closed) return;
        if (thrown instanceof StateFailure) bringDown(scope, index, child, thrown);
        settle({ thrown });
      };
      const end = (index: number, child: Scope, output: Json): void => {
        if (scope.closed || child.closed) return;
        outputs[index] = output;
        children.delete(index);
        const { last } = child;
        group.ended?.(index, child);
        if (++ended === pending.length) settle({ outputs });
        else if (begun < pending.length) start(last);
      };
      const start = (after: number): void => {
        const index = pending[begun++] as number;
        const { scope: child, output } = group.begin(index, after, resumed?.children.get(index));
        children.set(index, child);
        output
          .then(
            (value) => end(index, child, value),
            (thrown: unknown) => fail(index, child, thrown),
          )
          .catch((thrown: unknown) => settle({ thrown })); // the history may be full
      };
      if (pending.length === 0) settle({ outputs });
      while (begun < Math.min(group.limit, pending.length)) start(previous);
      return () => {
        for (const child of children.values()) child.close();
      };
    })
    .then((end) => {
      if ("thrown" in end) throw end.thrown;
      return end.outputs;
    });
}

/**
 * What this attempt of the group starts from: nothing, but for the first attempt after a redrive, which keeps what had
 * ended well.
 */
function newAttempt({ active }: Scope): {
  outputs: Json[];
  children: Map<number, Scope>;
  resumed: ActiveState | undefined;
} {
  const resumed = active?.resumed;
  const outputs = resumed?.outputs.slice() ?? [];
  const children = new Map<number, Scope>();
  if (active) Object.assign(active, { outputs, children, resumed: undefined });
  return { outputs, children, resumed };
}

/** Recorded: tasks that run out of time in one instant all time out, before the first of them brings the rest down. */
function expireOthers({ run, active }: Scope, child: Scope): void {
  for (const other of active?.children.values() ?? []) if (other !== child) other.expire(run.clock.now());
}

/**
 * Records the end of all that ran, each naming the last event of the one that failed. States.Runtime leaves no such
 * traces: the execution ends there.
 */
function bringDown(scope: Scope, index: number, child: Scope, failure: StateFailure): void {
  const previous = child.last;
  if (failure.timeout) expireOthers(scope, child);
  if (!isFatal(failure)) scope.abortChildren(previous, index);
  scope.last = previous;
}

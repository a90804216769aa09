import type { Json } from "../../model/json.ts";
import type { Entry } from "../entry.ts";
import { isFatal, StateFailure } from "../errors.ts";
import type { Scope } from "../scope.ts";

/** Branches or iterations that run side by side. */
export interface Group {
  count: number;
  /** How many may run at the same time. */
  limit: number;
  /**
   * Begins one: makes its scope and whatever drives it.
   *
   * @param previous the event that made room for it
   */
  begin(index: number, previous: number): { scope: Scope; output: Promise<Json> };
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
  const outputs: Json[] = [];
  const children = scope.active?.children ?? new Map<number, Scope>();
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
        if (++ended === group.count) settle({ outputs });
        else if (begun < group.count) start(last);
      };
      const start = (after: number): void => {
        const index = begun++;
        const { scope: child, output } = group.begin(index, after);
        children.set(index, child);
        output
          .then(
            (value) => end(index, child, value),
            (thrown: unknown) => fail(index, child, thrown),
          )
          .catch((thrown: unknown) => settle({ thrown })); // the history may be full
      };
      if (group.count === 0) settle({ outputs });
      while (begun < Math.min(group.limit, group.count)) start(previous);
      return () => {
        for (const child of children.values()) child.close();
        children.clear();
      };
    })
    .then((end) => {
      if ("thrown" in end) throw end.thrown;
      return end.outputs;
    });
}

/**
 * Records the end of all that ran, each naming the last event of the one that failed. States.Runtime leaves no such
 * traces: the execution ends there.
 */
function bringDown(scope: Scope, index: number, child: Scope, failure: StateFailure): void {
  const previous = child.last;
  if (!isFatal(failure)) scope.abortChildren(previous, index);
  scope.last = previous;
}

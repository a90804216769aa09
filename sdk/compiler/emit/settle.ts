import { expression } from "../../asl/expression.ts";
import type { State, Template } from "../../asl/types.ts";
import { CANCELLED, ERROR_KEY, LOST_KEY, REASON_KEY } from "../../model/protocol.ts";
import type { MapNode, ParallelNode } from "../graph.ts";
import { codeAt, comment, type Emission, type Entry, type Target } from "./context.ts";

/** What plain Node never throws is not for the author's handler: it ends the flow, or the map's item. */
export const REFUSALS = [
  "Runlet.Refused",
  CANCELLED,
  "States.QueryEvaluationError",
  "States.DataLimitExceeded",
];

/** What a body gives, as the one who waits for it finds it. */
export function wrapped(target: Target, value: Template, entry?: Entry): Template {
  return numbered(target, target.settles ? { status: "fulfilled", value } : value, entry);
}

/** In a child of a distributed Map a result says whose it is: children end in any order. */
export const numbered = (target: Target, value: Template, entry: Entry | undefined): Template =>
  target.numbered ? { i: expression(codeAt(target, entry)(target.numbered)), v: value } : value;

/**
 * A failure as a result holds it: until it is thrown where the map is awaited or, for `allSettled`, for good.
 *
 * @param turn how many awaits came before it
 */
export const settledFailure = (
  { settles, tolerates }: Pick<Target, "settles" | "tolerates">,
  error: Template,
  cause: Template,
  turn: Template,
): Template => {
  if (settles) return { status: "rejected", reason: { [REASON_KEY]: { Error: error, Cause: cause } } };
  const failure = {
    Error: error,
    Cause: cause,
    At: expression("$states.context.State.EnteredTime"),
    Turn: turn,
  };
  return tolerates ? { [LOST_KEY]: { ...failure, tolerate: tolerates } } : { [ERROR_KEY]: failure };
};

/** The last state of an item or branch that failed: the failure becomes its result, marked. */
export function settleState(
  emission: Emission,
  node: MapNode | ParallelNode,
  target: Pick<Target, "numbered" | "tolerates" | "aliases">,
): State {
  const v = node.settles ? expression(REJECTED) : settledFailure(target, ...CAUGHT);
  const { numbered: index } = target;
  const own = index && `$${target.aliases.get(index) ?? index.variable}`;
  const i = `$exists($states.input.index) ? $states.input.index : ${own}`;
  return {
    Type: "Succeed",
    Comment: comment(emission, node.span),
    Output: index ? { i: expression(i), v } : v,
  };
}

const CAUGHT = [
  expression("$states.input.Error"),
  expression("$states.input.Cause"),
  expression("$states.input.Turn"),
] as const;

/** A refusal is no rejection that an author may look at: it is thrown where the results are awaited. */
const REJECTED = `($r_e := {"Error": $states.input.Error, "Cause": $states.input.Cause}; $states.input.Error in ${JSON.stringify(REFUSALS)} ? {"${ERROR_KEY}": $r_e} : {"status": "rejected", "reason": {"${REASON_KEY}": $r_e}})`;

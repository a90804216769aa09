import { expression } from "../../asl/expression.ts";
import type { State, Template } from "../../asl/types.ts";
import { ERROR_KEY, REASON_KEY } from "../../model/protocol.ts";
import type { MapNode, ParallelNode } from "../graph.ts";
import { comment, type Emission, type Target } from "./context.ts";

/** What plain Node never throws is not for the author's handler: it ends the flow, or the map's item. */
export const REFUSALS = ["Runlet.Refused", "States.QueryEvaluationError", "States.DataLimitExceeded"];

/** What a body gives, as the one who waits for it finds it. */
export const wrapped = ({ settles }: Pick<Target, "settles">, value: Template): Template =>
  settles ? { status: "fulfilled", value } : value;

/**
 * A failure as a result holds it: until it is thrown where the map is awaited or, for `allSettled`, for good.
 *
 * @param turn how many awaits came before it
 */
export const settledFailure = (
  { settles }: Pick<Target, "settles">,
  error: Template,
  cause: Template,
  turn: Template,
): Template =>
  settles
    ? { status: "rejected", reason: { [REASON_KEY]: { Error: error, Cause: cause } } }
    : {
        [ERROR_KEY]: {
          Error: error,
          Cause: cause,
          At: expression("$states.context.State.EnteredTime"),
          Turn: turn,
        },
      };

/** The last state of an item or branch that failed: the failure becomes its result, marked. */
export const settleState = (emission: Emission, node: MapNode | ParallelNode): State => ({
  Type: "Succeed",
  Comment: comment(emission, node.span),
  Output: node.settles ? expression(REJECTED) : settledFailure(node, ...CAUGHT),
});

const CAUGHT = [
  expression("$states.input.Error"),
  expression("$states.input.Cause"),
  expression("$states.input.Turn"),
] as const;

/** A refusal is no rejection that an author may look at: it is thrown where the results are awaited. */
const REJECTED = `($r_e := {"Error": $states.input.Error, "Cause": $states.input.Cause}; $states.input.Error in ${JSON.stringify(REFUSALS)} ? {"${ERROR_KEY}": $r_e} : {"status": "rejected", "reason": {"${REASON_KEY}": $r_e}})`;

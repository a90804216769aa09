import { expression } from "../../asl/expression.ts";
import { EXPRESSION_DEPTH } from "../../asl/limits.ts";
import type { State } from "../../asl/types.ts";
import { hasLimits, perhapsRaised, raised } from "../fast/guards.ts";
import type { Region } from "../graph.ts";
import { comment, type Emission, type Site, type Target, type Throwing, variableOf } from "./context.ts";
import { expressionDepth } from "./depth.ts";
import { numbered, REFUSALS, settledFailure } from "./settle.ts";
import { caughtOutput, entryAssign, failed, NO_OUTPUT, refused, turnOf } from "./tasks.ts";

/** The state was led to by another error than that of its guard. */
const UNEXPECTED = '{"Error": "States.QueryEvaluationError", "Cause": "An expression failed."}';

/** In the place of an inline step that could only throw, and that throws what JSONata can say. */
export function failing(
  emission: Emission,
  { target, entry, node }: Pick<Site, "target" | "entry" | "node">,
  region: Region,
  asked: string,
): State | undefined {
  const reason = emission.reasons.get(region.id);
  // A state may ask for more than its region does.
  const guard = reason?.asked === asked ? reason.guard : undefined;
  const code = guard && raised(guard, UNEXPECTED);
  if (!guard || code === undefined || emission.paths !== "fast" || target.cancelled !== undefined)
    return undefined;
  const limits = hasLimits(guard);
  if (limits && (target.settles || target.tolerates)) return undefined;
  if (expressionDepth(code) + 6 > EXPRESSION_DEPTH) return undefined;
  const Comment = `${comment(emission, region.span)} (throws)`;
  const field = (key: string): string => expression(`(${code}).${key}`);
  const [name, cause] = [field("Error"), field("Cause")];
  if (target.handler) {
    const { next, error } = target.handler;
    const Assign = { ...entryAssign(entry), [error.variable]: expression(code) };
    if (!limits) return { Type: "Pass", Comment, Assign, Output: NO_OUTPUT, Next: next };
    // What plain Node does not throw goes past the handler.
    const turn = turnOf(emission, node);
    const Output = caughtOutput(target, turn, entryAssign(entry), { Error: name, Cause: cause });
    const Condition = expression(`(${code}).Error in ${JSON.stringify(REFUSALS)}`);
    const refusal = { Condition, Next: refused(target), Output };
    return { Type: "Choice", Comment, Choices: [refusal], Default: next, Assign, Output: NO_OUTPUT };
  }
  if (!target.settle) return { Type: "Fail", Comment, Error: name, Cause: cause };
  const Output = numbered(target, settledFailure(target, name, cause, turnOf(emission, node)), entry);
  return { Type: "Succeed", Comment, Output };
}

/**
 * Some values make the region throw what JSONata can say: the Choice that leads to the inline step goes where that throw
 * leads, with one rule more and no state but one for the flow. A handler would find what the region assigned before, which
 * only the inline step knows.
 */
export function noteThrowing(
  emission: Emission,
  { target, entry, node }: Pick<Site, "target" | "entry" | "node">,
  region: Region,
  asked: string,
  inline: string,
): void {
  if (emission.parts.get(node.id)?.inline !== inline) return;
  const reason = emission.reasons.get(region.id);
  const guard = reason?.asked === asked ? reason.guard : undefined;
  const code = perhapsRaised(guard);
  if (!guard || code === undefined || emission.paths !== "fast" || target.cancelled !== undefined) return;
  const assigns = region.checks.some(({ kind }) => kind === "assignment");
  if (entry || hasLimits(guard) || (target.handler && assigns)) return;
  if (expressionDepth(code) + 6 > EXPRESSION_DEPTH || code.length > MOST_FAILURE) return;
  emission.throwing.set(inline, ruleOf(target, code, turnOf(emission, node)));
}

/** A longer text, once more in a definition, would be worth more than the inline step. */
const MOST_FAILURE = 3_000;

/** To the handler, to the one who waits for the item, or to the end of the flow. */
function ruleOf(target: Target, code: string, turn: number): Throwing {
  const Condition = expression(`$exists(${code})`);
  if (target.handler) {
    const { next, error } = target.handler;
    return { Condition, Assign: { [error.variable]: expression(code) }, Output: NO_OUTPUT, Next: next };
  }
  if (!target.settle) return { Condition, Output: expression(code) };
  const { numbered } = target;
  const index = numbered && `, "index": $${variableOf(target, numbered)}`;
  return {
    Condition,
    Output: expression(`$merge([${code}, {"Turn": ${turn}${index ?? ""}}])`),
    Next: target.settle,
  };
}

/** Each Choice that leads to an inline step looks first for what is thrown without it. */
export function throwBeside(emission: Emission, states: Record<string, State>): void {
  for (const state of Object.values(states)) {
    if (state.Type === "Map") throwBeside(emission, state.ItemProcessor.States);
    if (state.Type === "Parallel") for (const branch of state.Branches) throwBeside(emission, branch.States);
    const throwing = state.Type === "Choice" && emission.throwing.get(state.Default ?? "");
    if (throwing && state.Type === "Choice")
      state.Choices.push({ ...throwing, Next: throwing.Next ?? thrown(emission, states) });
  }
}

/** The end of a flow that threw: one state for all places. */
function thrown(emission: Emission, states: Record<string, State>): string {
  const name = failed({ states }, "(throws)", `${comment(emission, emission.graph.span)} (throws)`);
  if (!emission.failures.includes(name)) emission.failures.push(name);
  return name;
}

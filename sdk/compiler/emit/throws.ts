import { expression } from "../../asl/expression.ts";
import { EXPRESSION_DEPTH } from "../../asl/limits.ts";
import type { State } from "../../asl/types.ts";
import { hasLimits, perhapsRaised, raised } from "../fast/guards.ts";
import type { Region } from "../graph.ts";
import { comment, type Emission, partName, type Site } from "./context.ts";
import { expressionDepth } from "./depth.ts";
import { numbered, REFUSALS, settledFailure } from "./settle.ts";
import { caughtOutput, entryAssign, NO_OUTPUT, refused, turnOf } from "./tasks.ts";

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
 * Some values make the region throw what JSONata can say: the Choice that leads to the inline step goes there instead. A
 * handler would find what the region assigned before, which only the inline step knows.
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
  const Comment = `${comment(emission, region.span)} (throws)`;
  const [name, cause] = [expression("$states.input.Error"), expression("$states.input.Cause")];
  const state = ((): State => {
    if (target.handler) {
      const { next, error } = target.handler;
      const Assign = { [error.variable]: expression("$states.input") };
      return { Type: "Pass", Comment, Assign, Output: NO_OUTPUT, Next: next };
    }
    if (!target.settle) return { Type: "Fail", Comment, Error: name, Cause: cause };
    const failure = settledFailure(target, name, cause, turnOf(emission, node));
    return { Type: "Succeed", Comment, Output: numbered(target, failure, undefined) };
  })();
  emission.throwing.set(inline, { name: partName(emission, node, "throws"), code, state });
}

/** A longer text in two places would make more of a definition than the inline step does. */
const MOST_FAILURE = 3_000;

/** Each Choice that leads to an inline step looks first for what is thrown without it. */
export function throwBeside(emission: Emission, states: Record<string, State>): void {
  for (const state of Object.values(states)) {
    if (state.Type === "Map") throwBeside(emission, state.ItemProcessor.States);
    if (state.Type === "Parallel") for (const branch of state.Branches) throwBeside(emission, branch.States);
    const throwing = state.Type === "Choice" && emission.throwing.get(state.Default ?? "");
    if (!throwing || state.Type !== "Choice") continue;
    const { name, code } = throwing;
    state.Choices.push({
      Condition: expression(`$exists(${code})`),
      Output: expression(code),
      Next: name,
    });
    states[name] = throwing.state;
    emission.failures.push(name);
  }
}

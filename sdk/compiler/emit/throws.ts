import { expression } from "../../asl/expression.ts";
import { EXPRESSION_DEPTH } from "../../asl/limits.ts";
import type { ChoiceRule, State, TaskState } from "../../asl/types.ts";
import { hasLimits, perhapsRaised, raised } from "../fast/guards.ts";
import type { Region } from "../graph.ts";
import { codeAt, comment, type Emission, type Site, type Throwing } from "./context.ts";
import { expressionDepth } from "./depth.ts";
import { filledBy } from "./filled-lists.ts";
import { readsOfBlock } from "./region-reads.ts";
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
  site: Pick<Site, "target" | "entry" | "node">,
  region: Region,
  { asked, inline, seldom }: { asked: string; inline: string; seldom: boolean },
): void {
  const { target, node } = site;
  if (emission.parts.get(node.id)?.inline !== inline || beginsCalls(emission, region)) return;
  const reason = emission.reasons.get(region.id);
  const guard = reason?.asked === asked ? reason.guard : undefined;
  const code = perhapsRaised(guard);
  if (!guard || code === undefined || emission.paths !== "fast" || target.cancelled !== undefined) return;
  const assigns = region.checks.some(({ kind }) => kind === "assignment");
  if (target.handler && assigns) return;
  if (expressionDepth(code) + 8 > EXPRESSION_DEPTH || code.length > MOST_FAILURE) return;
  const turn = turnOf(emission, node);
  const rule = ruleOf(site, code, turn);
  const refusal = target.handler && hasLimits(guard) ? [refusalOf(site, code, turn)] : [];
  emission.throwing.set(
    inline,
    [...refusal, rule].map((one) => ({ ...one, seldom: seldom || hasLimits(guard) })),
  );
}

/** What a list of calls throws, it throws when calls before have begun, as only the inline step knows. */
const beginsCalls = ({ graph }: Emission, { form, checks }: Region): boolean =>
  form === "calls" ||
  form === "mixed" ||
  checks.some((check) => {
    const made = check.kind === "assignment" ? check.assignment.made : undefined;
    const statements = made?.by === "script" ? made.statements : made?.by === "statement" ? [made.node] : [];
    return statements.some((one) => filledBy(one, graph) !== undefined);
  });

/** A longer text, once more in a definition, would be worth more than the inline step. */
const MOST_FAILURE = 3_000;

type Thrower = Pick<Site, "target" | "entry">;
type ThrowRule = Omit<Throwing, "seldom">;

/** To the handler, to the one who waits for the item, or to the end of the flow. */
function ruleOf({ target, entry }: Thrower, code: string, turn: number): ThrowRule {
  const Condition = expression(`$exists(${code})`);
  if (target.handler) {
    const { next, error } = target.handler;
    const Assign = { ...entryAssign(entry), [error.variable]: expression(code) };
    return { Condition, Assign, Output: NO_OUTPUT, Next: next };
  }
  if (!target.settle) return { Condition, Output: expression(code) };
  const { numbered } = target;
  const index = numbered && `, "index": ${codeAt(target, entry)(numbered)}`;
  return {
    Condition,
    Output: expression(`$merge([${code}, {"Turn": ${turn}${index ?? ""}}])`),
    Next: target.settle,
  };
}

/** What plain Node does not throw goes past the handler. */
function refusalOf({ target, entry }: Thrower, code: string, turn: number): ThrowRule {
  const among = `$r_f.Error in ${JSON.stringify(REFUSALS)}`;
  const field = (key: string): string => expression(`(${code}).${key}`);
  const caught = { Error: field("Error"), Cause: field("Cause") };
  return {
    Condition: expression(`($r_f := ${code}; $exists($r_f) ? ${among} : false)`),
    Output: caughtOutput(target, turn, entryAssign(entry), caught),
    Next: refused(target),
  };
}

/**
 * Each Choice that leads to an inline step looks first for what is thrown without it; where a Catch does, a Choice stands
 * between. What is seldom thrown is not worth a state: only where there is one anyway, or the input is read and not
 * checked, so that anything may come.
 */
export function throwBeside(emission: Emission, states: Record<string, State>): void {
  const { graph, inputPresent, uses } = emission;
  const isUnchecked = !inputPresent && readsOfBlock(uses, graph.body).has(graph.input);
  lookFirst(emission, states, ({ seldom }) => !seldom);
  lookFirst(emission, states, ({ seldom, Next }) => seldom && (Next || states[THROWS] || isUnchecked));
}

function lookFirst(
  emission: Emission,
  states: Record<string, State>,
  isMeant: (rule: Throwing) => unknown,
): void {
  for (const state of Object.values(states)) {
    if (state.Type === "Map") lookFirst(emission, state.ItemProcessor.States, isMeant);
    if (state.Type === "Parallel")
      for (const branch of state.Branches) lookFirst(emission, branch.States, isMeant);
    if (state.Type === "Task") chooseFirst(emission, states, state, isMeant);
    if (state.Type !== "Choice") continue;
    for (const rule of emission.throwing.get(state.Default ?? "")?.filter(isMeant) ?? [])
      state.Choices.push(asRule(emission, states, rule));
  }
}

const asRule = (
  emission: Emission,
  states: Record<string, State>,
  { seldom: _, ...fields }: Throwing,
): ChoiceRule => ({ ...fields, Next: fields.Next ?? thrown(emission, states) });

/** A failed guard of a task's arguments is caught: the Choice that it leads to sees what the state saw. */
function chooseFirst(
  emission: Emission,
  states: Record<string, State>,
  state: TaskState,
  isMeant: (rule: Throwing) => unknown,
): void {
  for (const caught of state.Catch ?? []) {
    const inline = caught.Next;
    const rules = emission.throwing.get(inline)?.filter(isMeant) ?? [];
    if (rules.length === 0) continue;
    const name = emission.names.unique(`${inline.replace(/ inline( \d+)?$/, "$1").slice(0, 70)} throws`);
    states[name] = {
      Type: "Choice",
      Comment: `${state.Comment} (throws)`,
      Choices: rules.map((rule) => asRule(emission, states, rule)),
      Default: inline,
      Output: expression("$states.input"),
    };
    emission.failures.push(name);
    caught.Next = name;
  }
}

const THROWS = "(throws)";

/** The end of a flow that threw: one state for all places. */
function thrown(emission: Emission, states: Record<string, State>): string {
  const name = failed({ states }, THROWS, `${comment(emission, emission.graph.span)} (throws)`);
  if (!emission.failures.includes(name)) emission.failures.push(name);
  return name;
}

import type { InlineStep } from "../../sdk/compiler/emit/context.ts";
import { type Guard, withNames } from "../../sdk/compiler/fast/guards.ts";
import type { HistoryEvent } from "../../sdk/engine/index.ts";
import { evaluate } from "../../sdk/engine/jsonata.ts";

type Details = Record<string, { name: string; input?: string; assignedVariables?: Record<string, string> }>;

/** Why a run entered inline steps: one line for each entry, alike for what is alike. */
export async function reasonsOf(
  history: readonly HistoryEvent[],
  steps: readonly InlineStep[],
  input: unknown,
): Promise<string[]> {
  const variables: Record<string, never> = {};
  const reasons: string[] = [];
  for (const event of history as unknown as Details[]) {
    const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
    for (const [name, text] of Object.entries(exited?.assignedVariables ?? {}))
      variables[name] = JSON.parse(text) as never;
    const step = steps.find(({ state }) => state === entered?.name);
    if (!step || !entered) continue;
    const failed = step.guard && (await failedClause(step.guard, variables, entered.input ?? "{}", input));
    reasons.push(failed ? `guard ${plain(failed)}` : `no form ${step.gap ?? step.source}`);
  }
  return reasons;
}

/** The first clause that does not hold of what the state saw. */
async function failedClause(
  guard: Guard,
  variables: Record<string, never>,
  entered: string,
  input: unknown,
): Promise<string> {
  const execution = { Execution: { Input: { input }, Name: "run" } };
  const states = { input: JSON.parse(entered) as never, context: execution as never };
  for (const [i, clause] of guard.entries()) {
    if (typeof clause !== "string") continue;
    const scope = { variables, states, context: { now: 0 } as never };
    const holds = await Promise.resolve(evaluate(withNames(clause, guard.slice(0, i)), "", scope)).catch(
      () => "fails",
    );
    if (holds !== true) return clause;
  }
  return "of another place";
}

/** The clause without the names of one program. */
const plain = (clause: string): string => clause.replaceAll(/\$(?:v_|t\d|e\d|a\d)\w*/g, "$…").slice(0, 160);

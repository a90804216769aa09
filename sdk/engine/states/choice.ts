import type { ChoiceState } from "../../asl/types.ts";
import type { Json } from "../../model/json.ts";
import { ruleHolds } from "../choice/rules.ts";
import type { Entry, Step } from "../entry.ts";
import { runtimeFailure, type StateFailure, whileExecuting } from "../errors.ts";
import type { PathRule } from "../fields.ts";
import { PathEntry } from "../path-entry.ts";

const isBoolean = (value: Json): value is boolean => typeof value === "boolean";

/** Takes the first rule whose Condition is true. Its Assign and Output replace those of the state. */
export async function runChoice(entry: Entry<ChoiceState>): Promise<Step> {
  const { state, input } = entry;
  if (entry instanceof PathEntry) return runPathChoice(entry);
  for (const [index, rule] of state.Choices.entries()) {
    const at = `Choices[${index}]/`;
    const holds = await entry.typed("Condition", "boolean", isBoolean, {
      holder: rule,
      location: `${at}Condition`,
    });
    if (holds) return entry.finish(rule, rule.Next, input, { at });
  }
  if (state.Default !== undefined) return entry.finish(state, state.Default, input);
  throw noTransition(entry);
}

/** The same with the comparisons of JSONPath. */
async function runPathChoice(entry: PathEntry<ChoiceState>): Promise<Step> {
  const { state, input } = entry;
  const document = entry.effective();
  for (const rule of state.Choices as unknown as PathRule[]) {
    if (ruleHolds(entry, rule, document)) return entry.finish(rule, rule.Next, input);
  }
  if (state.Default !== undefined) return entry.finish(state, state.Default, input);
  throw noTransition(entry);
}

function noTransition(entry: Entry): StateFailure {
  // The documentation names States.NoChoiceMatched; what AWS was seen to give is States.Runtime with this cause.
  return runtimeFailure(
    `${whileExecuting(entry.name, entry.enteredId)} Failed to transition out of the state. The state does not point to a next state.`,
  );
}

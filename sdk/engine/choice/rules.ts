import type { Json } from "../../model/json.ts";
import type { PathRule } from "../fields.ts";
import type { PathEntry } from "../path-entry.ts";
import { COMPARISONS, matches, TYPE_TESTS } from "./operators.ts";

const PATH_TWIN = "Path";

/**
 * Whether a rule of a Choice holds.
 *
 * @param document the state's effective input
 * @throws StateFailure States.Runtime for a Variable that leads nowhere, unless the rule asks for just that
 */
export function ruleHolds(entry: PathEntry, rule: PathRule, document: Json): boolean {
  if (rule.And) return rule.And.every((inner) => ruleHolds(entry, inner, document));
  if (rule.Or) return rule.Or.some((inner) => ruleHolds(entry, inner, document));
  if (rule.Not) return !ruleHolds(entry, rule.Not, document);
  const variable = rule.Variable ?? "$";
  if (rule["IsPresent"] !== undefined) {
    return (entry.present(variable, document) !== undefined) === rule["IsPresent"];
  }
  const value = referenced(entry, variable, document);
  for (const [operator, operand] of Object.entries(rule)) {
    const found = applied(entry, operator, operand as Json, value, document);
    if (found !== undefined) return found;
  }
  return false;
}

/** What an operator says, or nothing for a field of the rule that is none. */
function applied(
  entry: PathEntry,
  operator: string,
  operand: Json,
  value: Json,
  document: Json,
): boolean | undefined {
  if (operator === "StringMatches") return typeof value === "string" && matches(value, String(operand));
  const test = TYPE_TESTS[operator];
  if (test) return test(value) === operand;
  const comparison = COMPARISONS[operator];
  if (comparison) return comparison(value, operand);
  if (!operator.endsWith(PATH_TWIN)) return undefined;
  const twin = COMPARISONS[operator.slice(0, -PATH_TWIN.length)];
  return twin?.(value, referenced(entry, String(operand), document));
}

const referenced = (entry: PathEntry, path: string, document: Json): Json =>
  entry.lookUp(
    path,
    document,
    () => `Invalid path '${path}': The choice state's condition path references an invalid value.`,
  );

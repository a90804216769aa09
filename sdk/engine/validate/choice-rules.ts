import { COMPARISONS, isOperandOf, TYPE_TESTS } from "../choice/operators.ts";
import { path, pathAssign } from "./paths.ts";
import { type Check, isObject, type Problems } from "./problems.ts";
import { checkFields, filled, text } from "./values.ts";

/** `Choices` of a Choice state in its JSONPath form. */
export const pathChoices: Check = (value, location, problems) => {
  for (const [index, rule] of filled(value, location, problems).entries()) {
    const at = `${location}[${index}]`;
    checkRule(rule, at, problems, { Next: text, Comment: text, Assign: pathAssign });
    if (isObject(rule) && !("Next" in rule)) problems.invalid(at, "These fields are required: [Next]");
  }
};

const flag: Check = (value, location, problems) => {
  if (typeof value !== "boolean") problems.invalid(location, "The field must be true or false.");
};

const COMBINING = ["And", "Or", "Not"];
const SELECTORS = [...COMBINING, "Variable", "Condition"];

/** What a rule of either language lacks, or has too many of. */
export const ONE_SELECTOR = `The object must have only one of the following fields, [${SELECTORS.join(", ")}]`;

/** What a rule looks at, or compares with. */
const subject: Check = (value, location, problems) => {
  if (typeof value === "string" && !value.startsWith("$"))
    problems.invalid(location, "Value is not a Reference Path: Reference path didn't start with '$'");
  else path(value, location, problems);
};

/** Operator -> the check of what it takes. */
const OPERATORS: Readonly<Record<string, Check>> = {
  IsPresent: flag,
  StringMatches: text,
  ...Object.fromEntries(Object.keys(TYPE_TESTS).map((name) => [name, flag])),
  ...Object.fromEntries(Object.keys(COMPARISONS).map((name) => [`${name}Path`, subject])),
  ...Object.fromEntries(
    Object.keys(COMPARISONS).map((name): [string, Check] => [
      name,
      (value, location, problems) => {
        if (!isOperandOf(name, value)) problems.invalid(location, `The value does not suit ${name}.`);
      },
    ]),
  ),
};

/** All operators, in an order that begins as the service's does. */
const TOLD = ["String", "Numeric", "Boolean", "Timestamp"].flatMap((type) => [
  ...Object.keys(COMPARISONS)
    .filter((name) => name.startsWith(type))
    .flatMap((name) => [name, `${name}Path`]),
  ...(type === "String" ? ["StringMatches"] : []),
  ...(type === "Timestamp" ? ["IsPresent", ...Object.keys(TYPE_TESTS)] : []),
]);

/** One rule, or one inside of And, Or or Not, which leads nowhere of its own and assigns nothing. */
function checkRule(
  rule: unknown,
  location: string,
  problems: Problems,
  own: Readonly<Record<string, Check>>,
): void {
  if (!isObject(rule)) {
    problems.invalid(location, "The rule must be an object.");
    return;
  }
  const combining = COMBINING.filter((name) => name in rule);
  const operators = Object.keys(rule).filter((name) => Object.hasOwn(OPERATORS, name));
  const inner: Check = (value, at) => checkRule(value, at, problems, { Comment: text });
  const selectors = SELECTORS.filter((name) => name in rule);
  if (selectors.length !== 1) problems.invalid(location, ONE_SELECTOR);
  else if ("Variable" in rule && operators.length !== 1) {
    const message = operators.length === 0 ? "This object should have only" : "There should only be";
    problems.invalid(location, `${message} one of the following fields: [${TOLD.join(", ")}]`);
  }
  if (combining.length > 0) {
    checkFields(
      rule,
      { ...own, And: several(inner), Or: several(inner), Not: inner },
      location,
      problems,
      "JSONPath",
    );
    return;
  }
  checkFields(rule, { ...own, ...OPERATORS, Variable: subject }, location, problems, "JSONPath");
}

const several =
  (inner: Check): Check =>
  (value, location, problems) => {
    for (const [index, rule] of filled(value, location, problems).entries())
      inner(rule, `${location}[${index}]`, problems);
  };

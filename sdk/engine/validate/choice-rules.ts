import { COMPARISONS, isOperandOf, TYPE_TESTS } from "../choice/operators.ts";
import { path, pathAssign } from "./paths.ts";
import { type Check, isObject, type Problems } from "./problems.ts";
import { checkFields, text } from "./values.ts";

/** `Choices` of a Choice state in its JSONPath form. */
export const pathChoices: Check = (value, location, problems) => {
  if (!Array.isArray(value) || value.length === 0) {
    problems.invalid(location, "The field must be an array of at least one rule.");
    return;
  }
  for (const [index, rule] of value.entries()) {
    const at = `${location}[${index}]`;
    checkRule(rule, at, problems, { Next: text, Comment: text, Assign: pathAssign });
    if (isObject(rule) && !("Next" in rule)) problems.invalid(at, "These fields are required: [Next]");
  }
};

const flag: Check = (value, location, problems) => {
  if (typeof value !== "boolean") problems.invalid(location, "The field must be true or false.");
};

const COMBINING = ["And", "Or", "Not"];

/** Operator -> the check of what it takes. */
const OPERATORS: Readonly<Record<string, Check>> = {
  IsPresent: flag,
  StringMatches: text,
  ...Object.fromEntries(Object.keys(TYPE_TESTS).map((name) => [name, flag])),
  ...Object.fromEntries(Object.keys(COMPARISONS).map((name) => [`${name}Path`, path])),
  ...Object.fromEntries(
    Object.keys(COMPARISONS).map((name): [string, Check] => [
      name,
      (value, location, problems) => {
        if (!isOperandOf(name, value)) problems.invalid(location, `The value does not suit ${name}.`);
      },
    ]),
  ),
};

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
  if (combining.length + operators.length !== 1) {
    problems.invalid(
      location,
      "The rule must have exactly one of And, Or, Not and the comparison operators.",
    );
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
  checkFields(rule, { ...own, ...OPERATORS, Variable: path }, location, problems, "JSONPath");
  if (!("Variable" in rule)) problems.invalid(location, "These fields are required: [Variable]");
}

const several =
  (inner: Check): Check =>
  (value, location, problems) => {
    if (!Array.isArray(value) || value.length === 0) {
      problems.invalid(location, "The field must be an array of at least one rule.");
      return;
    }
    for (const [index, rule] of value.entries()) inner(rule, `${location}[${index}]`, problems);
  };

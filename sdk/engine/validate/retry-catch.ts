import { checkTemplate } from "./expressions.ts";
import { pathAssign, resultPath } from "./paths.ts";
import { type Check, isObject, type Problems } from "./problems.ts";
import { atLeast, checkAssign, checkFields, oneOf, text, whole } from "./values.ts";

/** `Retry`: an array of retriers. */
export const retry: Check = (value, location, problems) => checkList(value, location, problems, checkRetrier);

/** `Catch`: an array of catchers. */
export const catchers: Check = (value, location, problems) =>
  checkList(value, location, problems, checkCatcher);

/** The same in the JSONPath form. */
export const pathCatchers: Check = (value, location, problems) =>
  checkList(value, location, problems, checkPathCatcher);

type CheckElement = (element: Record<string, unknown>, location: string, problems: Problems) => void;

function checkList(value: unknown, location: string, problems: Problems, check: CheckElement): void {
  if (!Array.isArray(value)) {
    problems.invalid(location, "The field must be an array.");
    return;
  }
  for (const [index, element] of value.entries()) {
    const at = `${location}[${index}]`;
    if (!isObject(element)) problems.invalid(at, "The element must be an object.");
    else {
      check(element, at, problems);
      const isLast = index === value.length - 1;
      if ("ErrorEquals" in element)
        checkErrorEquals(element["ErrorEquals"], isLast, `${at}/ErrorEquals`, problems);
      else problems.invalid(at, "These fields are required: [ErrorEquals]");
    }
  }
}

function checkErrorEquals(value: unknown, isLast: boolean, location: string, problems: Problems): void {
  if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) {
    problems.invalid(location, "The field must be an array of error names.");
  } else if (value.length === 0) problems.invalid(location, "Value cannot be empty");
  else if (value.includes("States.ALL") && (value.length > 1 || !isLast)) {
    const at = `${location}[${value.indexOf("States.ALL")}]`;
    problems.invalid(at, "States.ALL must appear alone and at end of list");
  }
}

const anything: Check = () => undefined;

const RETRIER = {
  ErrorEquals: anything,
  IntervalSeconds: whole(0, 99_999_999),
  MaxAttempts: whole(0, 99_999_999),
  BackoffRate: atLeast(1),
  MaxDelaySeconds: whole(1, 31_622_400),
  JitterStrategy: oneOf("NONE", "FULL"),
  Comment: text,
};

const checkRetrier: CheckElement = (element, location, problems) =>
  checkFields(element, RETRIER, location, problems);

const CATCHER: Record<string, Check> = {
  ErrorEquals: anything,
  Next: text,
  Comment: text,
  Assign: (value, location, problems) => checkAssign(value, location, problems, { inCatch: true }),
  Output: (value, location, problems) => checkTemplate(value, location, problems, { inCatch: true }),
};

const checkCatcher: CheckElement = (element, location, problems) => {
  checkFields(element, CATCHER, location, problems);
  if (!("Next" in element)) problems.invalid(location, "These fields are required: [Next]");
};

const PATH_CATCHER: Record<string, Check> = {
  ErrorEquals: anything,
  Next: text,
  Comment: text,
  Assign: pathAssign,
  ResultPath: resultPath,
};

const checkPathCatcher: CheckElement = (element, location, problems) => {
  checkFields(element, PATH_CATCHER, location, problems, "JSONPath");
  if (!("Next" in element)) problems.invalid(location, "These fields are required: [Next]");
};

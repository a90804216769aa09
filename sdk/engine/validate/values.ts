import { isExpression } from "../../asl/expression.ts";
import { NAME_CHARACTERS } from "../../asl/limits.ts";
import { UNSAFE_NAMES } from "../jsonata-harden.ts";
import type { QueryLanguage } from "../query-language.ts";
import { instantOf } from "../timestamps.ts";
import { checkTemplate, type TemplatePlace, template } from "./expressions.ts";
import { type Check, isObject, type Problems } from "./problems.ts";

/** Checks of single fields, whatever state they stand in. */

export const text: Check = (value, location, problems) => {
  if (typeof value !== "string") problems.invalid(location, "Expected value of type [STRING]");
};

/** A string, literal or computed. */
export const textTemplate: Check = (value, location, problems) => {
  if (typeof value !== "string") problems.invalid(location, "Expected value of type [STRING]");
  else template(value, location, problems);
};

/** A literal timestamp. */
export const timestamp: Check = (value, location, problems) => {
  if (typeof value !== "string" || instantOf(value) === undefined) {
    problems.invalid(location, "String does not match RFC3339 timestamp");
  }
};

/** A timestamp, literal or computed. */
export const timestampTemplate: Check = (value, location, problems) => {
  if (isExpression(value)) template(value, location, problems);
  else timestamp(value, location, problems);
};

export const flag: Check = (value, location, problems) => {
  if (typeof value !== "boolean") problems.invalid(location, "Expected value of type [Boolean]");
};

export const condition: Check = (value, location, problems) => {
  if (typeof value === "boolean") return;
  if (!isExpression(value))
    problems.invalid(location, "The Condition must be a boolean or a JSONata expression.");
  else template(value, location, problems);
};

/** A whole number within bounds. */
export const whole =
  (least: number, most: number): Check =>
  (value, location, problems) => {
    if (typeof value !== "number" || !Number.isInteger(value)) {
      problems.invalid(location, "Expected value of type Integer");
    } else if (value < least) problems.invalid(location, `Minimum value is ${least}`);
    else if (value > most) problems.invalid(location, `Maximum value is ${most}`);
  };

/** A whole number within bounds, or an expression for one. */
export const wholeTemplate =
  (least: number, most: number): Check =>
  (value, location, problems) => {
    if (isExpression(value)) template(value, location, problems);
    else whole(least, most)(value, location, problems);
  };

export const atLeast =
  (least: number): Check =>
  (value, location, problems) => {
    if (typeof value !== "number") problems.invalid(location, "Expected value of type [Number]");
    else if (!(value >= least)) problems.invalid(location, `Minimum value is ${least.toFixed(1)}`);
  };

/** A list that has elements; none of one that has not, which is told. */
export function filled(value: unknown, location: string, problems: Problems): unknown[] {
  if (!Array.isArray(value)) problems.invalid(location, "The field must be an array.");
  else if (value.length === 0) problems.invalid(location, "Value cannot be empty");
  return Array.isArray(value) ? value : [];
}

export const oneOf =
  (...allowed: string[]): Check =>
  (value, location, problems) => {
    if (typeof value !== "string") problems.invalid(location, "Expected value of type [STRING]");
    else if (!allowed.includes(value)) {
      problems.invalid(location, `Value should be one of the following: [${allowed.join(", ")}]`);
    }
  };

/** The items of a Map: an array or object of templates, or an expression. */
export const items: Check = (value, location, problems) => {
  if (!Array.isArray(value) && !isObject(value) && !isExpression(value)) {
    problems.invalid(location, "The field must be an array, an object or a JSONata expression.");
  } else template(value, location, problems);
};

const VARIABLE = /^\p{ID_Start}\p{ID_Continue}*$/u;

/** Variable name -> template. */
export function checkAssign(
  value: unknown,
  location: string,
  problems: Problems,
  place: TemplatePlace,
): void {
  if (!isObject(value)) {
    problems.invalid(location, "Expected value of type [Object]");
    return;
  }
  checkNames(Object.keys(value), location, problems);
  for (const [name, item] of Object.entries(value)) {
    checkTemplate(item, `${location}/${name}`, problems, place);
  }
}

/** Names of variables that an Assign sets. */
export function checkNames(names: readonly string[], location: string, problems: Problems): void {
  for (const name of names) {
    const at = `${location}/${name}`;
    if (!VARIABLE.test(name)) {
      const message = `Invalid variable name '${name}': the variable name contains invalid characters.`;
      problems.invalid(at, message, "INVALID_VARIABLE_NAME");
    } else if (name.length > NAME_CHARACTERS) {
      const message = `Invalid variable name '${name}': the variable name exceeds ${NAME_CHARACTERS} characters.`;
      problems.invalid(at, message, "INVALID_VARIABLE_NAME");
    } else if (name === "states") {
      const message = "Cannot assign to reserved variable '$states'.";
      problems.invalid(at, message, "RESERVED_VARIABLE_NAME");
    } else if (UNSAFE_NAMES.has(name))
      problems.unsupported(at, `The engine cannot hold a variable "${name}".`);
  }
}

export const assign: Check = (value, location, problems) =>
  checkAssign(value, location, problems, { inCatch: false });

/** A field that the engine does not know how to honour. */
export const unsupported =
  (what: string): Check =>
  (_value, location, problems) =>
    problems.unsupported(location, `The engine does not implement ${what}.`);

/** Checks an object against a table of fields; what is in neither is refused, so that nothing is silently ignored. */
export function checkFields(
  value: Record<string, unknown>,
  fields: Readonly<Record<string, Check>>,
  location: string,
  problems: Problems,
  language: QueryLanguage = "JSONata",
): void {
  for (const [name, item] of Object.entries(value)) {
    const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (check) {
      check(item, `${location}/${name}`, problems);
      continue;
    }
    const isForeign = ONLY[otherThan(language)].has(name);
    problems.invalid(location, isForeign ? foreignField(name, language) : `Field '${name}' is not supported`);
  }
}

const otherThan = (language: QueryLanguage): QueryLanguage =>
  language === "JSONata" ? "JSONPath" : "JSONata";

export const foreignField = (name: string, language: QueryLanguage): string =>
  `The QueryLanguage is set to '${language}', but field '${name}' is only supported for the ` +
  `'${otherThan(language)}' QueryLanguage`;

/** A state's fields of the other language apart from all others: the service tells of those first. */
export function byLanguage(
  state: Record<string, unknown>,
  fields: Readonly<Record<string, Check>>,
  language: QueryLanguage,
): { foreign: string[]; own: Record<string, unknown> } {
  const isForeign = (name: string) => !Object.hasOwn(fields, name) && ONLY[otherThan(language)].has(name);
  const foreign = Object.keys(state).filter(isForeign);
  return { foreign, own: Object.fromEntries(Object.entries(state).filter(([name]) => !isForeign(name))) };
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Fields that one of the languages has and the other has not. */
const ONLY: Record<QueryLanguage, ReadonlySet<string>> = {
  JSONata: words("Arguments Output Items Condition"),
  JSONPath: words(
    "InputPath OutputPath ResultPath Parameters ResultSelector Result ItemsPath Variable SecondsPath TimestampPath " +
      "TimeoutSecondsPath HeartbeatSecondsPath ErrorPath CausePath MaxConcurrencyPath ToleratedFailureCountPath " +
      "ToleratedFailurePercentagePath",
  ),
};

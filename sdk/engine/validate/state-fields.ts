import type { Check } from "./problems.ts";
import { flag, oneOf, text } from "./values.ts";

/** Fields and checks that both query languages share. */

export const MOST = 99_999_999;

/** Checked where the whole machine is: machines inside of states, and where transitions lead. */
export const elsewhere: Check = () => undefined;

export const COMMON: Record<string, Check> = {
  Type: text,
  Comment: text,
  QueryLanguage: oneOf("JSONata", "JSONPath"),
};

export const LEADING: Record<string, Check> = { Next: text, End: flag };

export const resource: Check = (value, location, problems) => {
  if (typeof value !== "string" || !value.startsWith("arn:")) {
    problems.invalid(location, "The field must be an ARN.");
  }
};

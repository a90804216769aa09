import type { Check } from "./problems.ts";
import { flag, oneOf, text } from "./values.ts";

/** Fields and checks that both query languages share. */

export const MOST = 99_999_999;

/** Checked where the whole machine is: machines inside of states, and where transitions lead. */
export const elsewhere: Check = () => undefined;

export const COMMON: Record<string, Check> = {
  Type: text,
  Comment: text,
  QueryLanguage: oneOf("JSONPath", "JSONata"),
};

export const LEADING: Record<string, Check> = { Next: text, End: flag };

import type { Expression } from "oxc-parser";
import { MUTATING_METHODS } from "../check/builtins.ts";
import { bare, memberName } from "../parse/ast.ts";

const words = (text: string): Set<string> => new Set(text.split(/\s+/));

export const MUTATING = MUTATING_METHODS;

/** Methods that give no object of the receiver: numbers, texts, booleans, nothing, or arrays of such. */
export const PLAIN_METHODS = words(
  "charAt charCodeAt codePointAt decode digest encode endsWith every exec findIndex findLastIndex forEach format formatToParts getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTime getTimezoneOffset getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds has hasOwnProperty includes indexOf isWellFormed join keys lastIndexOf localeCompare match matchAll normalize padEnd padStart push repeat replace replaceAll search select setDownstream some split startsWith substr substring test toExponential toFixed toISOString toJSON toLocaleDateString toLocaleLowerCase toLocaleString toLocaleTimeString toLocaleUpperCase toLowerCase toPrecision toString toUpperCase toWellFormed trim trimEnd trimStart unshift",
);

/** Methods that give something which the receiver holds. */
export const ELEMENT_METHODS = words("at find findLast get pop shift");

/** Methods that give a new array of what the receiver holds. */
export const FRESH_METHODS = words(
  "concat entries filter flat flatMap map slice splice toReversed toSorted toSpliced values with",
);

/** Those of them that bring more than one list together. */
export const COMBINING_METHODS = words("concat flatMap map toSpliced with");

/** Methods that give their receiver. */
export const RECEIVER_METHODS = words("copyWithin fill reverse sort valueOf");

/** An array that nobody else holds yet, as in `[...xs].sort()`. */
export function isMadeHere(expression: Expression): boolean {
  const node = bare(expression);
  if (node.type === "ArrayExpression" || node.type === "NewExpression") return true;
  const name = node.type === "CallExpression" ? memberName(node.callee) : undefined;
  const callee = node.type === "CallExpression" ? bare(node.callee) : node;
  if (name === undefined || callee.type !== "MemberExpression") return false;
  if (FRESH_METHODS.has(name) || name === "split" || name === "keys") return true;
  return MUTATING.has(name) && isMadeHere(callee.object);
}

import { expression, expressionText, isExpression, stringLiteral } from "../../asl/expression.ts";
import { EXPRESSION_DEPTH } from "../../asl/limits.ts";
import type { Template } from "../../asl/types.ts";
import { expressionDepth, isScalar } from "./depth.ts";
import { NO_OUTPUT } from "./tasks.ts";

/** A way out of a state, with what it leaves behind. */
export interface Way {
  /** All of them hold, each evaluated only where those before it do; none for what is left over. */
  when: readonly string[];
  next: string;
  assign: Record<string, Template>;
  /** The next state's input. */
  output: Template | undefined;
  /** Without an output the next state's input is the state's own, not a result or an error. */
  handsOn: boolean;
}

export type Leading = { Next: string; Assign?: Record<string, Template>; Output?: Template };

export const wayOf = ({ Next, Assign = {}, Output }: Leading, when: readonly string[] = []): Way => ({
  when,
  next: Next,
  assign: Assign,
  output: Output,
  handsOn: true,
});

export const fieldsOf = ({ next, assign, output }: Way): Leading => ({
  ...(Object.keys(assign).length > 0 && { Assign: assign }),
  ...(output !== undefined && { Output: output }),
  Next: next,
});

/** `and` would evaluate both sides. */
export const conditionOf = (when: readonly string[]): string =>
  when.reduceRight((rest, one) => (rest === "" ? one : `(${one}) ? (${rest}) : false`), "");

/** One way after the other as one, or nothing where it would not be the same (the rules are those of `joined`). */
export function composed(first: Way, then: Way): Way | undefined {
  const second = seenFrom(first, then);
  if (!second) return undefined;
  const when = [...first.when, ...second.when];
  if (!isSmall(first.assign) && !isSmall(second.assign)) return undefined;
  if (when.length > 0 && expressionDepth(conditionOf(when)) + 6 > EXPRESSION_DEPTH) return undefined;
  const { handsOn } = first;
  return {
    when,
    next: second.next,
    assign: { ...first.assign, ...second.assign },
    output: outputOf(first, second),
    handsOn,
  };
}

/** The second way as it is said in the state that the first one leaves, or nothing where it cannot be. */
function seenFrom(first: Way, second: Way): Way | undefined {
  const handedOn = second.output === PASSED_ON ? undefined : second.output;
  const texts = [...second.when, ...textsOf(second.assign), ...textsOf(handedOn)];
  const ownInput = first.handsOn && first.output === undefined;
  if (!ownInput && texts.some((text) => text.includes("$states.input"))) return undefined;
  if (texts.some((text) => OF_THE_STATE.test(text))) return undefined;
  const values = new Map(Object.entries(first.assign).map(([name, value]) => [name, plainly(value)]));
  const isRead = (name: string): boolean => texts.some((text) => variablesOf(text).has(name));
  if ([...values].some(([name, value]) => value === undefined && isRead(name))) return undefined;
  const said = (text: string): string => withValues(text, values);
  return {
    ...second,
    when: second.when.map(said),
    assign: eachText(second.assign, said) as Record<string, Template>,
    output: eachText(second.output, said),
  };
}

/** What the second way hands on, of what the first one handed to it. */
function outputOf(first: Way, second: Way): Template | undefined {
  const passesOn = second.output === undefined || second.output === PASSED_ON;
  return passesOn ? first.output : second.output;
}

const PASSED_ON = expression("$states.input");

/** The result and the error are those of the state itself; so is when it was entered, and what differs each time. */
const OF_THE_STATE = /\$states\.(context\.State|result|errorOutput)|\$(millis|now|random|uuid)\(/;

/** Text literals, and names in backticks, are no code. */
const LITERAL = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)/;

const inCode = (text: string, change: (code: string) => string): string =>
  text
    .split(LITERAL)
    .map((part, at) => (at % 2 === 1 ? part : change(part)))
    .join("");

/** All at once: a value may name a variable that is assigned, too. */
const withValues = (text: string, values: ReadonlyMap<string, string | undefined>): string =>
  inCode(text, (code) => code.replace(VARIABLE, (whole, name: string) => values.get(name) ?? whole));

const VARIABLE = /\$(\w+)/g;

function variablesOf(text: string): Set<string> {
  const names = new Set<string>();
  inCode(text, (code) => {
    for (const [, name = ""] of code.matchAll(VARIABLE)) names.add(name);
    return code;
  });
  return names;
}

const NAME_OR_LITERAL = /^(\$\w+|\$states\.input\.\w+|-?\d+(\.\d+)?|true|false|null|"[^"\\]*")$/;

/** What a variable is assigned, as code that may stand wherever the variable does. */
function plainly(value: Template): string | undefined {
  const code = isExpression(value) ? expressionText(value) : JSON.stringify(value);
  if (!isExpression(value) && typeof value === "string") return stringLiteral(value);
  return NAME_OR_LITERAL.test(code) ? `(${code})` : undefined;
}

const SMALL = 1_000;

/** Texts of the program, numbers and booleans: what is small, whatever the values are. */
const isSmall = (assign: Record<string, Template>): boolean =>
  JSON.stringify(assign).length <= SMALL && textsOf(assign).every(isScalar);

function eachText<T extends Template | undefined>(template: T, change: (text: string) => string): T {
  const made = (value: Template): Template => {
    if (isExpression(value)) return expression(change(expressionText(value)));
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(made);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, made(one)]));
  };
  return (template === undefined ? undefined : made(template)) as T;
}

/** The expressions in a template. */
function textsOf(template: Template | undefined): string[] {
  if (isExpression(template)) return [expressionText(template)];
  if (typeof template !== "object" || template === null) return [];
  return Object.values(template).flatMap(textsOf);
}

export const isNothing = (output: Template | undefined): boolean =>
  JSON.stringify(output) === JSON.stringify(NO_OUTPUT);

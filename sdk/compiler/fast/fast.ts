import type { Expression, Node } from "oxc-parser";
import type { Binding, CellBinding, Uses } from "../graph.ts";
import type { Level } from "../parse/console.ts";
import type { Module, ModuleReader } from "../parse/module.ts";
import {
  askedBy,
  both,
  type Clause,
  type Guard,
  hasLimits,
  isLet,
  isSame,
  type LetNames,
  letsOf,
  together,
  withNames,
} from "./guards.ts";
import { isHere } from "./total.ts";

export { both, conjunction, type Guard } from "./guards.ts";

/** What is known of a value before it is there. */
export interface Known {
  type: FastType;
  /** Of an array or object that was made here or checked by a schema. */
  shape?: Shape;
  /** For a computed number: its largest exponent, base 2 (R6). */
  bits?: number;
  /** A number without a fraction. */
  whole?: boolean;
}

export interface Shape {
  items?: Known;
  /** Properties that are surely there. */
  fields?: ReadonlyMap<string, Known>;
}

/**
 * An expression as JSONata that gives JavaScript's answer whenever its guard holds. The rules and the measurements
 * behind each form are in `docs/decisions/0001-emission-rules.md`; R-numbers in comments point there.
 */
export interface Fast extends Known {
  code: string;
  /** Clauses that must all hold, in this order; absent where nothing can differ. */
  guard?: Guard;
  /** False where, guard or not, the value may be missing (JavaScript's undefined). */
  present: boolean;
  /** The code is a path, so members may follow it. */
  path?: boolean;
  /** An element of an array: the JVM engine takes a null there for nothing (R2b). */
  element?: boolean;
  /** Tells whether the value is there, where `$exists` does not: an element may be null. */
  exists?: string;
  /** What the last step of a path reads from: it may be a reference, which has none of the value's properties. */
  base?: string;
  /** For a computed number that JavaScript may answer with -0, which is 0 here: holds where it surely does not. */
  signed?: string;
  /** The value made here, which is never a reference. */
  own?: boolean;
  /** Made by this very expression: no other name stands for it. */
  fresh?: boolean;
  /** The same as a number, where it may also be something else. */
  numeric?: Fast;
}

export type FastType = "string" | "number" | "boolean" | "null" | "undefined" | "array" | "object" | "json";

/** A line that the flow writes: `console.log(…)` with its arguments as expressions. */
export interface Line {
  level: Level;
  args: string[];
}

/** How the emitter writes bindings at the state in question. */
export interface FastContext {
  reader: ModuleReader;
  module: Module;
  uses: Uses;
  /** The JSONata that reads a variable or the input. */
  code(binding: Exclude<Binding, { kind: "pure" }>): string;
  /** True when the input is surely there: a schema gave it. */
  inputPresent: boolean;
  /** What the schema proves of the input. */
  inputKnown?: Known;
  /** Answers for definitions, which may be asked for again and again. */
  memo: Map<Node, Fast | undefined>;
  /** What the region has assigned so far; nothing stands for what only JavaScript can tell. */
  cells: Map<CellBinding, Fast | undefined>;
  /** Names of the callbacks around; nothing stands for one that is not defined yet. */
  locals: ReadonlyMap<string, Fast | undefined>;
  /** How many callbacks are around. */
  depth: number;
  lets: LetNames;
  /** No inline step may stand in the flow: what is asked of values must be answered for all of them. */
  total: boolean;
  /** What is called is iterated: V8 words its failure otherwise. */
  iterated?: true;
  /** Nothing in the flow can tell a key with undefined from no key: one may be dropped. */
  drops: boolean;
  /** Expressions whose values leave the flow as JSON, see `crossing.ts`. */
  leaving: ReadonlySet<Node>;
  /** Calls that statements push into a list: each stands for what it is called with. */
  begun: ReadonlySet<Node>;
  /** Statements in which two names stand for one object that changes: JSONata has values only. */
  oneRuns: ReadonlySet<Node>;
  /** How much more may be translated: what is written once may be needed many times, in many ways. */
  work: { left: number };
  /** Values of nodes that are evaluated already, and links `?.` before which there surely is something. */
  given: ReadonlyMap<Node, Fast>;
  linked: ReadonlySet<Node>;
  /** Where lines that the flow writes go along with what the state calls; absent where nothing would write them. */
  lines?: Line[];
  /** The source of the first node that had no form: the innermost, since a node is given up after its parts. */
  gap: { source?: string };
}

export type Translate<N extends Node = Node> = (node: N, context: FastContext) => Fast | undefined;

/** A value that is undefined: JSONata's own nothing. */
export const NOTHING: Fast = { code: '$lookup({}, "")', type: "json", present: false };

/** The condition under which the value is not undefined. */
export const existence = (fast: Fast): string => fast.exists ?? `$exists(${fast.code})`;

/** The value must be there: what a strict position adds (R2). */
export function strict(fast: Fast): Fast {
  if (fast.present) return fast;
  return withGuard({ ...fast, present: true }, both(fast.guard, existence(fast)));
}

/** Missing is a legal answer, but a reference only looks as if it lacked the property (R2). */
export function lenient(fast: Fast): Fast {
  if (fast.present || fast.base === undefined) return fast;
  return withGuard(fast, both(fast.guard, notReference(fast.base)));
}

export const notReference = (code: string): string => `$not($exists(${code}.\`$runlet.ref\`))`;

/** The value itself is here, not a reference to it. */
export function here(fast: Fast, context?: FastContext): Fast {
  if (fast.own || !["json", "object"].includes(fast.type)) return fast;
  const asked = context?.total ? isHere(fast.code) : notReference(fast.code);
  return withGuard({ ...fast, own: true }, both(fast.guard, asked));
}

export function withGuard(fast: Fast, guard: Guard | undefined): Fast {
  const { guard: _, ...rest } = fast;
  return guard === undefined ? rest : { ...rest, guard };
}

/** The value with all that it refers to, to stand where its guard's names do not: an arm of a conditional, a lambda. */
export const closed = (fast: Fast): { code: string; guard: Clause | undefined } => ({
  code: withNames(valueCode(fast), fast.guard),
  guard: together(fast.guard, (code) => code),
});

/** One of two guards, as a condition says. */
function either(condition: string, yes: Clause | undefined, no: Clause | undefined): Clause | undefined {
  if (!yes && !no) return undefined;
  const test = (clause: Clause | undefined): string => (clause && askedBy(clause)) ?? "true";
  const code = `(${condition} ? ${test(yes)} : ${test(no)})`;
  if (typeof yes === "string" || typeof no === "string") return code;
  const raise = (clause: Clause | undefined): string =>
    clause && typeof clause === "object" && !isLet(clause) ? clause.raise : "null";
  const limits = hasLimits([yes, no].flatMap((clause) => clause ?? []));
  return { test: code, raise: `(${condition} ? ${raise(yes)} : ${raise(no)})`, ...(limits && { limits }) };
}

/** The guard matters where the condition holds. */
export const whereIt = (condition: string, guard: Clause | undefined): Clause | undefined =>
  guard && together([guard], (code) => `($not(${condition}) or ${code})`);

const LONG = 24;
const LITERAL = /^(?:"(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|true|false|null)$/;

/** The value under a name, where its code is more than that already. */
export function named(fast: Fast, context: FastContext): Fast {
  if (LITERAL.test(fast.code) || (fast.path && fast.code.length <= LONG)) return fast;
  const name = context.lets.of(fast.code);
  const guard = both(fast.guard, { name, code: fast.code });
  return withGuard({ ...fast, code: `$${name}`, path: true }, guard);
}

/** Without the clauses that are asked for already. */
export function beyond(fast: Fast, known: Guard | undefined): Fast {
  const clauses = fast.guard?.filter((clause) => !known?.some((one) => isSame(one, clause)));
  return withGuard(fast, both(clauses));
}

/** What the guard names and nothing it asks: for what stands behind the same guard. */
export const namesOnly = (guard: Guard | undefined): Guard | undefined => both(letsOf(guard));

/** The code as a value: a null that the JVM engine takes for nothing is null again (R2b). */
export function valueCode(fast: Fast): string {
  if (!fast.element) return fast.code;
  const code = `($exists(${fast.code}) ? ${fast.code} : null)`;
  return fast.present ? code : `(${existence(fast)} ? ${code})`;
}

/** A value inside an array or object that JSONata makes: it is there, and no -0. */
export function part(fast: Fast): Fast | undefined {
  if (fast.type === "undefined") return undefined;
  const present = strict(fast);
  const guarded = present.signed ? withGuard(present, both(present.guard, present.signed)) : present;
  const { element: _, signed: __, exists: ___, ...rest } = guarded;
  return { ...rest, code: valueCode(present) };
}

/** What is known of a value, to be known of it elsewhere. */
export const knownOf = ({ type, shape, bits, whole }: Fast): Known => ({
  type,
  ...(shape && { shape }),
  ...(bits !== undefined && { bits }),
  ...(whole && { whole }),
});

/** A boolean for JavaScript's truthiness of the value: total under the guard (R11). */
export function truthy(fast: Fast): string {
  switch (fast.type) {
    case "boolean":
      return fast.present ? fast.code : `(${fast.code} and true)`;
    case "array":
    case "object":
      return fast.present ? "true" : existence(fast);
    case "null":
    case "undefined":
      return "false";
    case "string":
      return fast.present ? `(${fast.code} != "")` : `(${fast.code} and true)`;
    case "number":
      return fast.present ? `(${fast.code} != 0)` : `(${fast.code} and true)`;
    case "json":
      return `($type(${fast.code}) in ["array","object"] or ${fast.code})`;
  }
}

const thereIs = (fast: Fast): string => (fast.present ? "true" : withNames(existence(fast), fast.guard));

/** `yes` where the condition holds, else `no`. */
export function chosen(condition: string, yes: Fast, no: Fast): Fast {
  const [y, n] = [closed(yes), closed(no)];
  const guard = either(condition, y.guard, n.guard);
  const type = yes.type === no.type ? yes.type : "json";
  const bits = type === "number" ? Math.max(yes.bits ?? 53, no.bits ?? 53) : undefined;
  const signed =
    yes.signed || no.signed
      ? `(${condition} ? ${withNames(yes.signed ?? "true", yes.guard)} : ${withNames(no.signed ?? "true", no.guard)})`
      : undefined;
  return {
    code: `(${condition} ? ${y.code} : ${n.code})`,
    type,
    present: yes.present && no.present,
    ...(!(yes.present && no.present) && { exists: `(${condition} ? ${thereIs(yes)} : ${thereIs(no)})` }),
    ...(guard && { guard: [guard] }),
    ...(bits !== undefined && { bits }),
    ...(signed && { signed }),
    ...(yes.own && no.own && { own: true }),
    ...(yes.whole && no.whole && { whole: true }),
  };
}

export const boolean = (code: string, guard?: Guard): Fast =>
  withGuard({ code, type: "boolean", present: true }, guard);

export type { Expression };

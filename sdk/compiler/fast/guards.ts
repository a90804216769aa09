/**
 * What must hold for a translated expression to be exact. A guard is a list of clauses that are evaluated in order: a
 * total boolean, or a name for a value that later clauses and the expression itself refer to.
 */
export type Guard = readonly Clause[];
export type Clause = string | Let | Raise;

/** `$name := code`: a value that is needed more than once, computed once. Total where the clauses before it hold. */
export interface Let {
  name: string;
  code: string;
}

/**
 * A total boolean that fails only where JavaScript throws: then `raise` is the failure, `{"Error", "Cause"}`, and no inline
 * step is needed to throw it.
 */
export interface Raise {
  test: string;
  raise: string;
  /** Among what it raises is what plain Node would not throw: no handler of the author's may see that. */
  limits?: boolean;
  /** Where the test fails, `raise` may also be nothing: then it is for the inline step, which then stands beside. */
  partly?: true;
}

export const isLet = (clause: Clause): clause is Let => typeof clause === "object" && "name" in clause;

/** What is asked; nothing of a name. */
export const askedBy = (clause: Clause): string | undefined =>
  typeof clause === "string" ? clause : isLet(clause) ? undefined : clause.test;

const keyOf = (clause: Clause): string => askedBy(clause) ?? (isLet(clause) ? `:= ${clause.name}` : "");

export const isSame = (one: Clause, other: Clause): boolean => keyOf(one) === keyOf(other);

/** All clauses of several guards, each once. */
export function both(...guards: (Guard | Clause | undefined)[]): Guard | undefined {
  const clauses = new Map<string, Clause>();
  for (const clause of guards.flatMap((guard) => guard ?? [])) {
    const key = keyOf(clause);
    if (!clauses.has(key)) clauses.set(key, clause);
  }
  return clauses.size === 0 ? undefined : [...clauses.values()];
}

export const letsOf = (guard: Guard | undefined): Let[] => (guard ?? []).filter(isLet);

/** True where one of the variables stands in the text. */
export const mentions = (text: string, names: readonly string[]): boolean =>
  names.some((name) => new RegExp(`\\$${name}(?![A-Za-z0-9_])`).test(text));

/** The names that a text needs, and those that they need. */
function needed(lets: readonly Let[], text: string): Let[] {
  const found: Let[] = [];
  let texts = text;
  for (const one of [...lets].reverse()) {
    if (!mentions(texts, [one.name])) continue;
    found.unshift(one);
    texts += ` ${one.code}`;
  }
  return found;
}

/** The code with the names that it refers to. */
export function withNames(code: string, guard: Guard | undefined): string {
  const lets = needed(letsOf(guard), code);
  return lets.length === 0 ? code : block(lets, code);
}

const block = (lets: readonly Let[], code: string): string =>
  `(${lets.map((one) => `$${one.name} := ${one.code}; `).join("")}${code})`;

/** A guard as one expression: a total boolean that may stand in an `and` chain or alone. */
export function conjunction(clauses: Guard): string {
  const guard = clauses.map((clause) => askedBy(clause) ?? clause) as (string | Let)[];
  const at = guard.findIndex(isLet);
  if (at < 0) return conjoined(guard as readonly string[]);
  const end = guard.findIndex((clause, i) => i > at && typeof clause === "string");
  const head = guard.slice(0, at) as string[];
  if (end < 0) return conjoined(head); // names that only the value needs
  const tail = conjunction(guard.slice(end));
  const lets = needed(letsOf(guard.slice(at, end)), tail);
  const parts = lets.length === 0 ? guard.slice(end) : [];
  if (parts.length > 0) return conjunction([...head, ...parts]);
  return conjoined([...head, block(lets, tail)]);
}

/**
 * The failure of the first clause that does not hold; nothing where one of them is for the inline step.
 *
 * @param otherwise where all of them hold
 */
export function raised(guard: Guard | undefined, otherwise?: string): string | undefined {
  const raising = guard?.map((clause) => (isPlain(clause) ? undefined : (clause as Let | Raise)));
  if (!raising || raising.includes(undefined)) return undefined;
  return raising.reduceRight<string | undefined>((rest, clause) => {
    if (!clause) return rest;
    if (isLet(clause)) return rest && (mentions(rest, [clause.name]) ? block([clause], rest) : rest);
    return rest === undefined ? clause.raise : `(${clause.test} ? ${rest} : ${clause.raise})`;
  }, otherwise);
}

/** A clause whose failure JSONata cannot surely tell. */
const isPlain = (clause: Clause): boolean =>
  typeof clause === "string" || (!isLet(clause) && clause.partly === true);

/** Without what may throw in part: for clauses that do not stand in JavaScript's order. */
export const plainly = (guard: Guard | undefined): Guard | undefined =>
  guard?.map((clause) => (isPlain(clause) ? (askedBy(clause) ?? clause) : clause));

/** The same questions, none of which throws. */
export const silent = (guard: Guard | undefined): Guard | undefined =>
  guard?.map((clause) => (isLet(clause) ? clause : (askedBy(clause) ?? clause)));

/**
 * What the first clause that does not hold throws, or nothing where that is for the inline step; absent where no clause
 * may throw.
 */
export function perhapsRaised(guard: Guard | undefined): string | undefined {
  const last = guard?.findLastIndex((clause) => typeof clause === "object" && !isLet(clause)) ?? -1;
  if (!guard || last < 0) return undefined;
  return guard.slice(0, last + 1).reduceRight<string | undefined>((rest, clause) => {
    if (typeof clause === "string") return rest && `(${clause} ? ${rest})`;
    if (isLet(clause)) return rest && (mentions(rest, [clause.name]) ? block([clause], rest) : rest);
    return `(${clause.test} ? ${rest ?? NO_FAILURE} : ${clause.raise})`;
  }, undefined);
}

const NO_FAILURE = '$lookup({}, "")';

/** As one clause: what throws still does where all of it may only throw. */
export function together(guard: Guard | undefined, whole: (code: string) => string): Clause | undefined {
  if (!guard?.some((clause) => !isLet(clause))) return undefined;
  const test = whole(conjunction(guard));
  const raise = raised(guard);
  return raise === undefined ? test : { test, raise, ...(hasLimits(guard) && { limits: true }) };
}

export const hasLimits = (guard: Guard): boolean =>
  guard.some((clause) => typeof clause === "object" && !isLet(clause) && clause.limits === true);

/** Longer chains are balanced, since a chain's depth grows with its length. */
const MOST_IN_A_CHAIN = 8;

function conjoined(parts: readonly string[]): string {
  if (parts.length === 0) return "true";
  if (parts.length <= MOST_IN_A_CHAIN) return parts.join(" and ");
  const size = Math.ceil(parts.length / 4);
  const groups = [0, 1, 2, 3].map((i) => parts.slice(i * size, (i + 1) * size));
  return groups.flatMap((group) => (group.length > 0 ? `(${conjoined(group)})` : [])).join(" and ");
}

/**
 * A guard of a lambda's body in two: what does not depend on the lambda's own names, and the rest. The first part is
 * asked for once, and also where the lambda is never called: stricter than need be, and total all the same.
 */
export function hoisted(
  guard: Guard | undefined,
  names: readonly string[],
): { outer: Guard | undefined; inner: Guard | undefined } {
  const inside = [...names];
  const outer: Clause[] = [];
  const inner: Clause[] = [];
  for (const clause of plainly(guard) ?? []) {
    // What throws does so only where the lambda is called.
    const stays = typeof clause === "object" && !isLet(clause);
    const text = isLet(clause) ? clause.code : (askedBy(clause) ?? "");
    if (!stays && !mentions(text, inside)) outer.push(clause);
    else {
      inner.push(clause);
      if (isLet(clause)) inside.push(clause.name);
    }
  }
  return { outer: both(outer), inner: both(inner) };
}

/** Gives names to values, the same name to the same code. */
export class LetNames {
  readonly #names = new Map<string, string>();

  of(code: string): string {
    const name = this.#names.get(code) ?? `t${this.#names.size + 1}`;
    this.#names.set(code, name);
    return name;
  }
}

import { RunletError } from "../model/runlet-error.ts";

/**
 * Mistakes in `task(…)` and `flow(…)` throw where they stand, unless a compile is collecting them: then all of a
 * file's mistakes are reported at once.
 */
const collected = new Map<object, string[]>();
let collecting = false;

/** From now on problems are kept with the defined object instead of thrown. */
export function collectDefinitionProblems(): void {
  collecting = true;
}

export const problemsOf = (definition: object): readonly string[] => collected.get(definition) ?? [];

export function reportProblems(definition: object, problems: readonly string[]): void {
  const [first] = problems;
  if (first === undefined) return;
  if (!collecting) throw new RunletError("RLT4002", first);
  collected.set(definition, [...problems]);
}

/** Runs checks that throw RunletError, and gathers their sentences. */
export function gather(...checks: (() => void)[]): string[] {
  const problems: string[] = [];
  for (const check of checks) {
    try {
      check();
    } catch (error) {
      if (!(error instanceof RunletError)) throw error;
      problems.push(error.message.replace(/^RLT\d{4}: /, "").replace(/ Mend: .*$/s, ""));
    }
  }
  return problems;
}

export function unknownKeys(options: object, known: readonly string[], what: string): string[] {
  return Object.keys(options)
    .filter((key) => !known.includes(key))
    .map((key) => `${what} has no option "${key}"; it has ${known.join(", ")}.`);
}

/** `task(null, fn)` is a mistake, not a task without options. */
export function checkOptions(options: unknown, what: string): string[] {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  return isObject ? [] : [`${what}'s options are not an object.`];
}

export function checkText(what: string, value: unknown): void {
  if (value !== undefined && typeof value !== "string")
    throw new RunletError("RLT4002", `${what} is ${shown(value)}; it must be a text.`);
}

/** A wrong value as a sentence shows it; never throws, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return "an object";
  }
}

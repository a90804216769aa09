import { emitted, evaluated } from "./emitted.ts";

/** One of the two JSONata engines, as `test/experiments/e1/engines.mjs` opens them. */
export interface Engine {
  name: string;
  evaluate(
    code: string,
    bindings: object,
  ): Promise<{ value: unknown } | { undefined: true } | { error: string } | { odd: string }>;
  close(): void;
}

export interface Agreement {
  expressions: number;
  /** Never in JSONata. */
  inline: number;
  /** Pairs of an expression and an input whose guard held. */
  fast: number;
  /** Pairs whose guard sent the value to the inline step. */
  slow: number;
  wrong: string[];
}

/** The module constant and function that expressions may use. */
const LIMITS = { most: 7, names: ["a", "b"], deep: { x: 1 } };
const range = (a: number, b: number): number[] => {
  if (!Number.isInteger(a) || !Number.isInteger(b)) throw new TypeError("range");
  return Array.from({ length: Math.max(0, b - a + 1) }, (_, i) => a + i);
};

/** JavaScript's answer as JSON carries it out of a flow, or nothing where it throws or is no JSON. */
function javascript(expression: string, input: unknown): { json: string } | undefined {
  try {
    const run = new Function("raw", "LIMITS", "range", `return (${expression});`);
    const value = run(structuredClone(input), structuredClone(LIMITS), range) as unknown;
    if (!isJson(value)) return undefined;
    return { json: JSON.stringify(value) ?? "null" };
  } catch {
    return undefined;
  }
}

function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "function" || typeof value === "symbol") return false;
  if (typeof value !== "object" || value === null) return true;
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (!Array.isArray(value) && prototype !== Object.prototype) return false;
  return Object.values(value).every(isJson);
}

/**
 * Emits each expression and evaluates it on each engine over each input: the guard is a boolean and never fails, and
 * where it holds the value is JavaScript's.
 */
export async function agreement(
  expressions: readonly string[],
  inputs: readonly unknown[],
  engines: readonly Engine[],
): Promise<Agreement> {
  const tally: Agreement = { expressions: expressions.length, inline: 0, fast: 0, slow: 0, wrong: [] };
  for (const [i, made] of emitted(expressions).entries()) {
    const expression = expressions[i] ?? "";
    if (made === "inline") {
      tally.inline++;
      continue;
    }
    for (const input of inputs) {
      const states = { context: { Execution: { Input: { input } } }, input: { input } };
      for (const engine of engines) {
        const tell = (what: string): void => {
          tally.wrong.push(
            `${engine.name}\n  ${expression}\n  raw = ${JSON.stringify(input)}\n  ${what}\n  guard ${made.guard}\n  value ${JSON.stringify(made.value)}`,
          );
        };
        if (made.guard !== undefined) {
          const guard = await engine.evaluate(made.guard, { states });
          if (!("value" in guard) || typeof guard.value !== "boolean") {
            tell(`the guard gives ${JSON.stringify(guard)}`);
            continue;
          }
          if (!guard.value) {
            tally.slow++;
            continue;
          }
        }
        tally.fast++;
        const expected = javascript(expression, input);
        let failed = "";
        const value = await evaluated(made.value, async (code) => {
          const found = await engine.evaluate(code, { states });
          if (!("value" in found)) failed = JSON.stringify(found);
          return "value" in found ? found.value : undefined;
        });
        const json = JSON.stringify(value);
        if (failed || json !== expected?.json)
          tell(`JavaScript ${expected?.json ?? "throws"}, JSONata ${failed || json}`);
      }
    }
  }
  return tally;
}

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { methodExpression } from "../../differential/method-expressions.ts";
import { seedOf } from "../../differential/seed.ts";
import { HOSTILE, PRACTICE } from "../../differential/values.ts";
import { jsEngine, jvmEngine } from "../../experiments/e1/engines.mjs";
import { agreement, type Engine } from "./agree.ts";
import { EXPRESSIONS } from "./expressions.ts";
import { MORE } from "./values.ts";

const RUNS = Number(process.env["RUNLET_FUZZ_RUNS"] ?? 200);
const SEED = seedOf("RUNLET_FUZZ_SEED", "RUNLET_FUZZ_RUNS");
const VALUES = [...HOSTILE, ...MORE];
const [practice = {}] = PRACTICE;

/** The expression over each hostile value in the place of each key that it reads. */
function inputsOf(expression: string): unknown[] {
  const keys = [...new Set([...expression.matchAll(/raw\??\.(\w+)/g)].map(([, key]) => key ?? ""))];
  const bent = keys.flatMap((key) => VALUES.map((value) => ({ ...practice, [key]: value })));
  return [...PRACTICE, null, {}, ...bent];
}

const evenly = (most: number): fc.Arbitrary<number> => fc.noBias(fc.nat({ max: most }));
const made = fc.gen().map((g) => {
  const draw = (below: number): number => g(evenly, Math.max(0, below - 1));
  const { text, coverage } = methodExpression(draw, 1 + draw(3));
  const inputs = Array.from({ length: 4 }, () => {
    const input: Record<string, unknown> = { ...PRACTICE[draw(3)], v: VALUES[draw(VALUES.length)] };
    const keys = Object.keys(input);
    for (let i = draw(3); i > 0; i--) input[keys[draw(keys.length)] ?? "v"] = VALUES[draw(VALUES.length)];
    return input;
  });
  return { text, coverage, inputs };
});

/** The second engine, which is AWS's kind, needs Java: RUNLET_JVM=1. */
describe("each emitted form agrees with JavaScript, under a guard that never fails", () => {
  const engines: Engine[] = [];
  beforeAll(() => {
    engines.push(jsEngine());
    const jvm = process.env["RUNLET_JVM"] === "1" ? jvmEngine() : undefined;
    if (jvm && "skipped" in jvm) throw new Error(jvm.skipped);
    if (jvm) engines.push(jvm);
  }, 60_000);
  afterAll(() => {
    for (const engine of engines) engine.close();
  });

  it.each(EXPRESSIONS)("%s", async (expression) => {
    const { wrong, inline, fast } = await agreement([expression], inputsOf(expression), engines);
    expect(wrong.slice(0, 2).join("\n")).toBe("");
    expect({ inline, fast: fast > 0 }).toEqual({ inline: 0, fast: true });
  });

  it(`random expressions, seed ${SEED} (RUNLET_FUZZ_SEED), ${RUNS} runs (RUNLET_FUZZ_RUNS)`, async () => {
    const tally = { inline: 0, fast: 0, slow: 0 };
    const coverage = new Map<string, number>();
    const wrong: string[] = [];
    for (const one of fc.sample(made, { numRuns: RUNS, seed: SEED })) {
      const found = await agreement([one.text], one.inputs, engines).catch(refusedForSharing);
      if (!found) continue;
      for (const key of ["inline", "fast", "slow"] as const) tally[key] += found[key];
      for (const [construct, count] of one.coverage)
        coverage.set(construct, (coverage.get(construct) ?? 0) + count);
      wrong.push(...found.wrong);
    }
    const counted = [...coverage].sort().map(([construct, count]) => `${construct} ${count}`);
    console.log(`seed ${SEED}: ${JSON.stringify(tally)}; ${counted.join(", ")}`);
    expect(wrong.slice(0, 3).join("\n")).toBe("");
    expect(tally.fast).toBeGreaterThan(tally.slow);
  }, 600_000);
});

/** Random statements may change what has two names; that is refused, and no form to compare. */
function refusedForSharing(error: Error): undefined {
  if (!error.message.startsWith("RLT1105")) throw error;
}

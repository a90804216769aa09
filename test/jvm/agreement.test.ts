import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ExpressionScope } from "../../sdk/engine/jsonata.ts";
import type { Json } from "../../sdk/model/json.ts";
import type { Case } from "../conformance/runner/case.ts";
import { type Engine, jvmEngine } from "../experiments/e1/engines.mjs";
import { DIFFERENCES } from "./differences.ts";

/**
 * Every JSONata expression of the conformance cases on jsonata 2.0.6, as the engine evaluates it, and on the JVM
 * implementation (AWS runs JSONata on a JVM). `npm run test:jvm [-- DIR …]`; without it these tests are skipped.
 */

const asked = process.env["RUNLET_JVM"] !== undefined;
const folders = (process.env["RUNLET_JVM"] ?? "")
  .split(":")
  .filter(Boolean)
  .map((folder) => resolve(folder));
if (folders.length === 0) folders.push(join(import.meta.dirname, "../conformance/cases"));

/** What an expression gave: a value, nothing, or an error. */
type Answer = { value: Json } | { undefined: true } | { error: string } | { odd: string };

interface Seen {
  text: string;
  bindings: Record<string, Json>;
  answer: Answer;
  case: string;
}

const evaluations = vi.hoisted(() => ({
  heard: undefined as ((text: string, scope: unknown, value: unknown) => void) | undefined,
}));

vi.mock(import("../../sdk/engine/jsonata.ts"), async (original) => {
  const real = await original();
  return {
    ...real,
    evaluate(text: string, location: string, scope: ExpressionScope) {
      try {
        const value = real.evaluate(text, location, scope);
        evaluations.heard?.(text, scope, value);
        return value;
      } catch (thrown) {
        evaluations.heard?.(text, scope, Promise.reject(thrown));
        throw thrown;
      }
    },
  };
});

/** Answers that differ from one evaluation to the next, or with the machine's clock. */
const UNSTEADY = /\$(uuid|shuffle|now|millis|random\s*\(\s*\))/;

async function answerOf(value: unknown): Promise<Answer> {
  try {
    return { value: (await value) as Json };
  } catch (thrown) {
    const { cause, message } = thrown as { cause?: unknown; message: string };
    const text = typeof cause === "string" ? cause : message;
    return text.includes("returned nothing (undefined)") ? { undefined: true } : { error: text };
  }
}

/** Every expression that a case's run evaluates, and what it gave. */
async function evaluated(one: Case): Promise<Seen[]> {
  const { actualOf } = await import("../conformance/runner/run.ts");
  const heard: { text: string; bindings: Record<string, Json>; answer: Promise<Answer> }[] = [];
  evaluations.heard = (text, given, value) => {
    const { variables, states } = given as ExpressionScope;
    const bindings = structuredClone({ ...variables, states }) as Record<string, Json>;
    heard.push({ text, bindings, answer: answerOf(value) });
  };
  try {
    await actualOf(one);
  } catch {
    // A case that the engine cannot run is the conformance run's to tell; what it evaluated counts here.
  } finally {
    evaluations.heard = undefined;
  }
  const seen: Seen[] = [];
  for (const { answer, ...rest } of heard)
    seen.push({ ...rest, answer: await answer, case: `${one.category} ${one.id}` });
  return [...seen, ...(await unreached(one, new Set(seen.map(({ text }) => text))))];
}

const EXPRESSION = /^\{%([\s\S]*)%\}$/;

function expressionsOf(value: unknown): string[] {
  if (typeof value === "string") {
    const match = EXPRESSION.exec(value.trim());
    return match ? [(match[1] as string).trim()] : [];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(expressionsOf) : [];
}

/** Expressions of states that the run does not reach: on its input alone. */
async function unreached(one: Case, reached: ReadonlySet<string>): Promise<Seen[]> {
  const { evaluate } = await vi.importActual<typeof import("../../sdk/engine/jsonata.ts")>(
    "../../sdk/engine/jsonata.ts",
  );
  const definition = typeof one.definition === "string" ? parsed(one.definition) : one.definition;
  const bindings = { states: { input: (one.input ?? {}) as Json, context: {} } };
  const context = { now: 0, random: () => 0.5, uuid: () => "" };
  const rest = [...new Set(expressionsOf(definition))].filter((text) => !reached.has(text));
  const seen: Seen[] = [];
  for (const text of rest) {
    const answer = await answerOf(
      (async () => evaluate(text, "", { variables: {}, states: bindings.states, context }))(),
    );
    seen.push({ text, bindings, answer, case: `${one.category} ${one.id}` });
  }
  return seen;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What AWS adds to the library: functions, for which the JVM's side has stand-ins that do not check their arguments, and
 * a limit to nesting.
 */
const AWS_OWN = "jsonata-functions";

const kindOf = (answer: Answer): string =>
  "value" in answer ? JSON.stringify(sorted(answer.value)) : "undefined" in answer ? "nothing" : "an error";

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([key, item]) => [key, sorted(item as Json)]),
  );
}

interface Difference {
  text: string;
  js: string;
  jvm: string;
  case: string;
}

describe.skipIf(!asked)("JSONata of the cases on jsonata 2.0.6 and on the JVM", () => {
  let engine: Engine | { skipped: string };
  beforeAll(() => {
    engine = jvmEngine();
  });
  afterAll(() => {
    if (!("skipped" in engine)) engine.close();
  });

  test.for(folders)("%s", { timeout: 600_000 }, async (folder, { skip }) => {
    if ("skipped" in engine) return skip(engine.skipped);
    const { readCorpus } = await import("../conformance/runner/reader.ts");
    const { cases } = readCorpus(folder);
    const differences: Difference[] = [];
    const asked = new Set<string>();
    let unsteady = 0;
    for (const one of cases.filter(({ family }) => family !== AWS_OWN)) {
      for (const { text, bindings, answer, case: id } of await evaluated(one)) {
        const key = JSON.stringify([text, bindings]);
        if (asked.has(key)) continue;
        asked.add(key);
        if (UNSTEADY.test(text)) {
          unsteady++;
          continue;
        }
        const js = kindOf(answer);
        const jvm = kindOf(await engine.evaluate(text, bindings));
        if (js !== jvm) differences.push({ text, js, jvm, case: id });
      }
    }
    const known = (text: string): string | undefined => DIFFERENCES.find((one) => one.text === text)?.aws;
    console.log(
      `${asked.size - unsteady} evaluations compared with ${engine.name}: ${differences.length} differ; ` +
        `${unsteady} that no two evaluations agree on left out`,
    );
    for (const { text, js, jvm, case: id } of differences) {
      console.log(
        `  ${text}\n    jsonata 2.0.6: ${js.slice(0, 300)}\n    JVM: ${jvm.slice(0, 300)}\n    AWS: ${known(text) ?? "not listed"} (${id})`,
      );
    }
    expect(asked.size).toBeGreaterThan(0);
    expect(differences.filter(({ text }) => known(text) === undefined)).toEqual([]);
  });
});

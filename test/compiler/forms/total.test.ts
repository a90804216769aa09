import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expressionText } from "../../../sdk/asl/expression.ts";
import type { State } from "../../../sdk/asl/types.ts";
import { analyse } from "../../../sdk/compiler/analyse.ts";
import { emitFlow } from "../../../sdk/compiler/compile.ts";
import type { Description } from "../../../sdk/flow/describe.ts";
import { NO_RETRIES } from "../../../sdk/flow/retry.ts";
import { CONSTRUCTS } from "../../differential/constructs.ts";
import { HOSTILE, PRACTICE } from "../../differential/values.ts";
import { jsEngine, jvmEngine } from "../../experiments/e1/engines.mjs";
import type { Engine } from "./agree.ts";
import { evaluated } from "./emitted.ts";
import { EXPRESSIONS } from "./expressions.ts";
import { MORE } from "./values.ts";

const LIMITS = { most: 7, names: ["a", "b"], deep: { x: 1 } };
const HEAD = `import { flow, range } from "runlet";\nconst LIMITS = ${JSON.stringify(LIMITS)};\n`;
const OWN = [
  "raw.a.b.c",
  "raw.a?.b.c",
  "raw?.a.b",
  "raw.list.map((x) => ({ y: x.y, z: 1 }))",
  "raw.items.filter((i) => i.price).map((i) => ({ t: i.tags }))",
  "raw.items.map((i) => ({ o: i?.o }))",
  "raw.flag ? raw.o.x.y : raw.none.x",
  "raw.flag && raw.o.x.y",
  "raw.flag || raw.none.y",
  "raw.none ?? raw.missing.z",
  "[raw.a === raw.b, raw.a === raw.list, raw.missing === raw.none]",
  "raw.list.map((x) => x.a === raw.a)",
  "typeof raw.o.x",
  "[Array.isArray(raw.list), typeof raw.missing]",
];

/** A flow that is one expression: its states, where none of them is an inline step. */
function statesOf(expressions: readonly string[]): (Record<string, State> | undefined)[] {
  const flows = expressions.map((text, i) => `export const p${i} = flow(async (raw) => (${text}));`);
  const analysis = analyse(join(import.meta.dirname, "main.ts"), HEAD + flows.join("\n"));
  return analysis.flows.map((flow) => {
    const described = { settings: { inlineSteps: "refuse", retry: NO_RETRIES }, hasSchema: false };
    const description = { tasks: {}, flows: { [flow.graph.name]: described } } as unknown as Description;
    const made = emitFlow(analysis, flow, description, {});
    return made.inlineSteps.length > 0 ? undefined : made.definition.States;
  });
}

type Ended = { json: string } | { name: string; message: string };

function javascript(expression: string, input: unknown): Ended | undefined {
  try {
    const value = new Function("raw", "LIMITS", `return (${expression});`)(
      structuredClone(input),
      LIMITS,
    ) as unknown;
    return { json: JSON.stringify(value) ?? "null" };
  } catch (thrown) {
    const { name, message } = thrown as Error;
    return { name, message };
  }
}

/** What plain Node has no error for. */
const isRefusal = (end: Ended): boolean => "message" in end && /^RLT\d{4}: /.test(end.message);

async function ran(states: Record<string, State>, engine: Engine, input: unknown): Promise<Ended> {
  const bindings = { states: { context: { Execution: { Input: { input } } }, input: { input } } };
  const evaluate = async (code: string): Promise<unknown> => {
    const found = await engine.evaluate(code, bindings);
    if (!("value" in found)) throw new Error(`${engine.name}: ${JSON.stringify(found)} of ${code}`);
    return found.value;
  };
  let state: State | undefined = Object.values(states)[0];
  if (state?.Type === "Choice") {
    const [rule] = state.Choices;
    const holds = await evaluate(expressionText(String(rule?.Condition)));
    expect(holds).toBeTypeOf("boolean");
    state = states[String(holds ? rule?.Next : state.Default)];
  }
  if (state?.Type === "Succeed") {
    const value = await evaluated(state.Output ?? null, evaluate);
    return { json: JSON.stringify(value) };
  }
  if (state?.Type !== "Fail") throw new Error("Neither an answer nor a failure.");
  const [name, cause] = [
    await evaluate(expressionText(String(state.Error))),
    await evaluate(expressionText(String(state.Cause))),
  ];
  const { errorMessage } = JSON.parse(String(cause)) as { errorMessage: string };
  return { name: String(name), message: errorMessage };
}

const VALUES = [...HOSTILE, ...MORE];
const [practice = {}] = PRACTICE;

function inputsOf(expression: string): unknown[] {
  const keys = [...new Set([...expression.matchAll(/raw\??\.(\w+)/g)].map(([, key]) => key ?? ""))];
  const bent = keys.flatMap((key) => VALUES.map((value) => ({ ...practice, [key]: value })));
  return [...PRACTICE, ...VALUES, undefined, ...bent];
}

/** The second engine, which is AWS's kind, needs Java: RUNLET_JVM=1. */
describe("forms for every value: they answer or throw as JavaScript does", () => {
  const engines: Engine[] = [];
  const all = [...EXPRESSIONS, ...Object.values(CONSTRUCTS), ...OWN];
  const proven = statesOf(all).flatMap((states, i) => (states ? [[all[i] ?? "", states] as const] : []));
  beforeAll(() => {
    engines.push(jsEngine());
    const jvm = process.env["RUNLET_JVM"] === "1" ? jvmEngine() : undefined;
    if (jvm && "skipped" in jvm) throw new Error(jvm.skipped);
    if (jvm) engines.push(jvm);
  }, 60_000);
  afterAll(() => {
    for (const engine of engines) engine.close();
  });

  it("has all that are written for it", () => {
    const texts = proven.map(([text]) => text);
    expect(OWN.filter((text) => !texts.includes(text))).toEqual([]);
  });

  it.each(proven)(
    "%s",
    async (expression, states) => {
      const wrong: string[] = [];
      for (const input of inputsOf(expression))
        for (const engine of engines) {
          const [plain, compiled] = [javascript(expression, input), await ran(states, engine, input)];
          if (isRefusal(compiled) || JSON.stringify(plain) === JSON.stringify(compiled)) continue;
          wrong.push(
            `${engine.name}, raw = ${JSON.stringify(input)}\n  ${JSON.stringify(plain)}\n  ${JSON.stringify(compiled)}`,
          );
        }
      expect(wrong.slice(0, 2).join("\n")).toBe("");
    },
    60_000,
  );
});

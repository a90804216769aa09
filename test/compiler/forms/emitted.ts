import { join } from "node:path";
import { expressionText, isExpression } from "../../../sdk/asl/expression.ts";
import type { StateMachine, Template } from "../../../sdk/asl/types.ts";
import { analyse } from "../../../sdk/compiler/analyse.ts";
import { emitFlow } from "../../../sdk/compiler/compile.ts";

/** How the compiler emits `async (raw) => expression`: a guard and a value in JSONata, or an inline step. */
export type Emitted = { guard: string | undefined; value: Template } | "inline";

const HEAD = `import { flow, range } from "runlet";\nconst LIMITS = { most: 7, names: ["a", "b"], deep: { x: 1 } };\n`;

/** Emits many expressions at once; throws where one is refused. */
export function emitted(expressions: readonly string[]): Emitted[] {
  const flows = expressions.map((text, i) => `export const p${i} = flow(async (raw) => (${text}));`);
  const analysis = analyse(join(import.meta.dirname, "main.ts"), HEAD + flows.join("\n"));
  if (analysis.diagnostics.any) {
    const told = analysis.diagnostics.list.map(({ code, message }) => `${code} ${message}`);
    throw new Error(`${told.slice(0, 5).join("\n")}\n${expressions.slice(0, 40).join("\n")}`);
  }
  return analysis.flows.map((flow) =>
    partsOf(emitFlow(analysis, flow, { tasks: {}, flows: {} }, {}).definition),
  );
}

function partsOf({ StartAt, States }: StateMachine): Emitted {
  const state = States[StartAt];
  if (state?.Type === "Succeed") return { guard: undefined, value: state.Output ?? null };
  if (state?.Type !== "Choice") return "inline";
  const [rule] = state.Choices;
  const last = rule && States[rule.Next];
  if (!rule || last?.Type !== "Succeed") throw new Error("A return is a Choice and a Succeed.");
  return { guard: expressionText(String(rule.Condition)), value: last.Output ?? null };
}

/** The expressions of a template, with the way to rebuild it. */
export async function evaluated(
  template: Template,
  evaluate: (code: string) => Promise<unknown>,
): Promise<unknown> {
  if (isExpression(template)) return evaluate(expressionText(template));
  if (Array.isArray(template)) {
    const items: unknown[] = [];
    for (const one of template) items.push(await evaluated(one, evaluate));
    return items;
  }
  if (typeof template !== "object" || template === null) return template;
  const made: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(template)) made[key] = await evaluated(one, evaluate);
  return made;
}

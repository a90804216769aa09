import { appendFileSync } from "node:fs";
import { vi } from "vitest";

/** One evaluation as an engine must repeat it: what was bound, and what jsonata made of it. */
export interface Evaluation {
  expr: string;
  bindings: Record<string, unknown>;
  outcome: { value: unknown } | { undefined: true } | { error: string };
}

/** Of one text, bindings beyond these add little; the same ones add nothing. */
const MOST_OF_A_TEXT = 8;
const MOST_CHARACTERS = 20_000;

const file = process.env["RUNLET_FORMS"];
const seen = new Map<string, Set<string>>();

/** Every expression that a run of a test evaluates goes to the file RUNLET_FORMS, one JSON object a line. */
vi.mock("jsonata", async (original) => {
  const real = (await original()) as { default: typeof import("jsonata") };
  const recording = (text: string, ...more: never[]): unknown => {
    const expression = real.default(text, ...more);
    const evaluate = expression.evaluate.bind(expression);
    expression.evaluate = async (input: unknown, bindings: Record<string, unknown> = {}) => {
      // Taken before, since what is bound may be shared with what comes out.
      const given = wire(Object.fromEntries(Object.entries(bindings).filter(([name]) => /^\w+$/.test(name))));
      try {
        const value: unknown = await evaluate(input, bindings);
        note(text, given, value === undefined ? '{"undefined":true}' : `{"value":${wire(value) ?? "null"}}`);
        return value;
      } catch (error) {
        note(text, given, JSON.stringify({ error: String((error as { code?: unknown }).code ?? error) }));
        throw error;
      }
    };
    return expression;
  };
  return { ...real, default: Object.assign(recording, real.default) };
});

function note(expr: string, bindings: string | undefined, outcome: string): void {
  if (file === undefined || bindings === undefined || bindings.length > MOST_CHARACTERS) return;
  const known = seen.get(expr) ?? new Set<string>();
  seen.set(expr, known);
  if (known.size >= MOST_OF_A_TEXT || known.has(bindings)) return;
  known.add(bindings);
  appendFileSync(file, `{"expr":${JSON.stringify(expr)},"bindings":${bindings},"outcome":${outcome}}\n`);
}

/** JSON in which -0 keeps its sign; nothing for what is no JSON, such as a function. */
export function wire(value: unknown): string | undefined {
  if (Object.is(value, -0)) return "-0.0";
  if (typeof value === "function" || typeof value === "bigint" || typeof value === "symbol") return undefined;
  if (Array.isArray(value)) return `[${value.map((item) => wire(item) ?? "null").join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).flatMap(([key, item]) => {
    const text = item === undefined ? undefined : wire(item);
    return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
  });
  return `{${parts.join(",")}}`;
}

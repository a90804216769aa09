import { RunletError } from "../model/runlet-error.ts";
import { gather, unknownKeys } from "./definition-problems.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";
import { checkName } from "./task-options.ts";

/** When a deployed flow starts by itself. */
export interface Schedule {
  /** An EventBridge Scheduler expression: `cron(0 6 * * ? *)`, `rate(1 hour)` or `at(2027-01-01T00:00:00)`. */
  readonly expression: string;
  /** IANA name. @default "UTC" */
  readonly timezone?: string;
  /** The flow's input at each start. */
  readonly input?: unknown;
}

/** Options of a flow. Unknown ones are refused (RLT4002). */
export interface FlowOptions<Schema extends StandardSchemaV1 = StandardSchemaV1> {
  /** @default the exported name */
  readonly name?: string;
  /** Checks and types the input: zod, or any Standard Schema validator. What it validated the flow body may trust. */
  readonly input?: Schema;
  /** A sentence for consoles. */
  readonly description?: string;
  /** @default none */
  readonly schedules?: readonly Schedule[];
  /**
   * `"refuse"`: no inline step (a small Lambda that runs an expression JSONata cannot say exactly) is emitted; such an
   * expression is a diagnostic instead. @default "allow"
   */
  readonly inlineSteps?: "allow" | "refuse";
}

export const FLOW_OPTION_KEYS = ["name", "input", "description", "schedules", "inlineSteps"];
const EXPRESSION =
  /^(cron\(.+\)|rate\(\d+ (minute|minutes|hour|hours|day|days)\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))$/;

export interface FlowSettings {
  name?: string;
  description?: string;
  schedules: { expression: string; timezone: string; input?: unknown }[];
  inlineSteps: "allow" | "refuse";
}

export function flowSettings(options: FlowOptions): { settings: FlowSettings; problems: string[] } {
  const settings: FlowSettings = {
    inlineSteps: options.inlineSteps ?? "allow",
    schedules: (Array.isArray(options.schedules) ? options.schedules : []).map((schedule: Schedule) => ({
      expression: schedule.expression,
      timezone: schedule.timezone ?? "UTC",
      ...(schedule.input === undefined ? {} : { input: schedule.input }),
    })),
  };
  if (options.name !== undefined) settings.name = options.name;
  if (options.description !== undefined) settings.description = options.description;
  const problems = [
    ...unknownKeys(options, FLOW_OPTION_KEYS, "A flow"),
    ...gather(
      () => checkName(options.name),
      () => checkInlineSteps(options.inlineSteps),
      () => checkSchema(options.input),
      ...settings.schedules.map((schedule) => () => checkExpression(schedule.expression)),
    ),
  ];
  return { settings, problems };
}

function checkInlineSteps(value: unknown): void {
  if (value !== undefined && value !== "allow" && value !== "refuse") {
    throw new RunletError("RLT4002", `inlineSteps is ${JSON.stringify(value)}; it is "allow" or "refuse".`);
  }
}

function checkSchema(schema: unknown): void {
  if (schema === undefined) return;
  const standard = (schema as { "~standard"?: { validate?: unknown } } | null)?.["~standard"];
  if (typeof standard?.validate !== "function") {
    throw new RunletError(
      "RLT4002",
      "input is no schema; give a zod schema or another Standard Schema validator.",
    );
  }
}

function checkExpression(expression: unknown): void {
  if (typeof expression !== "string" || !EXPRESSION.test(expression)) {
    throw new RunletError(
      "RLT4002",
      `The schedule ${JSON.stringify(expression)} is no cron(…), rate(…) or at(…) expression.`,
    );
  }
}

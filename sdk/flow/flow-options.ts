import { crossBoundary } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";
import { checkText, gather, shown, unknownKeys } from "./definition-problems.ts";
import { RETRY_OPTION_KEYS, type RetryOptions, type RetrySettings, retrySettings } from "./retry.ts";
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

/** A task of one argument: the results that a cancelled run had. */
export interface CancelTask {
  readonly kind: "task";
  // biome-ignore lint/suspicious/noExplicitAny: any task whose argument takes such results
  readonly fn: (done: any) => unknown;
}

/**
 * Options of a flow. Unknown ones are refused (RLT4002). With `retries` the whole body runs again after a failure,
 * tasks that were done included, under the same idempotency keys.
 */
export interface FlowOptions<Schema extends StandardSchemaV1 = StandardSchemaV1>
  extends Pick<RetryOptions, "retries" | "retryDelay"> {
  /**
   * A task that undoes what a cancelled run has done. It is called with the results that the run had by then, by the
   * names of the constants that hold them; what was not there yet is missing. Named in place: `onCancel: undo`.
   */
  readonly onCancel?: CancelTask;
  /**
   * Whether a run may be paused and resumed at its tasks. Costs no transition, but a state beside each task.
   * @default false
   */
  readonly pausable?: boolean;
  /** Names of errors after which the body runs again. `FinalError` never is one. @default every error */
  readonly retryIf?: readonly string[];
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

export const FLOW_OPTION_KEYS = [
  "name",
  "input",
  "description",
  "schedules",
  "inlineSteps",
  "onCancel",
  "pausable",
  ...RETRY_OPTION_KEYS,
];
const EXPRESSION =
  /^(cron\(.+\)|rate\(\d+ (minute|minutes|hour|hours|day|days)\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))$/;

export interface FlowSettings {
  name?: string;
  description?: string;
  schedules: { expression: string; timezone: string; input?: unknown }[];
  inlineSteps: "allow" | "refuse";
  retry: RetrySettings;
  pausable?: true;
}

export function flowSettings(options: FlowOptions): { settings: FlowSettings; problems: string[] } {
  const schedules: readonly unknown[] = Array.isArray(options.schedules) ? options.schedules : [];
  const retry = retrySettings(options);
  const settings: FlowSettings = {
    retry: retry.settings,
    inlineSteps: options.inlineSteps ?? "allow",
    schedules: schedules.filter(isObject).map(({ expression, timezone = "UTC", input }) => ({
      expression: expression as string,
      timezone: timezone as string,
      ...(input === undefined ? {} : { input }),
    })),
  };
  if (options.pausable === true) settings.pausable = true;
  if (options.name !== undefined) settings.name = options.name;
  if (options.description !== undefined) settings.description = options.description;
  const problems = [
    ...unknownKeys(options, FLOW_OPTION_KEYS, "A flow"),
    ...retry.problems,
    ...gather(
      () => checkName(options.name),
      () => checkFlowRetry(options, retry.settings),
      () => checkOnCancel(options.onCancel),
      () => checkPausable(options.pausable),
      () => checkInlineSteps(options.inlineSteps),
      () => checkSchema(options.input),
      () => checkText("description", options.description),
      () => checkList(options.schedules),
      ...schedules.map((schedule, index) => () => checkSchedule(schedule, `schedules[${index}]`)),
    ),
  ];
  return { settings, problems };
}

/** What only the wrapper around a task could honour: a flow's retries are the machine's own. */
function checkFlowRetry({ retryIf }: { retryIf?: unknown }, { jitter }: RetrySettings): void {
  if (typeof retryIf === "function")
    throw new RunletError(
      "RLT4002",
      "retryIf of a flow is a function; name the errors: a machine asks no function.",
    );
  if (jitter)
    throw new RunletError("RLT4002", "retryDelay of a flow has jitter, which only a task's delays may have.");
}

function checkPausable(value: unknown): void {
  if (value !== undefined && typeof value !== "boolean")
    throw new RunletError("RLT4002", `pausable is ${shown(value)}; it is true or false.`);
}

function checkOnCancel(task: unknown): void {
  if (task !== undefined && (task as { kind?: unknown } | null)?.kind !== "task")
    throw new RunletError("RLT4002", "onCancel is no task.");
}

function checkInlineSteps(value: unknown): void {
  if (value !== undefined && value !== "allow" && value !== "refuse") {
    throw new RunletError("RLT4002", `inlineSteps is ${shown(value)}; it is "allow" or "refuse".`);
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

function checkList(schedules: unknown): void {
  if (schedules !== undefined && !Array.isArray(schedules))
    throw new RunletError("RLT4002", 'schedules is not a list such as [{ expression: "rate(1 hour)" }].');
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function checkSchedule(schedule: unknown, where: string): void {
  if (!isObject(schedule)) throw new RunletError("RLT4002", `${where} is not an object.`);
  const [unknown] = unknownKeys(schedule, ["expression", "timezone", "input"], where);
  if (unknown !== undefined) throw new RunletError("RLT4002", unknown);
  checkExpression(schedule["expression"]);
  checkTimeZone(schedule["timezone"], where);
  if (schedule["input"] !== undefined) checkScheduledInput(schedule["input"], where);
}

function checkTimeZone(timezone: unknown, where: string): void {
  if (timezone === undefined) return;
  try {
    if (typeof timezone === "string" && new Intl.DateTimeFormat("en", { timeZone: timezone })) return;
  } catch {
    // The sentence below says it.
  }
  throw new RunletError("RLT4002", `${where}: ${shown(timezone)} is no time zone such as "Europe/Berlin".`);
}

function checkScheduledInput(input: unknown, where: string): void {
  try {
    crossBoundary(input, `input of ${where}`);
  } catch (error) {
    if (!(error instanceof RunletError)) throw error;
    throw new RunletError("RLT4002", error.message.replace(/^RLT\d{4}: /, "").replace(/ Mend: .*$/s, ""));
  }
}

function checkExpression(expression: unknown): void {
  if (typeof expression !== "string" || !EXPRESSION.test(expression)) {
    throw new RunletError(
      "RLT4002",
      `The schedule ${shown(expression)} is no cron(…), rate(…) or at(…) expression.`,
    );
  }
}

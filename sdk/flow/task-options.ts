import { type Duration, toWholeSeconds } from "../model/duration.ts";
import { RunletError } from "../model/runlet-error.ts";
import { checkText, gather, shown, unknownKeys } from "./definition-problems.ts";
import { RETRY_OPTION_KEYS, type RetryOptions, type RetrySettings, retrySettings } from "./retry.ts";

/** Options of a task. Unknown ones are refused (RLT4002). */
export interface TaskOptions extends RetryOptions {
  /** Shown in consoles and part of state names. @default the exported name */
  readonly name?: string;
  /** How long one attempt may take, whole seconds, at most 15 minutes (Lambda's limit). @default 15 minutes */
  readonly timeout?: Duration;
  /** Memory of the Lambda function in MB. @default 512 @minimum 128 @maximum 10240 */
  readonly memory?: number;
  /** Names of secrets that `secret(name)` may read inside the task. @default none */
  readonly secrets?: readonly string[];
  /** A sentence for consoles. */
  readonly description?: string;
}

/** Options as everything after authoring reads them: defaults filled in, units in the names. */
export interface TaskSettings {
  name?: string;
  retry: RetrySettings;
  timeoutSeconds: number;
  memoryMb: number;
  secrets: string[];
  description?: string;
}

export const TASK_OPTION_KEYS = ["name", ...RETRY_OPTION_KEYS, "timeout", "memory", "secrets", "description"];
const MAX_TIMEOUT_SECONDS = 900;
/** Names become parts of state names, step ids and function names. */
export const NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_-]{0,39}$/;

/** Checks options one by one, so that all mistakes are known at once. */
export function taskSettings(options: TaskOptions): { settings: TaskSettings; problems: string[] } {
  const retry = retrySettings(options);
  const settings: TaskSettings = {
    retry: retry.settings,
    timeoutSeconds: MAX_TIMEOUT_SECONDS,
    memoryMb: options.memory ?? 512,
    secrets: [...(Array.isArray(options.secrets) ? options.secrets : [])],
  };
  if (options.name !== undefined) settings.name = options.name;
  if (options.description !== undefined) settings.description = options.description;
  const problems = [
    ...unknownKeys(options, TASK_OPTION_KEYS, "A task"),
    ...retry.problems,
    ...gather(
      () => checkName(options.name),
      () => checkInteger("memory", settings.memoryMb, 128, 10_240),
      () => checkSecrets(options.secrets),
      () => checkText("description", options.description),
      () => {
        settings.timeoutSeconds = timeoutSeconds(options.timeout);
      },
    ),
  ];
  return { settings, problems };
}

export function checkName(name: unknown): void {
  if (name !== undefined && (typeof name !== "string" || !NAME_PATTERN.test(name))) {
    throw new RunletError(
      "RLT4002",
      `name is ${shown(name)}; letters, digits, _ and - (at most 40) may stand in it.`,
    );
  }
}

function checkInteger(what: string, value: unknown, least: number, most: number): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    throw new RunletError(
      "RLT4002",
      `${what} is ${shown(value)}; it must be a whole number from ${least} to ${most}.`,
    );
  }
}

function checkSecrets(secrets: unknown): void {
  if (secrets === undefined) return;
  if (
    !Array.isArray(secrets) ||
    !secrets.every((name) => typeof name === "string" && /^[\w./-]{1,200}$/.test(name))
  ) {
    throw new RunletError("RLT4002", "secrets is not a list of secret names.");
  }
}

function timeoutSeconds(timeout: Duration | undefined): number {
  if (timeout === undefined) return MAX_TIMEOUT_SECONDS;
  const seconds = toWholeSeconds(timeout, "timeout");
  if (seconds > MAX_TIMEOUT_SECONDS) {
    throw new RunletError(
      "RLT4002",
      `timeout is ${seconds} s; a Lambda function runs at most ${MAX_TIMEOUT_SECONDS} s.`,
    );
  }
  return seconds;
}

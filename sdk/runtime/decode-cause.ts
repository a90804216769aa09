import { PARTS } from "../model/error-parts.ts";
import { type Failure, toFailure } from "../model/failure.ts";
import { COMPENSATION_FAILED, REFUSED, RETRY_AFTER, retryName } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import { CAUSE_LINE, CLASS_LINE } from "./encode-failure.ts";

const TIMEOUTS = ["Sandbox.Timedout", "States.Timeout", "States.HeartbeatTimeout"];
const EXITS = [
  "Runtime.ExitError",
  "Runtime.UnhandledPromiseRejection",
  "Runtime.NodeJsExit",
  "Runtime.OutOfMemory",
];

/**
 * What a task threw, from what Step Functions makes of it: name and message as the author gave them, the cause inside.
 * The platform's own ends of a task become Runlet's errors: RLT3004 for time, RLT3003 for a process that ended.
 *
 * @param cause the `Cause`: JSON that Lambda wrote, or any text
 * @param error the `Error` beside it, which names the failure where the text does not
 * @example decodeCause('{"errorType":"RangeError","errorMessage":"page 7","trace":[]}') // { name: "RangeError", message: "page 7" }
 */
export function decodeCause(cause: string | null | undefined, error?: string | null): Failure {
  const text = cause ?? "";
  if (error === COMPENSATION_FAILED) {
    const inner = decodeCause(cause);
    return { name: error, message: inner.message, cause: inner };
  }
  const parsed = parseObject(text);
  const child = error === "States.TaskFailed" && typeof parsed?.["Error"] === "string" ? parsed : undefined;
  if (child) return withoutParts(decodeCause(textOf(child["Cause"]), textOf(child["Error"]))); // a sub-flow failed
  const type = textOf(parsed?.["errorType"]) || error || "Error";
  const message = textOf(parsed?.["errorMessage"]) ?? text;
  if (TIMEOUTS.includes(type) || (type === "Lambda.Unknown" && /Task timed out after/.test(text))) {
    return platformFailure("RLT3004", "A task was ended by its platform because it ran out of time", message);
  }
  if (EXITS.includes(type))
    return platformFailure("RLT3003", "A task's process ended before it answered", message);
  if (type === "States.DataLimitExceeded") {
    return toFailure(new RunletError("RLT2009", `A payload grew above 262,144 bytes: ${message}`));
  }
  const failure: Failure = { name: type === REFUSED ? "RunletError" : type, message };
  const inner = causeOf(parsed?.["trace"]);
  if (inner && isRetry(type)) return inner; // an attempt that others follow: what the author threw is its cause
  if (inner) failure.cause = inner;
  const made = lineOf(parsed?.["trace"], CLASS_LINE);
  if (made) failure.class = made;
  const parts = lineOf(parsed?.["trace"], PARTS);
  if (parts !== undefined) failure.parts = PARTS + parts;
  return failure;
}

/** What leaves its flow is an error with a name, a message and a cause. */
const withoutParts = ({ parts: _, cause, ...failure }: Failure): Failure =>
  cause ? { ...failure, cause: withoutParts(cause) } : failure;

const isRetry = (type: string): boolean => type === RETRY_AFTER || type.startsWith(retryName(0).slice(0, -1));

function platformFailure(code: "RLT3003" | "RLT3004", what: string, message: string): Failure {
  // The request id changes with every attempt, and would make two equal failures differ.
  const detail = message.replace(/^RequestId: \S+ (Error: )?/, "");
  return toFailure(new RunletError(code, detail ? `${what}: ${detail}.` : `${what}.`));
}

function causeOf(trace: unknown): Failure | undefined {
  const last: unknown = Array.isArray(trace) ? trace.at(-1) : undefined;
  if (typeof last !== "string" || !last.startsWith(CAUSE_LINE)) return undefined;
  return asFailure(parseObject(last.slice(CAUSE_LINE.length)));
}

/** What stands in a line of ours: the frames end before them. */
function lineOf(trace: unknown, begin: string): string | undefined {
  const lines: unknown[] = Array.isArray(trace) ? trace.slice(-3) : [];
  const line = lines.find((one): one is string => typeof one === "string" && one.startsWith(begin));
  return line?.slice(begin.length);
}

function asFailure(value: unknown): Failure | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, message, cause, class: made, parts } = value as Record<string, unknown>;
  if (typeof name !== "string" || typeof message !== "string") return undefined;
  const inner = asFailure(cause);
  return {
    name,
    message,
    ...(inner ? { cause: inner } : {}),
    ...(typeof made === "string" && { class: made }),
    ...(typeof parts === "string" && { parts }),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

import * as z from "zod";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import type { StartRequest } from "./start.ts";

/** The part of an API Gateway HTTP API event (payload version 2.0) that is read. */
export interface HttpEvent {
  version: "2.0";
  requestContext: { http: { method: string } };
  pathParameters?: Record<string, string | undefined>;
  body?: string;
  isBase64Encoded?: boolean;
}

/** An earlier run, and the step (or `step/frames`) from which on everything is done anew. */
const rerun = z.strictObject({ of: z.string(), from: z.string().optional() });

const httpBody = z.strictObject({
  input: z.unknown().optional(),
  idempotencyKey: z.string().optional(),
  rerun: rerun.optional(),
});

const directStart = z.strictObject({
  flow: z.string(),
  input: z.unknown().optional(),
  idempotencyKey: z.string().optional(),
  runId: z.string().optional(),
  rerun: rerun.optional(),
  source: z.enum(["api", "cli", "event", "sdk"]).optional(),
});

/** What a schedule sends; EventBridge Scheduler writes the schedule's ARN and the planned time into it. */
const scheduledStart = z.strictObject({
  flow: z.string(),
  input: z.unknown().optional(),
  schedule: z.string(),
  scheduledTime: z.string(),
});

export function isHttpEvent(event: unknown): event is HttpEvent {
  if (typeof event !== "object" || event === null || !("requestContext" in event)) return false;
  const { requestContext } = event;
  return typeof requestContext === "object" && requestContext !== null && "http" in requestContext;
}

/** The start that `POST /flows/{flow}/runs` asks for. */
export function fromHttp(event: HttpEvent): StartRequest {
  const raw = event.body ?? "";
  const text = event.isBase64Encoded ? Buffer.from(raw, "base64").toString() : raw;
  const body = check(httpBody, text.trim() === "" ? {} : parseJson(text), "body");
  return request({ flow: event.pathParameters?.["flow"] ?? "", ...body, source: "api" });
}

/**
 * The start that a schedule or a direct invocation asks for: `{ runletStart: { flow, input, schedule, scheduledTime } }`
 * or `{ flow, input?, idempotencyKey?, runId?, rerun?, source? }`.
 *
 * A scheduler delivers at least once, so the planned time is the key: a second delivery answers with the same run.
 */
export function fromInvocation(event: unknown): StartRequest {
  if (typeof event === "object" && event !== null && "runletStart" in event) {
    const { flow, input, schedule, scheduledTime } = check(
      scheduledStart,
      event.runletStart,
      "schedule's payload",
    );
    return request({
      flow,
      input,
      idempotencyKey: `schedule ${schedule} ${scheduledTime}`,
      source: "schedule",
    });
  }
  const { source = "sdk", ...start } = check(directStart, event, "payload");
  return request({ ...start, source });
}

type Loose = { [K in keyof StartRequest]: StartRequest[K] | undefined } & Pick<
  StartRequest,
  "flow" | "source"
>;

/** Leaves out what is undefined, since "no key" and "a key that is undefined" must not differ. */
function request(loose: Loose): StartRequest {
  return Object.fromEntries(
    Object.entries(loose).filter(([, value]) => value !== undefined),
  ) as unknown as StartRequest;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RunletError("RLT4005", "The body of the request is not JSON.", {
      cause: error,
      mend: 'Send {"input": …} with the content type application/json.',
    });
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join(".") || "(top)"}: ${message}`);
  throw new RunletError("RLT4002", `The ${what} of the start is not right. ${issues.join("; ")}.`);
}

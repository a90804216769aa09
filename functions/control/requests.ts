import * as z from "zod";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import type { Control } from "../../sdk/runtime/control/control.ts";

/** The part of an API Gateway HTTP API event (payload version 2.0) that is read. */
interface HttpEvent {
  requestContext: { http: { method: string } };
  pathParameters?: Record<string, string | undefined>;
  body?: string;
  isBase64Encoded?: boolean;
}

const runId = z.string().min(1).max(80);
const answer = z.strictObject({
  value: z.unknown().optional(),
  step: z.string().optional(),
  frames: z.array(z.number().int()).optional(),
});
const event = z.strictObject({ name: z.string().min(1).max(200), payload: z.unknown().optional() });

const request = z.discriminatedUnion("op", [
  answer.extend({ op: z.literal("answers"), runId }),
  event.extend({ op: z.literal("events"), runId }),
  z.strictObject({ op: z.enum(["cancel", "pause", "resume", "waits"]), runId }),
]);

export type ControlRequest = z.infer<typeof request>;

export function isHttpEvent(given: unknown): given is HttpEvent {
  return typeof given === "object" && given !== null && "requestContext" in given;
}

/** `…/runs/{runId}/{op}`, the rest in the body. @throws RunletError RLT4005 */
export function fromHttp({ pathParameters = {}, body = "", isBase64Encoded }: HttpEvent): ControlRequest {
  const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
  const { runId: run, op } = pathParameters;
  return { ...(parseJson(text) as object), op, runId: run } as ControlRequest;
}

function parseJson(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RunletError("RLT4005", "The body of the request is not JSON.", {
      cause: error,
      mend: "Send JSON with the content type application/json.",
    });
  }
}

/** Does what is asked. @throws RunletError RLT4002 for a wrong request, and what {@link Control} throws */
export async function perform(given: ControlRequest, control: Control): Promise<unknown> {
  const parsed = request.safeParse(given);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "(top)"}: ${message}`);
    throw new RunletError("RLT4002", `The request is not right. ${issues.join("; ")}.`);
  }
  const asked = parsed.data;
  switch (asked.op) {
    case "answers": {
      const { value, ...name } = asked;
      return control.answer(name, value);
    }
    case "events":
      return control.send(asked.runId, asked.name, asked.payload);
    case "waits":
      // The token is what ends the wait: it stays here.
      return { waits: (await control.list(asked.runId)).map(({ token: _, ...wait }) => wait) };
    default:
      return control[asked.op](asked.runId);
  }
}

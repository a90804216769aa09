import { type InlineEvent, isReference, type TaskEvent } from "../../model/protocol.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { GatherCall, InlineCall, Middleware, TaskCall } from "../handler-types.ts";

type Fields = Record<string, unknown>;

const CROSSINGS: InlineEvent["crossing"][] = ["arguments", "result", "exact", "items", "parts", "input"];

/** Takes a task event in, or refuses it (RLT2004); by hand, since a schema library would double the bundle. */
export function validateTaskEvent(now: () => number): Middleware<TaskCall> {
  return {
    before(request) {
      const event = protocolEvent(request.event, "task");
      need(typeof event["step"] === "string", "step");
      need(Number.isInteger(event["attempt"]), "attempt");
      need(event["retries"] === undefined || Number.isInteger(event["retries"]), "retries");
      need(Array.isArray(event["args"]), "args");
      need(event["slow"] == null || Array.isArray(event["slow"]) || isReference(event["slow"]), "slow");
      request.internal.event = event as unknown as TaskEvent;
      request.internal.startedAt = now();
    },
  };
}

/** Takes an inline event in, or refuses it (RLT2004). */
export function validateInlineEvent(): Middleware<InlineCall> {
  return {
    before(request) {
      const event = protocolEvent(request.event, "inline");
      need(typeof event["region"] === "string", "region");
      need(typeof event["values"] === "object" && event["values"] !== null, "values");
      need(CROSSINGS.includes(event["crossing"] as InlineEvent["crossing"]), "crossing");
      request.internal.event = event as unknown as InlineCall["event"];
    },
  };
}

/** Takes a gather event in, or refuses it (RLT2004). */
export function validateGatherEvent(): Middleware<GatherCall> {
  return {
    before(request) {
      const event = protocolEvent(request.event, "gather");
      const { manifest } = event;
      need(typeof event["region"] === "string", "region");
      need(event["count"] === undefined || Number.isInteger(event["count"]), "count");
      need(typeof (manifest as Fields | undefined)?.["Key"] === "string", "manifest");
      request.internal.event = event as unknown as GatherCall["event"];
    },
  };
}

function protocolEvent(event: unknown, kind: string): Fields {
  need(typeof event === "object" && event !== null, "the event");
  const fields = event as Fields;
  need(fields["runlet"] === 1, "runlet");
  need(fields["kind"] === kind, "kind");
  need(typeof fields["runId"] === "string", "runId");
  const frames = fields["frames"];
  need(Array.isArray(frames) && frames.every((frame) => Number.isInteger(frame)), "frames");
  return fields;
}

function need(right: boolean, field: string): void {
  if (right) return;
  throw new RunletError(
    "RLT2004",
    `A function was called with something that is no call of a machine: ${field}.`,
    {
      mend: "Deploy the definition and the functions of one build together, and start runs through the machine.",
    },
  );
}

import type { Json } from "../../model/json.ts";
import { INLINE_RESULT_BYTES, LEAST_ROOM_BYTES, type TaskEvent } from "../../model/protocol.ts";
import type { HandlerRequest, InlineCall, Middleware, TaskCall } from "../handler-types.ts";
import { placed } from "../placing.ts";
import type { ObjectStore } from "../ports.ts";
import { storeValue } from "../references.ts";

/**
 * Above this a record refers to the object store too: a put there costs as much as a record of some 8 KB, and DynamoDB
 * bills each further KB.
 */
const RECORD_RESULT_BYTES = 8_192;

/** Large results go to the object store: above the inline cap the answer, too, is a reference. */
export function offloadTaskResult(): Middleware<TaskCall> {
  return {
    after(request) {
      const { event, ports } = request.internal;
      if (!event || !ports) return undefined;
      const json = JSON.stringify(request.response);
      const bytes = Buffer.byteLength(json);
      const room = Math.max(
        LEAST_ROOM_BYTES,
        Math.min(event.room ?? INLINE_RESULT_BYTES, INLINE_RESULT_BYTES),
      );
      const cap = ports.states ? Math.min(room, RECORD_RESULT_BYTES) : room;
      if (bytes > cap) return offload(request, event, ports.objects, { json, answered: bytes > room });
      // A copy, since what comes after may change the answer; only the record of the attempt asks for it.
      if (ports.states) request.internal.result = { result: JSON.parse(json) };
      return undefined;
    },
  };
}

async function offload(
  request: HandlerRequest<TaskCall>,
  { runId, step, frames, attempt }: TaskEvent,
  objects: ObjectStore,
  { json, answered }: { json: string; answered: boolean },
): Promise<void> {
  const reference = await storeValue(objects, { runId, step, frames, part: String(attempt) }, json);
  request.internal.result = { reference };
  if (answered) request.response = reference;
}

/** The same for the answer of a region. */
export function offloadInlineResult(): Middleware<InlineCall> {
  return {
    async after(request) {
      const { event, ports, changesVariables = false } = request.internal;
      if (!event || !ports) return;
      request.response = await placed(request.response as Json, event, ports.objects, changesVariables);
    },
  };
}

import type { Json } from "../../model/json.ts";
import { INLINE_RESULT_BYTES } from "../../model/protocol.ts";
import { RunletError } from "../../model/runlet-error.ts";
import type { InlineCall, Middleware, TaskCall } from "../handler-types.ts";
import { storeValue } from "../references.ts";

/**
 * Above this a record refers to the object store too: a put there costs as much as a record of some 8 KB, and DynamoDB
 * bills each further KB.
 */
const RECORD_RESULT_BYTES = 8_192;

/** Large results go to the object store: above the inline cap the answer, too, is a reference. */
export function offloadTaskResult(): Middleware<TaskCall> {
  return {
    async after(request) {
      const { event, ports } = request.internal;
      if (!event || !ports) return;
      const json = JSON.stringify(request.response);
      const bytes = Buffer.byteLength(json);
      const cap = ports.states ? RECORD_RESULT_BYTES : INLINE_RESULT_BYTES;
      if (bytes <= cap) {
        request.internal.result = { result: JSON.parse(json) };
        return;
      }
      const { runId, step, frames, attempt } = event;
      const reference = await storeValue(ports.objects, { runId, step, frames, part: String(attempt) }, json);
      request.internal.result = { reference };
      if (bytes > INLINE_RESULT_BYTES) request.response = reference;
    },
  };
}

/**
 * The same for the answer of a region.
 *
 * @throws RunletError RLT2009 for the items of a map, which reads them and would take a reference for one item
 */
export function offloadInlineResult(): Middleware<InlineCall> {
  return {
    async after(request) {
      const { event, ports } = request.internal;
      if (!event || !ports) return;
      const json = JSON.stringify(request.response);
      const bytes = Buffer.byteLength(json);
      if (bytes <= INLINE_RESULT_BYTES) return;
      const changesVariables =
        typeof request.response === "object" &&
        request.response !== null &&
        Object.hasOwn(request.response, "cells");
      if (changesVariables) {
        throw new RunletError(
          "RLT2009",
          `Variables of a flow, and what goes with them, have ${bytes} bytes.`,
        );
      }
      if (event.crossing === "items") {
        throw new RunletError("RLT2009", `The items of a map that a flow body computes have ${bytes} bytes.`);
      }
      const { runId, region, frames } = event;
      const address = { runId, step: region, frames, part: "inline" };
      if (event.crossing === "input") {
        const { input } = request.response as { input: Json };
        request.response = { input: await storeValue(ports.objects, address, JSON.stringify(input)) };
        return;
      }
      request.response = await storeValue(ports.objects, address, json);
    },
  };
}

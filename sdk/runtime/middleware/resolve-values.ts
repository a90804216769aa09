import { toError } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import type { InlineCall, Middleware } from "../handler-types.ts";
import { resolveReferences } from "../references.ts";
import { findSettledFailure } from "../settled-failure.ts";

/** Puts values in the place of references, throws the first failure among them, and freezes them. */
export function resolveValues(): Middleware<InlineCall> {
  return {
    async before(request) {
      const { event, ports } = request.internal;
      if (!event || !ports) return;
      const values = await resolveReferences(event.values, ports.objects);
      const failure = findSettledFailure(values);
      if (failure) throw toError(failure);
      request.internal.values = freezeDeeply(values) as Record<string, Json>;
    },
  };
}

function freezeDeeply(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  for (const item of Object.values(value)) freezeDeeply(item);
  return Object.freeze(value) as Json;
}

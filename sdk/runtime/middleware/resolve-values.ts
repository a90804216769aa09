import { toError } from "../../model/failure.ts";
import { freezeDeeply } from "../freeze.ts";
import type { InlineCall, Middleware } from "../handler-types.ts";
import { resolveReferences } from "../references.ts";
import { findSettledFailure } from "../settled-failure.ts";

/** Puts values in the place of references, throws the first failure among them, and freezes them. */
export function resolveValues(): Middleware<InlineCall> {
  return {
    async before(request) {
      const { event, ports } = request.internal;
      if (!event || !ports) return;
      await resolveReferences(event.values, ports.objects);
      const failure = findSettledFailure(Object.values(event.values));
      if (failure) throw toError(failure);
      request.internal.values = freezeDeeply(event.values);
    },
  };
}

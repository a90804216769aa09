import { toError } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import { FailedFuture, isFailedFuture } from "../failed-future.ts";
import { freezeDeeply } from "../freeze.ts";
import type { InlineCall, Middleware } from "../handler-types.ts";
import { keptValue } from "../kept-value.ts";
import { resolveReferences } from "../references.ts";
import {
  findSettledFailure,
  holdsCancellation,
  holdsRefusal,
  withoutLost,
  withReasons,
} from "../settled-failure.ts";

/** Puts values in the place of references, throws the first failure among them, and freezes them. */
export function resolveValues(): Middleware<InlineCall> {
  return {
    async before(request) {
      const { event, ports } = request.internal;
      if (!event || !ports) return;
      await resolveReferences(event.values, ports.objects);
      const { futures = [] } = event;
      const passedOn = futures.filter((name) => isFailedFuture(event.values[name]));
      const given = Object.entries(event.values).flatMap(([name, value]) =>
        passedOn.includes(name) ? [] : [value],
      );
      request.internal.refused = holdsRefusal(given);
      request.internal.cancelled = holdsCancellation(given);
      const failure = findSettledFailure(given) ?? given.map(withoutLost).find((one) => one !== undefined);
      if (failure) throw toError(failure);
      const values = Object.entries(event.values).map(([name, value]) => [
        name,
        passedOn.includes(name) ? new FailedFuture(value) : keptValue(withReasons(value) as Json),
      ]);
      request.internal.values = freezeDeeply(Object.fromEntries(values));
    },
  };
}

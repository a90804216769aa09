import { crossBoundary, type Json } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";
import { composeHandler } from "./compose-handler.ts";
import type { Handler, InlineCall } from "./handler-types.ts";
import { encodeErrors } from "./middleware/encode-errors.ts";
import { offloadInlineResult } from "./middleware/offload-result.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { resolveValues } from "./middleware/resolve-values.ts";
import { validateInlineEvent } from "./middleware/validate-event.ts";
import type { Ports } from "./ports.ts";

/** A region of a flow body, as the author wrote it: from the variables that it reads to what the machine asked for. */
export type Region = (values: Record<string, Json>) => unknown;

/**
 * The dispatcher of a flow's inline steps: takes an `InlineEvent`, runs the region on its values, answers what it
 * answers. Values are frozen, since a flow body that changes one in place would see the change in plain Node only.
 *
 * @param regions by their name in the event
 * @throws what the region throws; the failure of a settled value among the values; RunletError RLT2001 for an answer
 *   that is not JSON, RLT2008 for a change in place, RLT3001 for an unknown region
 * @example export const handler = createInlineHandler({ "total-if": ({ rows }) => rows.length > 3 });
 */
export function createInlineHandler(
  regions: Readonly<Record<string, Region>>,
  options?: { ports?: Ports },
): Handler {
  return composeHandler<InlineCall>(
    (call) => runRegion(regions, call),
    [
      openPorts(options?.ports),
      validateInlineEvent(),
      resolveValues(),
      offloadInlineResult(),
      encodeErrors(),
    ],
  );
}

function runRegion(regions: Readonly<Record<string, Region>>, call: InlineCall): unknown {
  const { region: name } = call.event;
  const region = Object.hasOwn(regions, name) ? regions[name] : undefined;
  if (!region) {
    throw new RunletError(
      "RLT3001",
      `The definition asks for the region "${name}", which this bundle does not have.`,
      {
        mend: "Deploy the definition and the functions of one build together.",
      },
    );
  }
  // Checked here and not by middleware: a promise must be refused, and on its way out middy would await it.
  return crossBoundary(evaluate(region, call.values), "value of a flow expression");
}

function evaluate(region: Region, values: Record<string, Json>): unknown {
  try {
    return region(values);
  } catch (thrown) {
    throw isMutationOfFrozen(thrown) ? mutationError(thrown) : thrown;
  }
}

/** V8's words for a write to a frozen object or array. */
const FROZEN =
  /^Cannot (assign to read only property|add property .* object is not extensible|delete property|define property .* object is not extensible|redefine property)/;

function isMutationOfFrozen(thrown: unknown): thrown is TypeError {
  return thrown instanceof TypeError && FROZEN.test(thrown.message);
}

function mutationError(thrown: TypeError): Error {
  return new RunletError("RLT2008", `${thrown.message}.`, { cause: thrown });
}

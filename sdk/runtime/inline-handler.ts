import type { Json } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";
import { composeHandler } from "./compose-handler.ts";
import { leaveFlow, stayExact } from "./exact-value.ts";
import { freezeDeeply } from "./freeze.ts";
import type { Handler, InlineCall } from "./handler-types.ts";
import { encodeErrors } from "./middleware/encode-errors.ts";
import { offloadInlineResult } from "./middleware/offload-result.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { resolveValues } from "./middleware/resolve-values.ts";
import { validateInlineEvent } from "./middleware/validate-event.ts";
import type { Ports } from "./ports.ts";

/** What generated code may call. */
export interface RegionTools {
  /** Freezes what a definition gives, since it is computed anew in every region that needs it. */
  freeze<T>(value: T): T;
  /** Takes what `task.map` was called with. @throws RunletError RLT4002 where it is no array, as in plain Node */
  items(value: unknown): unknown;
}

/** A region of a flow body, as the author wrote it: from the variables that it reads to what the machine asked for. */
export type Region = (values: Record<string, Json>, tools: RegionTools) => unknown;

/**
 * The dispatcher of a flow's inline steps: takes an `InlineEvent`, runs the region on its values, answers what it
 * answers. Values are frozen, since a flow body that changes one in place would see the change in plain Node only.
 *
 * @param regions by their name in the event
 * @throws what the region throws; the failure of a settled value among the values; RunletError RLT2001 for an answer
 *   that is not JSON, RLT2008 for a change in place, RLT2009 for too many items of a map, RLT3001 for an unknown
 *   region, RLT3005 for an answer that must stay exact and cannot
 * @example export const handler = createInlineHandler({ "total-if": ({ rows }) => rows.length > 3 });
 */
export function createInlineHandler(
  regions: Readonly<Record<string, Region>>,
  options?: { ports?: Ports },
): Handler {
  return composeHandler<InlineCall>(
    (call) => answer(regions, call),
    [
      openPorts(options?.ports),
      validateInlineEvent(),
      resolveValues(),
      offloadInlineResult(),
      encodeErrors(),
    ],
  );
}

const tools: RegionTools = {
  freeze: (value) => freezeDeeply(value),
  items(value) {
    if (Array.isArray(value)) return value;
    throw new RunletError("RLT4002", "map was called with something that is not an array.");
  },
};

function answer(regions: Readonly<Record<string, Region>>, call: InlineCall): Json {
  const { region: name, crossing, again } = call.event;
  const region = Object.hasOwn(regions, name) ? regions[name] : undefined;
  if (!region) {
    throw new RunletError(
      "RLT3001",
      `The definition asks for the region "${name}", which this bundle lacks.`,
      {
        mend: "Deploy the definition and the functions of one build together.",
      },
    );
  }
  if (again === true) {
    throw new RunletError("RLT3005", `The machine could not go on from what the region "${name}" gave.`);
  }
  const value = evaluate(region, call.values);
  // Checked here and not by middleware: a promise must be refused, and on its way out middy would await it.
  return crossing === "boundary" ? leaveFlow(value) : stayExact(value);
}

function evaluate(region: Region, values: Record<string, Json>): unknown {
  try {
    return region(values, tools);
  } catch (thrown) {
    throw isMutationOfFrozen(thrown)
      ? new RunletError("RLT2008", `${thrown.message}.`, { cause: thrown })
      : thrown;
  }
}

/** V8's words for a write to a frozen object or array. */
const FROZEN =
  /^Cannot (assign to read only property|add property .* object is not extensible|delete property|define property .* object is not extensible|redefine property)/;

function isMutationOfFrozen(thrown: unknown): thrown is TypeError {
  return thrown instanceof TypeError && FROZEN.test(thrown.message);
}

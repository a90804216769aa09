import { s3SourceOf } from "../flow/s3.ts";
import { instantOf, sleepSeconds } from "../flow/wait.ts";
import type { Duration } from "../model/duration.ts";
import { knowErrorClasses } from "../model/error-parts.ts";
import { hasTexts, isErrorLike, noteParts, toError, toFailure } from "../model/failure.ts";
import { crossBoundary, type Json } from "../model/json.ts";
import { presentTime } from "../model/present.ts";
import { ITEMS_KEY, MOST_FLOW_DEPTH } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import { locationOf, type S3Location, type S3Shape, type S3Source } from "../model/s3-source.ts";
import { type Begin, type BegunCall, callsOf, givenBy } from "./begun-calls.ts";
import { composeHandler } from "./compose-handler.ts";
import { decodeCause } from "./decode-cause.ts";
import { toThrowable } from "./encode-failure.ts";
import { leaveFlow, stayExact, withoutUndefinedKeys } from "./exact-value.ts";
import { freezeDeeply, thawDeeply } from "./freeze.ts";
import { gather } from "./gather.ts";
import type { GatherCall, Handler, InlineCall, Middleware } from "./handler-types.ts";
import { asRegion, equal, IdentityMap, IdentitySet, pair, sought } from "./identity.ts";
import { keepValue } from "./kept-value.ts";
import { encodeErrors } from "./middleware/encode-errors.ts";
import { isRefused, markRefusals } from "./middleware/mark-refusals.ts";
import { offloadInlineResult } from "./middleware/offload-result.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { resolveValues } from "./middleware/resolve-values.ts";
import { validateGatherEvent, validateInlineEvent } from "./middleware/validate-event.ts";
import { withOwnEntries } from "./own-entry.ts";
import { type PartCode, Parts, partsOf } from "./parts.ts";
import type { Ports } from "./ports.ts";

/** Statements as they stand, which tell by which exit they were left. */
type Statements = () => Exit | Promise<Exit>;
type Exit = number | undefined;

/** What generated code may call. */
export interface RegionTools {
  /** The answer of a region that changes variables of the flow, and what it leaves in them. */
  outcome(answer: unknown, cells: Record<string, unknown>): unknown;
  /** Runs statements; the number of the exit that they took, if any. */
  run(statements: Statements): unknown;
  /** At the beginning of every `catch` in a region: what the compiler's limits refuse is not the author's to catch. */
  caught(thrown: unknown): void;
  /** The same, where what they throw is an answer too. */
  attempt(statements: Statements): unknown;
  /** What a catch caught, as an Error again. */
  error(caught: unknown): Error;
  /** Freezes what a definition gives, since it is computed anew in every region that needs it. */
  freeze<T>(value: T): T;
  /** What a loop goes through while it changes. @throws RunletError RLT3005 where it is no array */
  list<T>(value: T): T;
  /** A copy of what a variable holds, for code that changes it in place. */
  thaw<T>(value: T): T;
  /** What `task.map` was called with, as its calls get it. @throws RunletError RLT4002 where it is no array, RLT2001 */
  items(value: unknown): unknown;
  /** Where the items of a map lie. @throws RunletError RLT3005 where they lie there in another way than the machine reads */
  source(value: unknown, shape: S3Shape): unknown;
  /** What a call gets that begins later, as it is now. */
  listed(args: unknown[]): unknown;
  /** The same of a function of the flow, which sees what is undefined. */
  given(args: unknown[]): unknown;
  /** What the calls of a list get that has just been evaluated; what is no call stands among them with site -1. */
  calls(list: (begin: Begin) => Promise<unknown>): Promise<BegunCall[]>;
  /** What statements threw that fill a list with calls, of which plain Node has begun so many. RLT3005 where it has. */
  halfway(begun: number, thrown: unknown): unknown;
  /** What a future gave that has ended. @throws what it failed with */
  unsettled(record: unknown): unknown;
  /** The value without keys that hold undefined. */
  keyless(value: unknown): unknown;
  /** What the elements of a `Promise.all([…])` are called with. */
  parts(codes: readonly PartCode[]): Promise<unknown>;
  /**
   * The input of a flow that is called: as its schema gives it.
   *
   * @throws RunletError RLT2004, RLT2011
   */
  input(
    flow: { parseInput(input: unknown): Promise<unknown> },
    args: unknown[],
    depth?: number,
  ): Promise<unknown>;
  /** The seconds of a sleep. @throws RunletError RLT4002 */
  seconds(duration: Duration): number;
  /** The instant of a sleepUntil, in milliseconds since the epoch. @throws RunletError RLT4002 */
  instant(when: unknown): number;
  /** The arguments of a call, in an array. */
  args(...values: unknown[]): unknown[];
  /** The time, as a test may have set it. */
  now(): number;
  /** What compares by identity. */
  equal: typeof equal;
  pair: typeof pair;
  sought(...values: unknown[]): unknown[];
  Set: typeof IdentitySet;
  Map: typeof IdentityMap;
}

/** A region of a flow body, as the author wrote it: from the variables that it reads to what the machine asked for. */
export type Region = (values: Record<string, Json>, tools: RegionTools) => unknown;

/** A region in whose text an `await` stands is an async function; any other one must not give a promise. */
const isAsync = (region: Region): boolean =>
  Object.prototype.toString.call(region) === "[object AsyncFunction]";

/**
 * The dispatcher of a flow's inline steps: takes an `InlineEvent`, runs the region on its values, answers what it
 * answers. Values are frozen, since a flow body that changes one in place would see the change in plain Node only.
 *
 * @param regions by their name in the event
 * @param options `errors`: the error classes of the author's modules, by a key that is theirs in the whole build
 * @throws what the region throws; the failure of a settled value among the values; RunletError RLT2001 for an answer
 *   that is not JSON, RLT2008 for a change in place, RLT2009 for too many items of a map, RLT3001 for an unknown
 *   region, RLT3005 for an answer that must stay exact and cannot
 * @example export const handler = createInlineHandler({ "total-if": ({ rows }) => rows.length > 3 });
 */
export function createInlineHandler(
  regions: Readonly<Record<string, Region>>,
  options?: { ports?: Ports; errors?: () => Parameters<typeof knowErrorClasses>[0] },
): Handler {
  knowErrorClasses(options?.errors?.() ?? {});
  const ports = openPorts<InlineCall & GatherCall>(options?.ports);
  const region = composeHandler<InlineCall>(
    (call) => answer(regions, call),
    [
      ports as Middleware<InlineCall>,
      validateInlineEvent(),
      resolveValues(),
      offloadInlineResult(),
      markRefusals(),
      encodeErrors(),
    ],
  );
  const results = composeHandler<GatherCall>(
    ({ event, ports: { objects } }) => gather(event, objects),
    [ports as Middleware<GatherCall>, validateGatherEvent(), encodeErrors()],
  );
  const isGather = (event: unknown): boolean => (event as { kind?: unknown } | null)?.kind === "gather";
  return (event, context) => (isGather(event) ? results : region)(event, context);
}

class Outcome {
  readonly answer: unknown;
  readonly cells: Record<string, unknown>;
  constructor(answer: unknown, cells: Record<string, unknown>) {
    this.answer = answer;
    this.cells = cells;
  }
}

/** Where the items of a map lie, for the Map that reads them. */
class Source {
  readonly location: S3Location;
  constructor(location: S3Location) {
    this.location = location;
  }
}

const leftBy = (exit: Exit | Promise<Exit>): unknown =>
  exit instanceof Promise ? exit.then(leftBy) : { exit: exit ?? -1 };

function failedWith(thrown: unknown): unknown {
  tools.caught(thrown);
  if (!isErrorLike(thrown) || !hasTexts(thrown)) throw thrown;
  noteParts(thrown);
  return { exit: -1, error: caughtFrom(thrown) };
}

const tools: RegionTools = {
  error(caught) {
    const { Error: name, Cause: cause } = caught as { Error?: string | null; Cause?: string | null };
    return toError(decodeCause(cause, name));
  },
  run: (statements) => leftBy(statements()),
  attempt(statements) {
    try {
      const left = leftBy(statements());
      return left instanceof Promise ? left.catch(failedWith) : left;
    } catch (thrown) {
      return failedWith(thrown);
    }
  },
  caught(thrown) {
    if (isLimit(thrown) || thrown instanceof RunletError) throw thrown;
  },
  outcome: (answer, cells) => new Outcome(answer, cells),
  freeze: (value) => freezeDeeply(value),
  list(value) {
    if (Array.isArray(value)) return value;
    throw new RunletError("RLT3005", "A loop goes through something that changes and is no array.", {
      mend: "Copy it into an array first: [...value].",
    });
  },
  thaw: (value) => thawDeeply(value),
  items(value) {
    if (Array.isArray(value)) return crossBoundary(value, "items of a map");
    throw new RunletError("RLT4002", "map was called with something that is not an array.");
  },
  source(value, shape) {
    const { bucket: _, ...source } = s3SourceOf(value) ?? { bucket: "" };
    const read = Object.entries(source).filter(([key]) => key !== "key" && key !== "prefix");
    const expected = Object.entries(shape);
    const isSame = (pairs: [string, unknown][]): string => JSON.stringify(pairs.sort());
    if (isSame(read) !== isSame(expected))
      throw new RunletError("RLT3005", "The items of a map lie there in another way than the source says.");
    return new Source(locationOf(s3SourceOf(value) as S3Source));
  },
  listed(args) {
    try {
      return crossBoundary(args, "arguments of a task");
    } catch {
      return args; // it is refused when the list is kept
    }
  },
  given: (args) => givenBy(args),
  calls: (list) => callsOf(list, tools.halfway),
  halfway(begun, thrown) {
    if (begun === 0) return thrown;
    const what = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return new RunletError("RLT3005", `A loop that begins calls threw when ${begun} had begun: ${what}.`, {
      mend: "Compute what the calls get before the loop.",
    });
  },
  unsettled(record) {
    const { status, value, reason } = record as PromiseSettledResult<unknown> & {
      value?: unknown;
      reason?: unknown;
    };
    if (status === "rejected") throw reason;
    return value;
  },
  keyless: (value) => withoutUndefinedKeys(value),
  parts: (codes) => partsOf(codes, isLimit),
  async input(flow, [given], depth = 0) {
    if (depth >= MOST_FLOW_DEPTH)
      throw new RunletError("RLT2011", `A flow was called within ${depth} others.`);
    return flow.parseInput(given);
  },
  seconds: (duration) => sleepSeconds(duration),
  instant: (when) => instantOf(when),
  args: (...values) => values,
  now: presentTime,
  equal,
  pair,
  sought: sought(undefined),
  Set: IdentitySet,
  Map: IdentityMap,
};

/** What a script threw, as Step Functions hands on what a Lambda function threw. */
function caughtFrom(thrown: unknown): { Error: string; Cause: string } {
  const failure = toFailure(thrown);
  const { name, message, stack = "" } = toThrowable(failure, "");
  const cause = { errorType: name, errorMessage: message, trace: stack.split("\n") };
  return { Error: name, Cause: JSON.stringify(cause) };
}

async function answer(regions: Readonly<Record<string, Region>>, call: InlineCall): Promise<Json> {
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
  const value = await withOwnEntries(() => asRegion(() => evaluate(region, call)));
  // Checked here and not by middleware: a promise must be refused, and on its way out middy would await it.
  const cross = (answered: unknown): Json =>
    answered instanceof Source
      ? { [ITEMS_KEY]: { ...answered.location, Results: call.ports.objects.bucket } }
      : answered instanceof Parts
        ? answered.values
        : crossing === "input"
          ? inputOf(answered)
          : crossing === "arguments"
            ? leaveFlow(answered, crossing)
            : // A result leaves the flow behind its last handler, so no handler sees that it cannot.
              inside(call, () =>
                crossing === "result" ? leaveFlow(answered, crossing) : stayExact(answered),
              );
  if (!(value.value instanceof Outcome)) return cross(value.value);
  call.changesVariables = true;
  const { answer: answered, cells } = value.value;
  const kept = Object.entries(cells).map(([variable, cell]) => [
    variable,
    inside(call, () => keepValue(cell)),
  ]);
  return { answer: cross(answered), cells: Object.fromEntries(kept) as Json };
}

const inputOf = (answered: unknown): Json =>
  answered === undefined ? {} : { input: leaveFlow(answered, "input") };

/** Plain Node has no boundary here, so what cannot cross it is the compiler's limit, not an error that an author may catch. */
function inside(call: InlineCall, cross: () => Json): Json {
  try {
    return cross();
  } catch (error) {
    call.refused = true;
    throw error;
  }
}

/** The value in a box, since a promise that a region gives is to be refused, not awaited. */
async function evaluate(region: Region, call: InlineCall): Promise<{ value: unknown }> {
  try {
    const value = region(call.values, tools);
    return { value: isAsync(region) ? await value : value };
  } catch (thrown) {
    // A handler would find an error where plain Node has another thing.
    if (!isErrorLike(thrown) || !hasTexts(thrown)) call.refused = true;
    noteParts(thrown);
    throw isMutationOfFrozen(thrown)
      ? new RunletError("RLT2008", `${thrown.message}.`, { cause: thrown })
      : thrown;
  }
}

/** What plain Node would not have thrown. */
const isLimit = (thrown: unknown): boolean => isRefused(thrown) || isMutationOfFrozen(thrown);

/** V8's words for a write to a frozen object or array. */
const FROZEN =
  /^Cannot (assign to read only property|add property .* object is not extensible|delete property|define property .* object is not extensible|redefine property)/;

function isMutationOfFrozen(thrown: unknown): thrown is TypeError {
  return thrown instanceof TypeError && FROZEN.test(thrown.message);
}

import type { HistoryEvent } from "../../../sdk/engine/index.ts";
import type { Case } from "./case.ts";
import type { Actual } from "./execution.ts";
import { difference } from "./match.ts";
import { closed } from "./normal.ts";

/** Findings by measure: nothing where the case has nothing to say, true, or what differs. */
export interface Verdict {
  /** Status, output, error. */
  a: true | string;
  /** Cause. */
  b: true | string;
  /** Event types in order. */
  c?: true | string;
  /** The whole history, but for instants and ids. */
  d?: true | string;
}

export function compare(one: Case, actual: Actual): Verdict {
  const { expected } = one;
  if (expected.response) return compareResponse(expected.response, actual);
  const a =
    difference(expected.status ?? actual.status, actual.status, "status") ??
    difference(expected.error, actual.error, "error") ??
    (expected.output === undefined ? undefined : outputDifference(expected.output, actual.output));
  const b = expected.cause === undefined ? undefined : difference(expected.cause, actual.cause, "cause");
  return {
    a: a ?? true,
    b: b ?? true,
    ...(expected.events
      ? { c: types(expected.events, actual.history ?? [], !one.unordered && !isUnordered(expected.history)) }
      : {}),
    ...(expected.history ? { d: history(expected.history, actual.history ?? [], one.unordered) } : {}),
  };
}

/** An output may be written as a value or as its text. */
function outputDifference(expected: unknown, actual: unknown): string | undefined {
  const found = difference(expected, actual, "output");
  return found === undefined || closed(actual) === expected ? undefined : found;
}

/** An answer as a whole; its cause is a measure of its own. */
function compareResponse(expected: Record<string, unknown>, { response, error, cause }: Actual): Verdict {
  if (!response) return { a: `it was refused: ${error}: ${cause}`, b: "it was refused" };
  const { cause: expectedCause, ...rest } = expected;
  const { cause: actualCause, ...actual } = response;
  return {
    a: difference(rest, actual) ?? true,
    b: difference(expectedCause, actualCause, "cause") ?? true,
  };
}

/** In order; where the recording was not the same in every run, whatever the order. */
function types(given: readonly string[], actual: readonly HistoryEvent[], inOrder: boolean): true | string {
  const ordered = (names: readonly string[]): readonly string[] => (inOrder ? names : [...names].sort());
  const expected = ordered(given);
  const found = ordered(actual.map(({ type }) => type));
  const index = Array.from({ length: Math.max(expected.length, found.length) }).findIndex(
    (_, at) => expected[at] !== found[at],
  );
  if (index < 0) return true;
  return `event ${index + 1}: expected ${expected[index] ?? "none"}, was ${found[index] ?? "none"}`;
}

/** Each recorded event has one of its own, wherever it stands. */
function unordered(expected: readonly HistoryEvent[], actual: readonly HistoryEvent[]): true | string {
  const bare = ({ id: _, previousEventId: __, ...event }: HistoryEvent): unknown => essence(event);
  const left = actual.map(bare);
  for (const event of expected) {
    const index = left.findIndex((one) => difference(bare(event), one) === undefined);
    if (index < 0) return `no ${event.type} such as ${JSON.stringify(bare(event)).slice(0, 200)}`;
    left.splice(index, 1);
  }
  return true;
}

/** Fields that say when and for whom, not what. */
const ASIDE = new Set(["timestamp", "roleArn", "stateMachineVersionArn", "stateMachineAliasArn"]);

/** Recordings of things that run side by side have lists in the place of the ids that differ from run to run. */
const isUnordered = (history: readonly HistoryEvent[] | undefined): boolean =>
  history?.some(({ id }) => id !== undefined && typeof id !== "number") ?? false;

function history(
  recorded: readonly HistoryEvent[],
  found: readonly HistoryEvent[],
  inAnyOrder: boolean,
): true | string {
  const expected = recorded.map(formed);
  const actual = found.map((event) => without(event, unsaid(expected))) as unknown as HistoryEvent[];
  if (inAnyOrder || isUnordered(expected)) {
    if (expected.length !== actual.length) return `expected ${expected.length} events, were ${actual.length}`;
    return unordered(expected, actual);
  }
  if (expected.length !== actual.length) return `expected ${expected.length} events, were ${actual.length}`;
  for (const [index, event] of expected.entries()) {
    const found = difference(essence(event), essence(actual[index]), `event ${index + 1}`);
    if (found !== undefined) return found;
  }
  return true;
}

/** An event whose details stand under another name (`details`), as the service's own. */
function formed(event: HistoryEvent): HistoryEvent {
  const { details, ...rest } = event as HistoryEvent & { details?: unknown };
  if (details === undefined || typeof details !== "object" || details === null) return event;
  const { type } = event;
  const entered = /State(Entered|Exited)$/.exec(type)?.[1]?.toLowerCase();
  const name = entered
    ? `state${entered === "entered" ? "Entered" : "Exited"}`
    : `${type[0]?.toLowerCase()}${type.slice(1)}`;
  return { ...rest, [`${name}EventDetails`]: details } as unknown as HistoryEvent;
}

/** Fields that say nothing of what happened; a recording that has them nowhere does not ask for them. */
const SPARED = ["id", "previousEventId", "inputDetails", "outputDetails", "assignedVariablesDetails"];

const unsaid = (expected: readonly HistoryEvent[]): Set<string> => {
  const text = JSON.stringify(expected);
  return new Set(SPARED.filter((name) => !text.includes(`"${name}":`)));
};

function without(value: unknown, names: ReadonlySet<string>): unknown {
  if (names.size === 0 || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !names.has(key))
      .map(([key, item]) => [key, key === "input" || key === "output" ? item : without(item, names)]),
  );
}

function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !ASIDE.has(key))
      .map(([key, item]) => [key, key === "input" || key === "output" ? item : essence(item)]),
  );
}

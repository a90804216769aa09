import type { HistoryEvent } from "../../../sdk/engine/index.ts";
import { isPlainObject } from "../../../sdk/model/json.ts";
import type { Case, Category } from "./case.ts";
import type { Actual } from "./execution.ts";

type Fields = Record<string, unknown>;

export type Compare = (...values: unknown[]) => unknown;

/** Asks a folder's comparison of one case; nothing, where it cannot be asked. */
export type Wire = (one: Case, actual: Actual) => Promise<unknown>;

/** The forms in which a comparison may want an answer. */
const FORMS: ((actual: Actual) => unknown)[] = [
  (actual) => ({ ...plain(actual), ...texts(actual, false) }),
  (actual) => ({ ...plain(actual), ...texts(actual, true) }),
  (actual) => actual.response ?? actual.history,
  (actual) => actual.history?.map(({ type }) => type),
  (actual) => actual.cause,
];

const plain = ({ response, history, error, cause, ...rest }: Actual): Fields => ({
  ...rest,
  ...(error === undefined ? {} : { error, code: error }),
  ...(cause === undefined ? {} : { cause, message: cause }),
  ...(history === undefined ? {} : { history, events: history }),
  ...response,
  ...(response === undefined ? {} : { response }),
});

const texts = ({ output }: Actual, closed: boolean): Fields =>
  output === undefined ? {} : { output: closed ? JSON.stringify(output) : output };

/** What a comparison may want of the recording. */
const RECORDED: ((one: Case) => unknown)[] = [
  (one) => one.raw,
  (one) => one.raw["expected"] ?? one.raw,
  (one) =>
    (one.raw["expected"] as Fields | undefined)?.["history"] ?? one.raw["history"] ?? one.expected.history,
  (one) => one.expected.events,
  (one) => one.expected.cause,
];

/**
 * Finds out in which order and form a comparison takes a recording and an answer: the first in which every recording
 * tried is equal to itself and different from something else. A comparison for which there is none is not used.
 */
export async function wirings(compare: Compare, cases: readonly Case[]): Promise<Wire | undefined> {
  const found = new Map<Category, Wire>();
  for (const category of new Set(cases.map((one) => one.category))) {
    const sample = cases.filter((one) => one.category === category && worthTrying(one)).slice(0, 6);
    const wire = await firstThatFits(compare, sample);
    if (wire) found.set(category, wire);
  }
  if (found.size === 0) return undefined;
  return async (one, actual) => found.get(one.category)?.(one, actual);
}

const worthTrying = ({ expected }: Case): boolean =>
  expected.response !== undefined || expected.status !== undefined || expected.error !== undefined;

async function firstThatFits(compare: Compare, sample: readonly Case[]): Promise<Wire | undefined> {
  if (sample.length === 0) return undefined;
  for (const recorded of RECORDED) {
    for (const form of FORMS) {
      for (const swapped of [false, true]) {
        const wire = wired(compare, recorded, form, swapped);
        if (await fits(wire, sample)) return wire;
      }
    }
  }
  return undefined;
}

function wired(
  compare: Compare,
  recorded: (one: Case) => unknown,
  form: (actual: Actual) => unknown,
  swapped: boolean,
): Wire {
  return async (one, actual) => {
    const [first, second] = [recorded(one), form(actual)];
    if (first === undefined || second === undefined) return undefined;
    return await (swapped ? compare(second, first) : compare(first, second));
  };
}

/** Whether a comparison, asked so, knows each recording and something else for what they are. */
async function fits(wire: Wire, sample: readonly Case[]): Promise<boolean> {
  try {
    for (const one of sample) {
      if (said(await wire(one, itself(one))) !== true) return false;
      if (typeof said(await wire(one, another(one))) !== "string") return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** The verdict of an answer that may have a word for each measure. */
function said(answer: unknown): true | string | undefined {
  const whole = verdictOf(answer);
  if (whole !== undefined || !isPlainObject(answer)) return whole;
  const each = Object.values(answer)
    .map(verdictOf)
    .filter((one) => one !== undefined);
  return each.length === 0 ? undefined : (each.find((one) => one !== true) ?? true);
}

/** The answer that the recording is, as full as the engine's own. */
const itself = ({ category, expected }: Case): Actual => {
  const { events = [], ...rest } = expected;
  const history =
    expected.history ?? events.map((type, index) => ({ id: index + 1, previousEventId: index, type }));
  return category === "executions" ? { ...rest, history: history as HistoryEvent[] } : rest;
};

/** An answer that no comparison can take for the recorded one. */
const another = ({ category, expected }: Case): Actual => ({
  status: "ABORTED",
  output: { another: "answer" },
  error: "Another.Error",
  cause: "another cause",
  ...(category === "executions"
    ? {
        history: [
          { id: 1, previousEventId: 0, timestamp: "1970-01-01T00:00:00.000Z", type: "AnotherEvent" } as never,
        ],
      }
    : {}),
  ...(expected.response ? { response: { status: "ANOTHER", result: "ANOTHER" } } : {}),
});

/** True or what differs; nothing, where the answer is of another form. */
export function verdictOf(answer: unknown): true | string | undefined {
  if (typeof answer === "boolean") return answer || "compare.mjs: different";
  if (Array.isArray(answer)) return answer.length === 0 || `compare.mjs: ${JSON.stringify(answer[0])}`;
  if (answer === null || answer === "") return true;
  if (typeof answer === "string") return `compare.mjs: ${answer}`;
  if (!isPlainObject(answer)) return undefined;
  for (const name of ["ok", "pass", "passed", "equal", "equals", "same", "match", "matches"])
    if (typeof answer[name] === "boolean")
      return answer[name] || `compare.mjs: ${JSON.stringify(answer).slice(0, 300)}`;
  return undefined;
}

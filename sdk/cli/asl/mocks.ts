import type { Outcome } from "../../engine/index.ts";
import { isPlainObject, type Json } from "../../model/json.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { CommandRefused } from "../exit.ts";

/** What stands for the calls of one state. */
interface StateMocks {
  /** By the number of the attempt in one visit of the state, as Step Functions Local counts; else by calls in order. */
  byAttempt: boolean;
  outcomes: (Outcome | undefined)[];
}

/** What a mocks file says of one machine: state -> its mocks. */
export type Mocks = ReadonlyMap<string, StateMocks>;

const refuse = (message: string): CommandRefused => new CommandRefused(new RunletError("RLT4010", message));

/**
 * Reads a mocks file: `{ "State": outcome | [outcome, …] }`, where an outcome is `{ "result": … }` or `{ "error", "cause" }`,
 * or the mock configuration of Step Functions Local.
 *
 * @param testCase which test case of a configuration; its only one, where there is one
 * @throws CommandRefused RLT4010
 */
export function readMocks(file: unknown, testCase: string | undefined): Mocks {
  if (!isPlainObject(file)) throw refuse("The mocks must be a JSON object.");
  if (!("StateMachines" in file)) {
    if (testCase !== undefined) throw refuse("--case needs a mocks file with StateMachines and TestCases.");
    return new Map(Object.entries(file).map(([state, given]) => [state, ownMocks(state, given)]));
  }
  const responses = isPlainObject(file["MockedResponses"]) ? file["MockedResponses"] : {};
  const states = statesOf(file["StateMachines"], testCase);
  return new Map(
    Object.entries(states).map(([state, name]) => [state, attempts(state, String(name), responses)]),
  );
}

function ownMocks(state: string, given: unknown): StateMocks {
  const list = Array.isArray(given) ? given : [given];
  if (list.length === 0) throw refuse(`The mocks of "${state}" are empty.`);
  return { byAttempt: false, outcomes: list.map((one, index) => ownOutcome(one, `${state}[${index}]`)) };
}

function ownOutcome(given: unknown, at: string): Outcome {
  if (isPlainObject(given) && Object.hasOwn(given, "result") && Object.keys(given).length === 1) {
    return { ok: true, output: given["result"] as Json };
  }
  const { error, cause = "" } = isPlainObject(given) ? given : {};
  const known = isPlainObject(given) && Object.keys(given).every((key) => key === "error" || key === "cause");
  if (known && typeof error === "string" && typeof cause === "string") return { ok: false, error, cause };
  throw refuse(`The mock ${at} is neither { "result": … } nor { "error": "…", "cause": "…" }.`);
}

/** State -> name of its response, in the test case that is meant. */
function statesOf(machines: unknown, testCase: string | undefined): Record<string, unknown> {
  const cases = Object.values(isPlainObject(machines) ? machines : {}).flatMap((machine) => {
    const found = isPlainObject(machine) ? machine["TestCases"] : undefined;
    return isPlainObject(found) ? Object.entries(found) : [];
  });
  const names = cases.map(([name]) => name).join(", ") || "none";
  const chosen = testCase === undefined ? cases : cases.filter(([name]) => name === testCase);
  const [only, ...more] = chosen;
  if (!only) throw refuse(`There is no test case "${testCase ?? ""}"; the file has ${names}.`);
  if (more.length > 0) throw refuse(`The file has several test cases (${names}): choose one with --case.`);
  if (!isPlainObject(only[1])) throw refuse(`The test case "${only[0]}" must be an object.`);
  return only[1];
}

function attempts(state: string, name: string, responses: Record<string, unknown>): StateMocks {
  const given = Object.hasOwn(responses, name) ? responses[name] : undefined;
  if (!isPlainObject(given))
    throw refuse(`The state "${state}" names the response "${name}", which is not there.`);
  const outcomes: (Outcome | undefined)[] = [];
  for (const [key, response] of Object.entries(given)) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(key);
    const from = Number(range?.[1]);
    const to = Number(range?.[2] ?? range?.[1]);
    if (!range || to < from || to > 10_000)
      throw refuse(`"${key}" in "${name}" is no attempt such as "0" or "1-2".`);
    for (let attempt = from; attempt <= to; attempt++)
      outcomes[attempt] = localOutcome(response, `${name} ${key}`);
  }
  return { byAttempt: true, outcomes };
}

function localOutcome(given: unknown, at: string): Outcome {
  const keys = isPlainObject(given) ? Object.keys(given) : [];
  if (isPlainObject(given) && keys.length === 1 && keys[0] === "Return") {
    return { ok: true, output: given["Return"] as Json };
  }
  const thrown = isPlainObject(given) && keys.length === 1 ? given["Throw"] : undefined;
  const { Error: error, Cause: cause = "" } = isPlainObject(thrown) ? thrown : {};
  if (typeof error === "string" && typeof cause === "string") return { ok: false, error, cause };
  throw refuse(`The response ${at} must have either Return, or Throw with Error and Cause.`);
}

/** Answers calls from mocks, each in its turn. */
export class MockedCalls {
  readonly #mocks: Mocks;
  readonly #calls = new Map<string, number>();

  constructor(mocks: Mocks) {
    this.#mocks = mocks;
  }

  /**
   * The outcome of a call; in the simple form the last one stands for all that follow.
   *
   * @throws Error where nothing stands for it
   */
  next(state: string, attempt: number, resource: string): Outcome {
    const mocks = this.#mocks.get(state);
    if (!mocks) throw new Error(`RLT4010: the state "${state}" (${resource}) has no mock`);
    const call = this.#calls.get(state) ?? 0;
    this.#calls.set(state, call + 1);
    const index = mocks.byAttempt ? attempt : Math.min(call, mocks.outcomes.length - 1);
    const outcome = mocks.outcomes[index];
    if (!outcome)
      throw new Error(`RLT4010: the state "${state}" has no mocked response for attempt ${attempt}`);
    return outcome;
  }
}

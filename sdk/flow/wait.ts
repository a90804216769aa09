import { sleepOn } from "../model/clock.ts";
import { type Duration, toWholeSeconds } from "../model/duration.ts";
import { crossBoundary, type Json } from "../model/json.ts";
import { MOST_WAIT_SECONDS, TIMED_OUT } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import { APPROVAL, type Approval } from "./approval.ts";
import { environment } from "./environment.ts";
import type { Serialized } from "./serialized.ts";
import { parseWith, type SchemaOutput, type StandardSchemaV1 } from "./standard-schema.ts";
import type { WaitRequest } from "./wait-request.ts";

/** Options of {@link waitForInput} and {@link approval}. */
export interface InputOptions {
  /** What whoever answers should look at; any JSON. */
  readonly show?: unknown;
  /** Written in place. Nobody answers in time: an error named `TimeoutError`. @default a year */
  readonly timeout?: Duration;
}

/** Seconds of a sleep; the same words in plain Node and compiled. @throws RunletError RLT4002 */
export function sleepSeconds(duration: Duration): number {
  const seconds = toWholeSeconds(duration, "sleep", 0);
  if (seconds <= MOST_WAIT_SECONDS) return seconds;
  throw new RunletError("RLT4002", `sleep is ${seconds} s; no run lives longer than a year.`);
}

/** The instant of a sleepUntil, in milliseconds since the epoch. @throws RunletError RLT4002 */
export function instantOf(when: unknown): number {
  const millis = typeof when === "string" ? Date.parse(when) : when instanceof Date ? when.getTime() : when;
  if (typeof millis === "number" && Number.isFinite(millis)) return Math.ceil(millis);
  throw new RunletError(
    "RLT4002",
    `sleepUntil(${JSON.stringify(when) ?? String(when)}) is no instant; give an ISO 8601 date or milliseconds since the epoch.`,
  );
}

/**
 * Lets the flow rest; nothing runs meanwhile, and nothing is billed but transitions.
 *
 * @param duration whole seconds, at most a year
 * @throws RunletError RLT4002 for a part of a second
 * @example await sleep({ hours: 1 });
 */
export async function sleep(duration: Duration): Promise<void> {
  await sleepOn(environment().clock, sleepSeconds(duration) * 1_000);
}

/**
 * Lets the flow rest until an instant; one that is over already does not wait. From now on, rounded up to whole seconds.
 *
 * @param when ISO 8601, or milliseconds since the epoch
 * @throws RunletError RLT4002 for something else
 * @example await sleepUntil("2026-03-01T06:00:00Z");
 */
export async function sleepUntil(when: string | number | Date): Promise<void> {
  const { clock } = environment();
  const seconds = Math.ceil((instantOf(when) - clock.now()) / 1_000);
  if (seconds > MOST_WAIT_SECONDS)
    throw new RunletError("RLT4002", "sleepUntil would wait longer than a year, which no run lives.");
  if (seconds > 0) await sleepOn(clock, seconds * 1_000);
}

/**
 * Waits until somebody gives an input that the schema accepts; one that it refuses is told so and may try again.
 * On one machine: `runlet answer RUN JSON`; on AWS: `POST /runs/{run}/answers`; in tests: the option `answer`.
 *
 * @param schema zod, or any Standard Schema; written with values of the module
 * @param message the question
 * @throws TimeoutError when nobody answers in time; RunletError RLT4021 in plain Node where nobody could
 * @example const { pages } = await waitForInput(z.object({ pages: z.number() }), "How many pages?", { timeout: { hours: 4 } });
 */
export async function waitForInput<Schema extends StandardSchemaV1>(
  schema: Schema,
  message: string,
  options: InputOptions = {},
): Promise<Serialized<SchemaOutput<Schema>>> {
  const parse = (value: Json) => parseWith(schema, value, "answer");
  return (await ask({ kind: "input", message, show: null }, options, parse)) as Serialized<
    SchemaOutput<Schema>
  >;
}

/**
 * Waits until somebody decides: `{ approved, by?, comment? }`.
 *
 * @throws as {@link waitForInput}
 * @example
 * const decision = await approval("Load these rows?", { show: { count: rows.length }, timeout: { hours: 4 } });
 * if (!decision.approved) throw new Error(`rejected by ${decision.by}`);
 */
export async function approval(message: string, options: InputOptions = {}): Promise<Approval> {
  const parse = (value: Json) => parseWith(APPROVAL, value, "answer");
  return (await ask({ kind: "approval", message, show: null }, options, parse)) as unknown as Approval;
}

/**
 * Waits for an event that somebody sends to the run: `runlet send RUN NAME JSON`. One that came before the flow waits
 * for it is kept; events of one name come in their order.
 *
 * @returns the event's payload, null where it has none
 * @throws TimeoutError when none comes in time; RunletError RLT4021 in plain Node where nobody could send one
 * @example const payment = await waitForEvent("paid", { timeout: { days: 3 } });
 */
export async function waitForEvent<Payload extends Json = Json>(
  name: string,
  options: Pick<InputOptions, "timeout"> = {},
): Promise<Payload> {
  const request = { kind: "event", message: name, show: null } as const;
  return (await ask(request, options, async (value) => value)) as Payload;
}

async function ask(
  given: WaitRequest,
  options: InputOptions,
  parse: (value: Json) => Promise<Json>,
): Promise<Json> {
  const { clock, answer } = environment();
  const [message, show] = crossBoundary([given.message, options.show ?? null], "arguments of a wait") as [
    string,
    Json,
  ];
  const timeout =
    options.timeout === undefined ? MOST_WAIT_SECONDS : toWholeSeconds(options.timeout, "timeout");
  if (!answer) throw new RunletError("RLT4021", `The flow waits for ${describe(given)}.`);
  return new Promise((resolve, reject) => {
    const timer = clock.schedule(timeout * 1_000, () => reject(timedOut(given.kind)));
    const answered = answerUntilValid({ ...given, message, show }, answer, parse);
    answered.then(resolve, reject).finally(() => timer.cancel());
  });
}

const timedOut = (kind: WaitRequest["kind"]): Error =>
  Object.assign(new Error(TIMED_OUT[kind]), { name: "TimeoutError" });

const describe = ({ kind, message }: WaitRequest): string =>
  kind === "event" ? `the event "${message}"` : `an answer to "${message}"`;

/**
 * Asks until the answer is one; who answers `undefined` does not answer at all.
 *
 * @throws what whoever answers throws
 */
export async function answerUntilValid(
  request: WaitRequest,
  answer: (request: WaitRequest) => unknown,
  parse: (value: Json) => Promise<Json>,
): Promise<Json> {
  for (let problem: string | undefined; ; ) {
    const value = await answer(problem === undefined ? request : { ...request, problem });
    if (value === undefined) return new Promise(() => undefined);
    try {
      return await parse(crossBoundary(value, "answer"));
    } catch (error) {
      if (!(error instanceof RunletError)) throw error;
      problem = error.message;
    }
  }
}

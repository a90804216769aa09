import { isPlainObject } from "../../../sdk/model/json.ts";
import type { MockedCall, MockedOutcome } from "./case.ts";
import { read } from "./normal.ts";

interface Recorded {
  id: number;
  previousEventId: number;
  type: string;
  [details: string]: unknown;
}

const SCHEDULED = /^(Task|LambdaFunction|Activity)Scheduled$/;
const ENDED =
  /^(Task|LambdaFunction|Activity)(Succeeded|Failed|TimedOut|SubmitFailed|StartFailed|ScheduleFailed)$/;

/** What each call of a recorded execution came to, in order: the mocks of a case that has a history and no others. */
export function callsOf(history: readonly unknown[]): MockedCall[] {
  const events = history.filter(isRecorded);
  const byId = new Map(events.map((event) => [event.id, event]));
  return events.filter(({ type }) => SCHEDULED.test(type)).map((event) => callAt(event, events, byId));
}

const isRecorded = (event: unknown): event is Recorded =>
  isPlainObject(event) && typeof event["id"] === "number" && typeof event["type"] === "string";

function callAt(scheduled: Recorded, events: Recorded[], byId: Map<number, Recorded>): MockedCall {
  const chain = followers(scheduled, events);
  const submitted = chain.find(({ type }) => type === "TaskSubmitted");
  const end = chain.find(({ type }) => ENDED.test(type));
  const state = stateOf(scheduled, byId);
  const given = submitted ? { submitted: read(detail(submitted, "output")) } : {};
  return { ...(state === undefined ? {} : { state }), outcome: { ...outcomeOf(end), ...given } };
}

function outcomeOf(end: Recorded | undefined): MockedOutcome {
  if (!end || end.type.endsWith("TimedOut")) return { kind: "silence" };
  if (end.type.endsWith("Succeeded")) return { kind: "result", output: read(detail(end, "output")) };
  const error = detail(end, "error");
  const cause = detail(end, "cause");
  return {
    kind: "error",
    ...(typeof error === "string" ? { error } : {}),
    ...(typeof cause === "string" ? { cause } : cause === undefined ? {} : { cause: JSON.stringify(cause) }),
  };
}

function detail(event: Recorded, name: string): unknown {
  const details = Object.entries(event).find(([key]) => /details$/i.test(key))?.[1];
  return isPlainObject(details) ? details[name] : undefined;
}

/** The events that follow one on its own chain, up to the end of the call. */
function followers(from: Recorded, events: Recorded[]): Recorded[] {
  const chain: Recorded[] = [];
  let last = from;
  for (;;) {
    const next = events.find(
      ({ previousEventId, type }) =>
        previousEventId === last.id &&
        /^(Task|LambdaFunction|Activity)[A-Z]/.test(type) &&
        !/^TaskState/.test(type),
    );
    if (!next) return chain;
    chain.push(next);
    if (ENDED.test(next.type)) return chain;
    last = next;
  }
}

/** The state that the event belongs to: the last one entered before it on its chain. */
function stateOf(event: Recorded, byId: Map<number, Recorded>): string | undefined {
  for (let at: Recorded | undefined = event; at; at = byId.get(at.previousEventId)) {
    if (at.type === "TaskStateEntered") return detail(at, "name") as string | undefined;
  }
  return undefined;
}

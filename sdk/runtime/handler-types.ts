import type { Verdict } from "../flow/retry-verdict.ts";
import type { Failure } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import type { GatherEvent, InlineEvent, Reference, TaskEvent } from "../model/protocol.ts";
import type { Rerun } from "./control/rerun.ts";
import type { Ports, TaskRecord } from "./ports.ts";
import type { Redact } from "./redact.ts";

/** What Lambda's Node runtime passes beside the event, as far as it is used here. */
export interface LambdaContext {
  getRemainingTimeInMillis?(): number;
  awsRequestId?: string;
  logStreamName?: string;
}

/** A Lambda function's `handler` export. */
export type Handler = (event: unknown, context: LambdaContext) => Promise<Json | Reference>;

/** One request on its way through the middleware; the shape is middy's. */
export interface HandlerRequest<Call extends HandlerCall> {
  event: unknown;
  context: LambdaContext;
  response: unknown;
  error: unknown;
  internal: Partial<Call>;
}

/**
 * One concern. `before` runs in the order of the list, `after` and `onError` in the reverse; what `before` returns
 * (if not `undefined`) is the answer at once.
 */
export interface Middleware<Call extends HandlerCall> {
  before?(request: HandlerRequest<Call>): unknown;
  after?(request: HandlerRequest<Call>): unknown;
  onError?(request: HandlerRequest<Call>): unknown;
}

/** What the middleware of one request share. */
export interface HandlerCall {
  ports: Ports;
  redact: Redact;
  /** What the author's code, or the wrapper, threw. */
  failure: Failure;
}

export interface TaskCall extends HandlerCall {
  event: TaskEvent;
  /** Milliseconds since the epoch. */
  startedAt: number;
  args: Json[];
  /** An argument is a failure, which plain Node would have thrown before the call. */
  hasFailedArgs?: boolean;
  /** The call was not let in: the run is being cancelled, or is paused. */
  notLetIn?: Error;
  /** The run repeats another one, whose records answer its calls. */
  rerun?: Rerun;
  /** What follows a failed attempt. */
  verdict: Verdict;
  secrets: Readonly<Record<string, string>>;
  /** The checked result, before it may give way to a reference. */
  result: Pick<TaskRecord, "result" | "reference">;
}

/** An inline event; `again` says that the state it leads back to has been there before, and would loop. */
export type ReceivedInlineEvent = InlineEvent & { again?: boolean };

export interface InlineCall extends HandlerCall {
  /** What is thrown is a limit of Runlet's, which plain Node does not have. */
  refused?: boolean;
  /** The run is being cancelled. */
  cancelled?: boolean;
  event: ReceivedInlineEvent;
  /** The answer is one of a region that changes variables: `{ answer, cells }`. */
  changesVariables?: boolean;
  values: Record<string, Json>;
}

export interface GatherCall extends HandlerCall {
  event: GatherEvent;
}

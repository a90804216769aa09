/** What an author of flows imports. Everything here also runs as plain TypeScript. */

export type { Approval } from "./flow/approval.ts";
export { type Flow, flow } from "./flow/flow.ts";
export type { FlowOptions, Schedule } from "./flow/flow-options.ts";
export type { Future, SubmitOptions } from "./flow/future.ts";
export type { MapOptions } from "./flow/map-directly.ts";
export { range } from "./flow/range.ts";
export { type Backoff, backoff, type RetryIf, type RetryOptions } from "./flow/retry.ts";
export { FinalError, RetryAfterError } from "./flow/retry-errors.ts";
export { type S3Items, type S3Object, type S3Options, type S3Place, s3 } from "./flow/s3.ts";
export type { Serialized } from "./flow/serialized.ts";
export { type Task, task } from "./flow/task.ts";
export { secret, type TaskContext, taskContext } from "./flow/task-context.ts";
export type { TaskOptions } from "./flow/task-options.ts";
export {
  approval,
  type InputOptions,
  sleep,
  sleepUntil,
  waitForEvent,
  waitForInput,
} from "./flow/wait.ts";
export type { WaitRequest } from "./flow/wait-request.ts";
export type { Duration } from "./model/duration.ts";
export type { ErrorCode } from "./model/error-catalogue.ts";
export type { Json } from "./model/json.ts";
export { RunletError } from "./model/runlet-error.ts";

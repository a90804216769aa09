/** A task as a Lambda function: what generated bundles import, and what reads the errors that come back. */

export { CallLog, EarlierCalls, type LoggedCall, loggedWaits } from "./control/call-log.ts";
export { type Control, createControl, type Tokens } from "./control/control.ts";
export { gate, goingDown } from "./control/gate.ts";
export { memoryWaitStore, type RunControl, type Wait, type WaitStore } from "./control/waits.ts";
export { decodeCause } from "./decode-cause.ts";
export type { Handler, LambdaContext } from "./handler-types.ts";
export * as identity from "./identity.ts";
export { createInlineHandler, type Region, type RegionTools } from "./inline-handler.ts";
export type { ObjectStore, Ports, SecretStore, StateStore, TaskRecord } from "./ports.ts";
export { portsFromEnvironment } from "./ports-from-environment.ts";
export { createTaskHandler, type TaskHandlerOptions, type TaskLike } from "./task-handler.ts";

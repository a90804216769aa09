/**
 * The embedded Step Functions engine. See README.md beside this file for how it works and what it refuses.
 *
 * @packageDocumentation
 */
export { ActivityDoesNotExist, type ActivityTask, ActivityWorkerLimitExceeded } from "./activities.ts";
export type { DurableEngine } from "./durable/durable-engine.ts";
export type { Retention } from "./durable/ledger.ts";
export { openEngine } from "./durable/open-engine.ts";
export type { StatusEvent } from "./durable/outbox.ts";
export type {
  Description,
  DurableEngineOptions,
  DurableExecution,
  InFlight,
  StartRequest,
} from "./durable/types.ts";
export { createEngine, type Engine, type EngineOptions } from "./engine.ts";
export { type Execution, ExecutionNotRedrivable, type ExecutionResult, type Standing } from "./execution.ts";
export type { EventDetails, EventType, HistoryEvent } from "./history.ts";
export type { Integration, IntegrationCall, Outcome } from "./integration.ts";
export { type Created, type Machines, StateMachineError } from "./machines.ts";
export type { MapRunLimits } from "./map-runs.ts";
export { abandonedCause, type NestedExecutions, nestedExecutions } from "./nested.ts";
export { nestedOutcome, startedOutput } from "./nested-outcome.ts";
export type { Route } from "./routing.ts";
export type { SyncExecution } from "./sync-express.ts";
export { type TestStateOptions, testState } from "./test-state/index.ts";
export { TestStateError, type TestStateErrorName } from "./test-state/refusal.ts";
export type { InspectionData, TestStateRequest, TestStateResult } from "./test-state/types.ts";
export { LARGE_REGION_THROTTLES, OTHER_REGION_THROTTLES, type Rate, type Throttles } from "./throttle.ts";
export { TaskTokenError } from "./tokens.ts";
export type { Diagnostic } from "./validate/diagnostic.ts";
export {
  invalidDefinitionMessage,
  type Validation,
  validateStateMachineDefinition,
} from "./validate/service.ts";
export { type DefinitionProblem, validateDefinition } from "./validate.ts";

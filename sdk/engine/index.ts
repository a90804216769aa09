/**
 * The embedded Step Functions engine. See README.md beside this file for how it works and what it refuses.
 *
 * @packageDocumentation
 */
export { ActivityDoesNotExist, type ActivityTask } from "./activities.ts";
export { createEngine, type Engine, type EngineOptions } from "./engine.ts";
export { type Execution, ExecutionNotRedrivable, type ExecutionResult } from "./execution.ts";
export type { EventDetails, EventType, HistoryEvent } from "./history.ts";
export type { Integration, IntegrationCall, Outcome } from "./integration.ts";
export { type Created, type Machines, StateMachineError } from "./machines.ts";
export type { Route } from "./routing.ts";
export { TaskTokenError } from "./tokens.ts";
export { type DefinitionProblem, validateDefinition } from "./validate.ts";

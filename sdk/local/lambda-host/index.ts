/** Runs the bundles of a build as AWS Lambda would, on one machine. */
export type { InvokeOutcome } from "./function-pool.ts";
export type { FunctionSpec, LogLine } from "./function-spec.ts";
export type { InvokeFailure } from "./lambda-errors.ts";
export { createLambdaHost, type LambdaHost, type LambdaHostOptions } from "./lambda-host.ts";

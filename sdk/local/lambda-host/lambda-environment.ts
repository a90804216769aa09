import { dirname } from "node:path";
import type { FunctionSpec } from "./function-spec.ts";

const REGION = "us-east-1";

/** Of the host's own environment only these reach a function: they say nothing of the user's secrets. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "SystemRoot"];

export const functionArn = (name: string): string => `arn:aws:lambda:${REGION}:000000000000:function:${name}`;

/** What a process is spawned with, before it is bound to a function. */
export function processEnvironment(
  declared: Readonly<Record<string, string>>,
  early: Readonly<Record<string, string>>,
): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(inherited), TZ: ":UTC", LANG: "en_US.UTF-8", ...declared, ...early };
}

/** What binding adds: the function's own variables, and those that Lambda sets, which it may not override. */
export function functionEnvironment(
  name: string,
  spec: FunctionSpec,
  instance: { date: Date; id: string },
): Record<string, string> {
  const day = instance.date.toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    ...spec.environment,
    _HANDLER: "index.handler",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${instance.id.replaceAll("-", "")}`,
    LAMBDA_TASK_ROOT: dirname(spec.bundleFile),
  };
}

/** Variables that Node reads while it starts, so that they cannot wait for the binding. */
export function earlyEnvironment(spec: FunctionSpec): Record<string, string> {
  return Object.fromEntries(Object.entries(spec.environment).filter(([name]) => name.startsWith("NODE_")));
}

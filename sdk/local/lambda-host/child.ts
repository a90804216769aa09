import { existsSync } from "node:fs";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import {
  CHANNEL_DESCRIPTOR,
  type ErrorReport,
  encodeFrame,
  type FromChild,
  readFrames,
  type ToChild,
} from "./child-messages.ts";
import { reportOf, runtimeError, serializeAnswer } from "./error-report.ts";
import { markOutput } from "./log-marks.ts";

/**
 * The process in which a function runs: what Lambda's Node runtime is to a function on AWS. It starts blank, is bound
 * to one bundle, and serves one invocation at a time. Built to `dist/lambda-child.js`.
 */

type LambdaHandler = (event: unknown, context: unknown) => unknown;
type Invocation = Extract<ToChild, { type: "invoke" }>;

const channel = new Socket({ fd: CHANNEL_DESCRIPTOR, readable: true, writable: true });
const output = markOutput();
let handler: LambdaHandler | undefined;
let serving: string | undefined;

readFrames(channel, (json) => {
  const message = JSON.parse(json) as ToChild;
  void (message.type === "bind" ? bind(message) : invoke(message));
});
channel.on("error", endWithHost).on("close", endWithHost);
process.on("uncaughtException", (error) => endBroken(reportOf(error), 129));
process.on("unhandledRejection", (reason) => {
  endBroken(reportOf(runtimeError("UnhandledPromiseRejection", String(reason), stackOf(reason))), 128);
});
send({ type: "up" });

/** The host is gone: so is whoever wants an answer. Programs that the task started go too. */
function endWithHost(): never {
  try {
    if (process.platform !== "win32") process.kill(-process.pid, "SIGKILL");
  } catch {
    // Not the leader of a group: then this process alone ends.
  }
  process.exit(0);
}

/** What was thrown outside of the handler ends the process, with the exit codes of Lambda's runtime. */
function endBroken(report: ErrorReport, exitCode: number): void {
  const end = (): never => process.exit(exitCode);
  if (serving !== undefined) {
    const logs = output.end();
    channel.write(
      encodeFrame(JSON.stringify({ type: "threw", requestId: serving, logs, report, ending: true })),
      end,
    );
  } else if (!handler) {
    channel.write(encodeFrame(JSON.stringify({ type: "unloadable", report })), end);
  } else end();
}

async function bind(message: Extract<ToChild, { type: "bind" }>): Promise<void> {
  try {
    Object.assign(process.env, message.environment);
    handler = await load(message.file);
    send({ type: "ready" });
  } catch (error) {
    send({ type: "unloadable", report: reportOf(error) });
  }
}

async function load(file: string): Promise<LambdaHandler> {
  if (!existsSync(file)) throw runtimeError("ImportModuleError", "Error: Cannot find module 'index'");
  process.chdir(dirname(file));
  const loaded = (await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw asLoadError(error);
  })) as { handler?: unknown };
  if (loaded.handler === undefined) {
    throw runtimeError("HandlerNotFound", "index.handler is undefined or not exported");
  }
  if (typeof loaded.handler !== "function") {
    throw runtimeError("HandlerNotFound", "index.handler is not a function");
  }
  return loaded.handler as LambdaHandler;
}

function asLoadError(error: unknown): unknown {
  if (error instanceof SyntaxError) return runtimeError("UserCodeSyntaxError", String(error), error.stack);
  const code = (error as { code?: unknown } | null)?.code;
  const missing = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
  return missing ? runtimeError("ImportModuleError", String(error)) : error;
}

async function invoke(invocation: Invocation): Promise<void> {
  const { requestId } = invocation;
  serving = requestId;
  output.begin(requestId);
  const outcome = await run(invocation);
  // As in Lambda's runtime: what the handler left in this turn, such as an unhandled rejection, comes first.
  await new Promise((resolve) => setImmediate(resolve));
  const logs = output.end();
  serving = undefined;
  if ("report" in outcome) return send({ type: "threw", requestId, logs, ending: false, ...outcome });
  const head = JSON.stringify({ type: "answer", requestId, logs });
  channel.write(encodeFrame(`${head.slice(0, -1)},"output":${outcome.json}}`)); // the answer is JSON already
}

async function run(invocation: Invocation): Promise<{ json: string } | { report: ErrorReport }> {
  try {
    return serializeAnswer(await handler?.(invocation.event, contextOf(invocation)));
  } catch (thrown) {
    return { report: reportOf(thrown) };
  }
}

function contextOf({ requestId, arn, remainingMillis }: Invocation): object {
  const deadline = Date.now() + remainingMillis;
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env["AWS_LAMBDA_FUNCTION_NAME"],
    functionVersion: env["AWS_LAMBDA_FUNCTION_VERSION"],
    invokedFunctionArn: arn,
    memoryLimitInMB: env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    awsRequestId: requestId,
    logGroupName: env["AWS_LAMBDA_LOG_GROUP_NAME"],
    logStreamName: env["AWS_LAMBDA_LOG_STREAM_NAME"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function stackOf(reason: unknown): string | undefined {
  const stack = (reason as { stack?: unknown } | null)?.stack;
  return typeof stack === "string" ? `Runtime.UnhandledPromiseRejection: ${stack}` : undefined;
}

function send(message: FromChild): void {
  channel.write(encodeFrame(JSON.stringify(message)));
}

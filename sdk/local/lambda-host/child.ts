import { existsSync, readSync } from "node:fs";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type ErrorReport,
  encodeFrame,
  FROM_CHILD_DESCRIPTOR,
  type FromChild,
  isSpent,
  readFrames,
  TAKEN_BACK_DESCRIPTOR,
  TO_CHILD_DESCRIPTOR,
  type ToChild,
} from "./child-messages.ts";
import { reportOf, runtimeError, serializeAnswer } from "./error-report.ts";
import { markOutput } from "./log-marks.ts";
import { CHAIN_MILLIS, soon, Vigil } from "./vigil.ts";

/**
 * The process in which a function runs: what Lambda's Node runtime is to a function on AWS. It starts blank, is bound
 * to one bundle, and serves one invocation at a time; others may wait in line. Built to `dist/lambda-child.js`.
 */

type LambdaHandler = (event: unknown, context: unknown) => unknown;
type Invocation = Extract<ToChild, { type: "invoke" }>;

const calls = new Socket({ fd: TO_CHILD_DESCRIPTOR, readable: true, writable: false });
const answers = new Socket({ fd: FROM_CHILD_DESCRIPTOR, readable: false, writable: true });
const output = markOutput();
let handler: LambdaHandler | undefined;
const now = performance.now.bind(performance); // a task may put a clock of its own in its place
const vigil = new Vigil({ now, millis: CHAIN_MILLIS });
const line: Invocation[] = [];
const mark = Buffer.alloc(8);
let slot = 0;
let functionContext: object = {};
let busy = false;
let ending = false;
let serving: { requestId: string; since: number } | undefined;

readFrames(calls, (json) => {
  const message = JSON.parse(json) as ToChild;
  if (message.type === "bind") return void bind(message);
  vigil.end();
  line.push(message);
  if (!busy) void serveLine();
});
for (const pipe of [calls, answers]) pipe.on("error", endWithHost).on("close", endWithHost);
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
    ending = true;
    const head = { type: "threw", ...headOf(serving) };
    answers.write(encodeFrame(JSON.stringify({ ...head, report, ending: true })), end);
  } else if (!handler) {
    answers.write(encodeFrame(JSON.stringify({ type: "unloadable", report })), end);
  } else end();
}

async function bind(message: Extract<ToChild, { type: "bind" }>): Promise<void> {
  try {
    slot = message.slot;
    Object.assign(process.env, message.environment);
    functionContext = contextOfFunction(process);
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

/** Serves what is there, in order. What was given in line begins only when the host can know that it does. */
async function serveLine(): Promise<void> {
  busy = true;
  let announced: number | undefined;
  let alone = false;
  for (let next = line.shift(); next; next = line.shift()) {
    const { turn } = next;
    alone = next.alone;
    if (next.inLine && announced !== turn) await send({ type: "begun", turn });
    if (next.inLine && isTakenBack(turn)) {
      announced = undefined;
      await send({ type: "returned", turn });
      continue;
    }
    const ended = await invoke(next);
    if (ending || !ended) return;
    announced = line[0]?.turn;
    await write(ended(announced));
  }
  busy = false;
  if (alone) vigil.begin();
}

/** Asked after the beginning was said: either the host has heard that, or this sees what the host wrote before. */
function isTakenBack(turn: number): boolean {
  readSync(TAKEN_BACK_DESCRIPTOR, mark, 0, mark.length, slot * mark.length);
  return turn < mark.readDoubleLE(0);
}

/** @returns the message of its end; nothing where the process must not be used again, and has said so */
async function invoke(invocation: Invocation): Promise<((next: number | undefined) => string) | undefined> {
  serving = { requestId: invocation.requestId, since: now() };
  output.begin(invocation.requestId);
  const outcome = await run(invocation);
  // As in Lambda's runtime: what the handler left in this turn, such as an unhandled rejection, comes first.
  await new Promise((resolve) => soon(resolve));
  if (ending) return undefined;
  const head = headOf(serving);
  serving = undefined;
  if ("report" in outcome) {
    const message = { type: "threw", ...head, ending: false, ...outcome };
    if (!isSpent(outcome.report, false)) return (next) => JSON.stringify({ ...message, next });
    await write(JSON.stringify(message));
    return undefined;
  }
  return (next) => {
    const text = JSON.stringify({ type: "answer", ...head, next });
    return `${text.slice(0, -1)},"output":${outcome.json}}`; // the answer is JSON already
  };
}

function headOf({ requestId, since }: { requestId: string; since: number }): object {
  return { requestId, logs: output.end(), millis: Number((now() - since).toFixed(3)) };
}

async function run(invocation: Invocation): Promise<{ json: string } | { report: ErrorReport }> {
  try {
    return serializeAnswer(await handler?.(invocation.event, contextOf(invocation)));
  } catch (thrown) {
    return { report: reportOf(thrown) };
  }
}

/** What a context says of the function. It is read once: each read of the environment asks the system. */
function contextOfFunction({ env }: NodeJS.Process): object {
  return {
    functionName: env["AWS_LAMBDA_FUNCTION_NAME"],
    functionVersion: env["AWS_LAMBDA_FUNCTION_VERSION"],
    memoryLimitInMB: env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    logGroupName: env["AWS_LAMBDA_LOG_GROUP_NAME"],
    logStreamName: env["AWS_LAMBDA_LOG_STREAM_NAME"],
  };
}

function contextOf({ requestId, arn, remainingMillis }: Invocation): object {
  const deadline = Date.now() + remainingMillis;
  return {
    callbackWaitsForEmptyEventLoop: true,
    ...functionContext,
    invokedFunctionArn: arn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function stackOf(reason: unknown): string | undefined {
  const stack = (reason as { stack?: unknown } | null)?.stack;
  return typeof stack === "string" ? `Runtime.UnhandledPromiseRejection: ${stack}` : undefined;
}

function send(message: FromChild): Promise<void> | undefined {
  return write(JSON.stringify(message));
}

/** Where the system does not take the message at once, it is with the promise that it has. */
function write(json: string): Promise<void> | undefined {
  let taken: (() => void) | undefined;
  answers.write(encodeFrame(json), () => taken?.());
  if (answers.writableLength === 0) return undefined;
  return new Promise((resolve) => {
    taken = resolve;
  });
}

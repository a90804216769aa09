import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { StateMachine } from "../asl/types.ts";
import { SINGLE_BUNDLE } from "../compiler/index.ts";
import type { IntegrationCall, Outcome } from "../engine/index.ts";
import type { Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { INLINE_RESULT_BYTES, type TaskEvent } from "../model/protocol.ts";
import { createTaskHandler, portsFromEnvironment } from "../runtime/index.ts";
import { answerObjectCall, isObjectCall } from "../runtime/local/object-integration.ts";
import { resolveReferences, storeValue } from "../runtime/references.ts";
import type { CompiledRun } from "./compiled-run.ts";

type Handler = (event: Json, context: object) => Promise<Json>;
type Judge = (task: string, error: Error, attempt: number) => boolean | Promise<boolean>;
type Tasks = Record<string, (...args: never[]) => unknown>;

const MACHINE_PREFIX = "arn:aws:states:us-east-1:000000000000:stateMachine:";

let objects: string | undefined;

/**
 * The directory of large values. One a process: bundles take it from the environment when they are called first, and
 * keep it; keys begin with the run, so that runs do not meet.
 */
function objectsDirectory(): string {
  const given = process.env["RUNLET_OBJECTS"];
  if (given) return given;
  if (!objects) {
    // Made by the first value that needs it: most runs have none, and a test runner may end a process without a word.
    const made = join(tmpdir(), `runlet-objects-${randomUUID()}`);
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    objects = made;
  }
  process.env["RUNLET_OBJECTS"] = objects;
  return objects;
}

/** A build's functions in this process: the same bundles, without a process around each. */
export class InProcessFunctions {
  readonly #outDir: string;
  readonly #manifest: Manifest;
  readonly #ports = portsFromEnvironment({ RUNLET_OBJECTS: objectsDirectory() });
  readonly #handlers = new Map<string, Promise<Handler>>();

  readonly #single: boolean;
  readonly #retryIf: Judge;
  #all: Promise<{ handlers: Record<string, Handler> }> | undefined;

  /**
   * @param single the build has one bundle with all functions
   * @param retryIf what a task's option of that name says, for its mock
   */
  constructor(outDir: string, manifest: Manifest, single: boolean, retryIf: Judge) {
    this.#retryIf = retryIf;
    this.#single = single;
    this.#outDir = outDir;
    this.#manifest = manifest;
  }

  /** The flow that the ARN of a machine stands for. */
  flowOf(stateMachineArn: string): string {
    return stateMachineArn.slice(MACHINE_PREFIX.length);
  }

  /** The definition with names in place of the placeholders of functions and machines. */
  resolve(definition: StateMachine): StateMachine {
    const names = new Map(
      Object.entries(this.#manifest.functions).map(([name, { token }]) => [`\${${token}}`, name]),
    );
    const flows = new Map(
      Object.values(this.#manifest.flows).flatMap(({ calls }) =>
        Object.entries(calls).map(([token, flow]) => [`\${${token}}`, flow]),
      ),
    );
    return JSON.parse(JSON.stringify(definition), (key, value: unknown) => {
      if (typeof value !== "string") return value;
      const name = key === "Resource" || key === "FunctionName" ? names.get(value) : undefined;
      const flow = key === "StateMachineArn" ? flows.get(value) : undefined;
      if (flow !== undefined) return `${MACHINE_PREFIX}${flow}`;
      return name === undefined ? value : `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    }) as StateMachine;
  }

  /** Answers the calls of one run, and notes those of tasks. */
  integration(tasks: Tasks, calls: CompiledRun["calls"]): (call: IntegrationCall) => Promise<Outcome> {
    const mocks = new Map<string, Handler>();
    return async (call) => {
      if (isObjectCall(call.resource)) return answerObjectCall(objectsDirectory(), call);
      const name = call.resource.slice(call.resource.lastIndexOf(":") + 1);
      const event = call.arguments as unknown as TaskEvent;
      const task = name.replace(/^task-/, "");
      if (event.kind === "task") {
        const { runId, step, frames, attempt } = event;
        calls.push({ runId, task, step, frames, attempt, args: (event.slow ?? event.args) as Json[] });
      }
      try {
        const mock = event.kind === "task" && Object.hasOwn(tasks, task) ? tasks[task] : undefined;
        const handler = mock ? (mocks.get(task) ?? this.#mocked(task, mock)) : await this.#handler(name);
        if (mock) mocks.set(task, handler);
        const output = await handler(call.arguments, contextOf(name, this.#manifest));
        return { ok: true, output: JSON.parse(JSON.stringify(output ?? null)) as Json };
      } catch (thrown) {
        const { name: errorType = "Error", message: errorMessage = "", stack = "" } = thrown as Error;
        const cause = JSON.stringify({ errorType, errorMessage, trace: stack.split("\n") });
        return { ok: false, error: errorType, cause };
      }
    };
  }

  /** An input too large for the flow's machine goes to the object store, as the start door does it. */
  async placeInput(flow: string, input: Json | undefined): Promise<{ input?: Json }> {
    if (input === undefined) return {};
    const json = JSON.stringify(input);
    const room = this.#manifest.flows[flow]?.room ?? INLINE_RESULT_BYTES;
    if (Buffer.byteLength(json) <= room) return { input };
    const address = { runId: randomUUID(), step: "input", frames: [], part: "0" };
    return { input: await storeValue(this.#ports.objects, address, json) };
  }

  async resolveOutput(output: Json): Promise<Json> {
    return resolveReferences(output, this.#ports.objects);
  }

  #mocked(name: string, fn: (...args: never[]) => unknown): Handler {
    const retryIf = (error: Error, attempt: number) => this.#retryIf(name, error, attempt);
    return createTaskHandler({ fn, retryIf }, { name, ports: this.#ports }) as unknown as Handler;
  }

  #handler(name: string): Promise<Handler> {
    const known = this.#handlers.get(name) ?? this.#load(name);
    this.#handlers.set(name, known);
    return known;
  }

  async #load(name: string): Promise<Handler> {
    if (this.#single) {
      this.#all ??= import(pathToFileURL(join(this.#outDir, SINGLE_BUNDLE, "index.mjs")).href);
      const handler = (await this.#all).handlers[name];
      if (handler) return handler;
    }
    const entry = this.#manifest.functions[name];
    const file = pathToFileURL(join(this.#outDir, entry?.directory ?? name, "index.mjs")).href;
    return ((await import(file)) as { handler: Handler }).handler;
  }
}

const contextOf = (name: string, manifest: Manifest): object => {
  const millis = (manifest.functions[name]?.timeoutSeconds ?? 900) * 1_000;
  return {
    functionName: name,
    awsRequestId: name,
    memoryLimitInMB: "512",
    logStreamName: "test",
    getRemainingTimeInMillis: () => millis,
  };
};

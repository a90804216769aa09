import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { StateMachine } from "../asl/types.ts";
import type { IntegrationCall, Outcome } from "../engine/index.ts";
import type { Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { TaskEvent } from "../model/protocol.ts";
import { createTaskHandler, portsFromEnvironment } from "../runtime/index.ts";
import { resolveReferences } from "../runtime/references.ts";
import type { CompiledRun } from "./index.ts";

type Handler = (event: Json, context: object) => Promise<Json>;

/** A build's functions in this process: the same bundles, without a process around each. */
export function createInProcessFunctions(
  outDir: string,
  manifest: Manifest,
  tasks: Record<string, (...args: never[]) => unknown>,
) {
  const ports = portsFromEnvironment({ RUNLET_OBJECTS: join(outDir, "objects") });
  const calls: CompiledRun["calls"] = [];
  const handlers = new Map<string, Promise<Handler>>();
  const handlerOf = (name: string): Promise<Handler> => {
    const known = handlers.get(name) ?? load(name);
    handlers.set(name, known);
    return known;
  };
  const load = async (name: string): Promise<Handler> => {
    const taskName = name.replace(/^task-/, "");
    const mock = name.startsWith("task-") && Object.hasOwn(tasks, taskName) ? tasks[taskName] : undefined;
    if (mock) return createTaskHandler({ fn: mock }, { name: taskName, ports }) as unknown as Handler;
    const entry = manifest.functions[name];
    const file = pathToFileURL(join(outDir, entry?.directory ?? name, "index.mjs")).href;
    // The bundle takes its ports from the environment while it is loaded and called.
    process.env["RUNLET_OBJECTS"] ??= join(outDir, "objects");
    return ((await import(file)) as { handler: Handler }).handler;
  };
  return {
    calls,
    /** Resources become function names. */
    resolve(definition: StateMachine): StateMachine {
      let text = JSON.stringify(definition);
      for (const [name, { token }] of Object.entries(manifest.functions))
        text = text.replaceAll(`\${${token}}`, `arn:aws:lambda:us-east-1:000000000000:function:${name}`);
      return JSON.parse(text) as StateMachine;
    },
    async invoke(call: IntegrationCall): Promise<Outcome> {
      const name = call.resource.slice(call.resource.lastIndexOf(":") + 1);
      const event = call.arguments as unknown as TaskEvent;
      if (event.kind === "task") {
        const { step, frames, attempt } = event;
        calls.push({
          task: name.replace(/^task-/, ""),
          step,
          frames,
          attempt,
          args: (event.slow ?? event.args) as Json[],
        });
      }
      try {
        const handler = await handlerOf(name);
        const output = await handler(call.arguments, contextOf(name, manifest));
        return { ok: true, output: JSON.parse(JSON.stringify(output ?? null)) as Json };
      } catch (thrown) {
        const { name: errorType = "Error", message: errorMessage = "", stack = "" } = thrown as Error;
        return {
          ok: false,
          error: errorType,
          cause: JSON.stringify({ errorType, errorMessage, trace: stack.split("\n") }),
        };
      }
    },
    resolveOutput: (output: Json): Promise<Json> => resolveReferences(output, ports.objects),
  };
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

import { runInThisContext } from "node:vm";
import { createControlHandler } from "../../functions/control/handler.ts";
import { earlierRuns } from "../../functions/start/earlier-run.ts";
import { type StartRequest, startRun } from "../../functions/start/start.ts";
import { callTimes } from "../../functions/store/earlier-calls.ts";
import { createWaitStore } from "../../functions/store/wait-store.ts";
import type { StateMachine } from "../../sdk/asl/types.ts";
import { functionToken } from "../../sdk/compiler/bundle/entries.ts";
import {
  createEngine,
  type Engine,
  type Execution,
  nestedExecutions,
  type Outcome,
} from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import type { TaskEvent, WaitEvent } from "../../sdk/model/protocol.ts";
import type { Handler } from "../../sdk/runtime/handler-types.ts";
import { createInlineHandler, createTaskHandler, type TaskRecord } from "../../sdk/runtime/index.ts";
import type { Region } from "../../sdk/runtime/inline-handler.ts";
import { type CompiledFile, ManualClock } from "../../sdk/testing/index.ts";
import { memoryPorts } from "../runtime/memory-ports.ts";
import { memoryDocument } from "./memory-document.ts";
import { memoryObjects, memoryRuns } from "./memory-ports.ts";

/**
 * The control plane wired as on AWS: the wrapper asks the table, the control function has the table and the tokens, runs
 * begin at the start door, and nobody stops children.
 */
export interface AwsWorld {
  clock: ManualClock;
  /** What tasks were called with, as `name [arguments]`. */
  called: string[];
  control(event: object): Promise<unknown>;
  start(request: Partial<StartRequest> & { flow: string }): Promise<Execution>;
}

export type Answer = (task: string, args: Json[]) => Json | Promise<Json>;

/** @param answer what a task gives; it may throw */
export function awsWorld(compiled: CompiledFile, answer: Answer = (_, args) => args[0] ?? null): AwsWorld {
  const clock = new ManualClock();
  const document = memoryDocument();
  const waits = createWaitStore({ table: "t", document, now: () => clock.now() });
  const called: string[] = [];
  const named = (text: string): string =>
    text.replace(
      /\$\{(\w+)\}/g,
      (_, token: string) => `arn:aws:lambda:us-east-1:000000000000:function:${token}`,
    );
  const machines = new Map(
    compiled.flows.map((flow) => [
      flow.name,
      JSON.parse(named(JSON.stringify(flow.definition))) as StateMachine,
    ]),
  );
  const flowOf = (arn: string): string =>
    compiled.flows.find((flow) => arn.endsWith(`:${functionToken("flow", flow.name)}`))?.name ?? "";
  const begin = (flow: string, input: Json, runId?: string): Execution =>
    engine.start({
      definition: machines.get(flow) as StateMachine,
      stateMachineName: flow,
      input,
      ...(runId !== undefined && { name: runId }),
    });
  const nested = nestedExecutions(
    ({ stateMachineArn, name: runId, input }) => {
      const flow = flowOf(stateMachineArn);
      // As the recorder does, which hears of every run.
      if (runId !== undefined)
        void runs.create({
          ...{ runId, flow, status: "RUNNING", source: "direct", position: 1 },
          ...{ createdAt: clock.now(), updatedAt: clock.now() },
        });
      return begin(flow, input, runId);
    },
    () => clock.now(),
  );
  const ports = {
    ...memoryPorts(),
    states: taskRecords(document),
    controls: { asked: (runId: string) => waits.asked(runId) },
  };
  const inline = compiled.flows.map(({ name, inlineSteps }) => [
    functionToken("inline", name),
    // Regions of these flows read nothing of their module.
    createInlineHandler(
      Object.fromEntries(
        inlineSteps.map(({ region, code }) => [region, runInThisContext(`(${code})`) as Region]),
      ),
      { ports },
    ),
  ]);
  const handlers: Record<string, Handler> = Object.fromEntries(inline);
  const handlerOf = (token: string): Handler => {
    const task = token.replace(/^Task/, "");
    handlers[token] ??= createTaskHandler(
      {
        fn: async (...args: Json[]) => {
          called.push(`${task} ${JSON.stringify(args)}`);
          return answer(task, args);
        },
      },
      { name: task, ports, clock },
    );
    return handlers[token];
  };
  const control = createControlHandler({
    schemas: {},
    ports: () => ({
      waits,
      flowOf: async () => undefined,
      tokens: {
        success: async (token, output) => holds(() => engine.sendTaskSuccess(token, output)),
        failure: async (token, error, cause) => holds(() => engine.sendTaskFailure(token, { error, cause })),
      },
    }),
  });
  const answered = async (resource: string, given: Json): Promise<Outcome> => {
    if (resource.endsWith(".waitForTaskToken")) {
      await control((given as unknown as { Payload: WaitEvent }).Payload);
      return { ok: true, output: {} };
    }
    try {
      const handler = handlerOf(resource.slice(resource.lastIndexOf(":") + 1));
      return { ok: true, output: (await handler(given as unknown as TaskEvent, {})) as Json };
    } catch (thrown) {
      const { name: errorType, message: errorMessage, stack = "" } = thrown as Error;
      const cause = JSON.stringify({ errorType, errorMessage, trace: stack.split("\n") });
      return { ok: false, error: errorType, cause };
    }
  };
  const engine: Engine = createEngine({
    clock,
    integration: (call) =>
      nested.answers(call.resource)
        ? nested.integration(call)
        : clock.during(answered(call.resource, call.arguments)),
  });
  const runs = memoryRuns();
  const objects = memoryObjects();
  let count = 0;
  const start: AwsWorld["start"] = async (request) => {
    let execution: Execution | undefined;
    await startRun(
      { source: "api", ...request },
      {
        clock,
        ids: { runId: () => `run-${++count}` },
        hasFlow: (flow) => machines.has(flow),
        parseInput: (_, input) => input as Json | undefined,
        runs,
        objects,
        machines: {
          start: async ({ flow, runId, input }) => {
            execution = begin(flow, { ...input } as Json, runId);
          },
        },
        earlier: earlierRuns({
          runs,
          objects,
          calls: callTimes({ table: "t", document: withRuns(document, runs) }),
        }),
        keepRerun: (runId, rerun) => waits.setRerun(runId, rerun),
      },
    );
    if (!execution) throw new Error("Nothing was started.");
    return execution;
  };
  return { clock, called, control: (event) => control(event), start };
}

type Document = ReturnType<typeof memoryDocument>;

/** The run records of the same table. */
const withRuns = (document: Document, runs: ReturnType<typeof memoryRuns>): Document =>
  ({
    ...document,
    get: async (request: { Key: { pk: string; sk: string } }) =>
      request.Key.sk === "RUN"
        ? { Item: await runs.get(request.Key.pk.slice(4)) }
        : document.get(request as never),
  }) as unknown as Document;

/** Task records as items of the table. */
function taskRecords(document: Document) {
  const keyOf = (call: { runId: string; step: string; frames: readonly number[] }) => ({
    pk: `RUN#${call.runId}`,
    sk: `TASK#${call.step}#${call.frames.join(".")}`,
  });
  const find = async (call: Parameters<typeof keyOf>[0]): Promise<TaskRecord | undefined> =>
    (await document.get({ TableName: "t", Key: keyOf(call) })).Item as TaskRecord | undefined;
  return {
    find,
    async record(record: TaskRecord) {
      if ((await find(record))?.status === "COMPLETED") return;
      await document.put({ TableName: "t", Item: { ...record, ...keyOf(record) } });
    },
  };
}

function holds(send: () => void): boolean {
  try {
    send();
    return true;
  } catch {
    return false;
  }
}

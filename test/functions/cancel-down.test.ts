import { runInThisContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createControlHandler } from "../../functions/control/handler.ts";
import { createWaitStore } from "../../functions/store/wait-store.ts";
import type { StateMachine } from "../../sdk/asl/types.ts";
import { functionToken } from "../../sdk/compiler/bundle/entries.ts";
import { createEngine, type Engine, nestedExecutions, type Outcome } from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import type { TaskEvent, WaitEvent } from "../../sdk/model/protocol.ts";
import type { Handler } from "../../sdk/runtime/handler-types.ts";
import { createInlineHandler, createTaskHandler } from "../../sdk/runtime/index.ts";
import type { Region } from "../../sdk/runtime/inline-handler.ts";
import { type CompiledFile, ManualClock } from "../../sdk/testing/index.ts";
import { compileText } from "../compiler/fixture.ts";
import { memoryPorts } from "../runtime/memory-ports.ts";
import { memoryDocument } from "./memory-document.ts";

/** Wired as on AWS: the wrapper asks the table, the control function has it and the tokens, and nobody stops children. */
const FLOWS = `import { approval, flow, sleep, task } from "runlet";
export const step = task(async (name: string) => name);
export const undo = task(async (done: Record<string, unknown>) => undefined);
export const grandchild = flow({ onCancel: undo }, async (x: string) => { const a = await step(x); await sleep({ hours: 2 }); const b = await step("late"); return [a, b]; });
export const child = flow(async (x: string) => { const a = await step(x); const b = await grandchild("below"); return [a, b]; });
export const inMap = flow({ onCancel: undo }, async () => { const all = await Promise.all(["p", "q"].map(async (x) => grandchild(x))); const z = await step("after"); return [all, z]; });
export const main = flow({ onCancel: undo }, async () => { const a = await step("first"); const b = await child("c"); const z = await step("after"); return [a, b, z]; });
export const caught = flow(async () => { try { await child("c"); } catch (e) { await step("handler"); } return "went on"; });
export const large = flow(async () => { return Promise.all(["a", "b", "c"].map(async (x) => child(x))); });`;

interface World {
  clock: ManualClock;
  engine: Engine;
  control(event: object): Promise<unknown>;
  called: string[];
  run(flow: string): ReturnType<Engine["start"]>;
}

describe("on AWS, a cancellation goes down to the flows that a flow waits for", () => {
  let compiled: CompiledFile;
  beforeAll(async () => {
    compiled = await compileText(FLOWS);
  }, 60_000);
  afterAll(() => compiled.close());

  function world(): World {
    const clock = new ManualClock();
    const waits = createWaitStore({ table: "t", document: memoryDocument(), now: () => clock.now() });
    const called: string[] = [];
    const name = (text: string): string =>
      text.replace(
        /\$\{(\w+)\}/g,
        (_, token: string) => `arn:aws:lambda:us-east-1:000000000000:function:${token}`,
      );
    const machines = new Map(
      compiled.flows.map((flow) => [
        flow.name,
        JSON.parse(name(JSON.stringify(flow.definition))) as StateMachine,
      ]),
    );
    const flowOf = (arn: string): string =>
      compiled.flows.find((flow) => arn.endsWith(`:${functionToken("flow", flow.name)}`))?.name ?? "";
    const nested = nestedExecutions(
      ({ stateMachineArn, name: runId, input }) => start(flowOf(stateMachineArn), input, runId),
      () => clock.now(),
    );
    const task = async (args: Json[]): Promise<Json> => {
      called.push(JSON.stringify(args[0]));
      return args[0] ?? null;
    };
    const ports = { ...memoryPorts(), controls: { control: (runId: string) => waits.control(runId) } };
    // Regions of these flows read nothing of their module.
    const regions = compiled.flows.map(({ name: flow, inlineSteps }) => [
      functionToken("inline", flow),
      createInlineHandler(
        Object.fromEntries(
          inlineSteps.map(({ region, code }) => [region, runInThisContext(`(${code})`) as Region]),
        ),
        { ports },
      ),
    ]);
    const handlers: Record<string, Handler> = {
      ...Object.fromEntries(regions),
      Taskstep: createTaskHandler({ fn: (...args: Json[]) => task(args) }, { name: "step", ports, clock }),
      Taskundo: createTaskHandler(
        { fn: (done: Json) => task([{ undone: done }]) },
        { name: "undo", ports, clock },
      ),
    };
    const control = createControlHandler({
      schemas: {},
      ports: () => ({
        waits,
        flowOf: async () => undefined,
        tokens: {
          success: async (token, output) => sent(() => engine.sendTaskSuccess(token, output)),
          failure: async (token, error, cause) => sent(() => engine.sendTaskFailure(token, { error, cause })),
        },
      }),
    });
    const answer = async (resource: string, given: Json): Promise<Outcome> => {
      if (resource.endsWith(".waitForTaskToken")) {
        await control((given as unknown as { Payload: WaitEvent }).Payload);
        return { ok: true, output: {} };
      }
      const handler = handlers[resource.slice(resource.lastIndexOf(":") + 1)];
      if (!handler) throw new Error(resource);
      try {
        return { ok: true, output: (await handler(given as unknown as TaskEvent, {})) as Json };
      } catch (thrown) {
        const { name: errorType, message: errorMessage, stack = "" } = thrown as Error;
        return {
          ok: false,
          error: errorType,
          cause: JSON.stringify({ errorType, errorMessage, trace: stack.split("\n") }),
        };
      }
    };
    const engine: Engine = createEngine({
      clock,
      integration: (call) =>
        nested.answers(call.resource)
          ? nested.integration(call)
          : clock.during(answer(call.resource, call.arguments)),
    });
    const start = (flow: string, input: Json, runId?: string) =>
      engine.start({
        definition: machines.get(flow) as StateMachine,
        stateMachineName: flow,
        input,
        ...(runId !== undefined && { name: runId }),
      });
    return { clock, engine, control, called, run: (flow) => start(flow, {}, `run-${flow}`) };
  }

  const ended = async (
    flow: string,
    afterSeconds: number,
  ): Promise<[string | undefined, string[], number]> => {
    const { clock, control, called, run } = world();
    const from = clock.now();
    const execution = run(flow);
    clock.schedule(afterSeconds * 1_000, () => void control({ op: "cancel", runId: `run-${flow}` }));
    const result = await clock.runUntil(execution.done);
    return [result.status === "SUCCEEDED" ? "SUCCEEDED" : result.error, called, (clock.now() - from) / 1_000];
  };

  it("ends the wait of a flow two calls below at once, and undoes from the inside out", async () => {
    expect(await ended("main", 60)).toEqual([
      "Runlet.Cancelled",
      ['"first"', '"c"', '"below"', '{"undone":{"a":"below"}}', '{"undone":{"a":"first"}}'],
      60,
    ]);
  });

  it("reaches the flows that items of a map wait for", async () => {
    const [error, called, seconds] = await ended("inMap", 60);
    expect([error, seconds]).toEqual(["Runlet.Cancelled", 60]);
    expect(called.filter((one) => !one.includes("undone")).toSorted()).toEqual(['"p"', '"q"']);
    expect(called.filter((one) => one.includes("undone"))).toHaveLength(3);
  });

  it("is no error that a handler of the caller sees", async () => {
    expect(await ended("caught", 60)).toEqual([
      "Runlet.Cancelled",
      ['"c"', '"below"', '{"undone":{"a":"below"}}'],
      60,
    ]);
  });

  it("refuses the tasks of flows that begin after it", async () => {
    const { clock, control, called, run } = world();
    const execution = run("large");
    await control({ op: "cancel", runId: "run-large" });
    const result = await clock.runUntil(execution.done);
    expect(result).toMatchObject({ error: "Runlet.Cancelled" });
    expect(called).toEqual([]);
  });

  it("leaves other runs of the same flows alone, and ends a called flow by its own id", async () => {
    const { clock, control, called, run, engine } = world();
    const [one, two] = [run("main"), run("caught")];
    clock.schedule(60_000, () => void control({ op: "cancel", runId: "run-caught" }));
    expect(await clock.runUntil(two.done)).toMatchObject({ error: "Runlet.Cancelled" });
    expect(await clock.runUntil(one.done)).toMatchObject({ status: "SUCCEEDED" });
    expect(called.filter((done) => done === '"after"')).toHaveLength(1);
    expect(engine).toBeDefined();
  });
});

function sent(send: () => void): boolean {
  try {
    send();
    return true;
  } catch {
    return false;
  }
}

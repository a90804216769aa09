import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import type { StateMachine } from "../../sdk/asl/types.ts";
import { functionToken } from "../../sdk/compiler/bundle/entries.ts";
import { continuationName } from "../../sdk/compiler/emit/segments.ts";
import {
  createEngine,
  type DurableEngine,
  type Integration,
  nestedExecutions,
  openEngine,
} from "../../sdk/engine/index.ts";
import { answerNestedStart, isNestedStart } from "../../sdk/local/durable-nested.ts";
import type { Json } from "../../sdk/model/json.ts";
import { idempotencyKey, type TaskEvent } from "../../sdk/model/protocol.ts";
import type { Handler } from "../../sdk/runtime/handler-types.ts";
import { createInlineHandler, portsFromEnvironment } from "../../sdk/runtime/index.ts";
import type { Region } from "../../sdk/runtime/inline-handler.ts";
import { answerObjectCall, isObjectCall } from "../../sdk/runtime/local/object-integration.ts";
import type { CompiledFile } from "../../sdk/testing/index.ts";

/** The machines of a file on an engine of the test's own, to be crashed and redriven. */
interface Machines {
  definitionOf(stateMachineArn: string): StateMachine;
  /** Answers calls of tasks, inline steps and stores; `before` may refuse one, or never let it end. */
  integration(before: (key: string) => Promise<boolean>): Integration;
}

const LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:";

/** @param objects a directory for large values and items, which outlives a crash */
function machinesOf(file: CompiledFile, objects: string): Machines {
  const ports = portsFromEnvironment({ RUNLET_OBJECTS: objects });
  const definitions = new Map<string, StateMachine>();
  const inline = new Map<string, Handler>();
  for (const { name, definition, continuation, inlineSteps } of file.flows) {
    const regions = inlineSteps.map(({ region, code }) => [region, runInThisContext(`(${code})`) as Region]);
    inline.set(functionToken("inline", name), createInlineHandler(Object.fromEntries(regions), { ports }));
    for (const [flow, machine] of [
      [name, definition],
      [continuationName(name), continuation],
    ] as const)
      if (machine) definitions.set(`${LAMBDA}${functionToken("flow", flow)}`, named(machine));
  }
  return {
    definitionOf: (arn) => {
      const found = definitions.get(arn);
      if (!found) throw new Error(`There is no machine ${arn}.`);
      return found;
    },
    integration: (before) => async (call) => {
      if (isObjectCall(call.resource)) return answerObjectCall(objects, call);
      const event = call.arguments as unknown as TaskEvent;
      try {
        const handler = inline.get(call.resource.slice(LAMBDA.length));
        if (handler) return { ok: true, output: (await handler(event, {})) as Json };
        if (await before(idempotencyKey(event))) return refused("Runlet.Refused", "not now");
        if (call.resource.endsWith(":Taskfail")) return refused("RangeError", "always");
        return { ok: true, output: (event.slow as Json[] | null)?.[0] ?? event.args[0] ?? null };
      } catch (thrown) {
        const { name, message } = thrown as Error;
        return refused(name, message);
      }
    },
  };
}

/** Names in the place of what a deployment puts in. */
const named = (machine: StateMachine): StateMachine =>
  JSON.parse(
    JSON.stringify(machine).replace(/\$\{(\w+)\}/g, (_, token: string) => `${LAMBDA}${token}`),
  ) as StateMachine;

const rootOf = (flow: string): string => `${LAMBDA}${functionToken("flow", flow)}`;

const refused = (errorType: string, errorMessage: string) =>
  ({ ok: false, error: errorType, cause: JSON.stringify({ errorType, errorMessage, trace: [] }) }) as const;

const INPUT = { input: { flag: true } };

/**
 * The keys of a run, and of the runs of flows that it calls, whose process ends while its n-th call is under way, and of
 * those that go on with it.
 */
export async function keysOverCrash(file: CompiledFile, flow: string, at: number): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), "runlet-keys-"));
  const { definitionOf, integration } = machinesOf(file, join(directory, "objects"));
  const keys = new Set<string>();
  const open = async (before: (key: string) => Promise<boolean>): Promise<DurableEngine> => {
    const calls = integration(before);
    const engine: DurableEngine = await openEngine({
      directory: join(directory, "journal"),
      resume: () => false,
      integration: async (call) =>
        isNestedStart(call.resource) ? answerNestedStart(engine, begin, call) : calls(call),
    });
    const begin: Parameters<typeof answerNestedStart>[1] = async ({ stateMachineArn, name, input }) => {
      const execution = await engine.start({ definition: definitionOf(stateMachineArn), name, input });
      await engine.resume(execution.arn);
      return { execution, isOwn: true };
    };
    return engine;
  };
  try {
    let count = 0;
    let reached = (): void => undefined;
    const crash = new Promise<void>((done) => {
      reached = done;
    });
    const first = await open(async (key) => {
      keys.add(key);
      if (count++ < at) return false;
      reached();
      return new Promise(() => undefined);
    });
    const run = await first.start({ definition: definitionOf(rootOf(flow)), name: "run", input: INPUT });
    run.done.catch(() => undefined);
    await Promise.race([crash, run.done]);
    await first.close();
    const second = await open(async (key) => {
      keys.add(key);
      return false;
    });
    const left = second.recovered.filter(({ name }) => name === "run");
    for (const { arn } of left) await (await second.resume(arn)).done;
    await second.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return [...keys].sort();
}

/** The keys of a run in which a call of its own fails for good the first time, and of its redrive. */
export async function keysOverRedrive(
  file: CompiledFile,
  flow: string,
  failing: string,
): Promise<{ keys: string[]; succeeded: boolean }> {
  const directory = mkdtempSync(join(tmpdir(), "runlet-keys-"));
  const { definitionOf, integration } = machinesOf(file, directory);
  const keys = new Set<string>();
  let failed = false;
  const calls = integration(async (key) => {
    keys.add(key);
    if (key !== failing || failed) return false;
    failed = true;
    return true;
  });
  const nested = nestedExecutions(
    ({ stateMachineArn, name, input }) =>
      engine.start({ definition: definitionOf(stateMachineArn), input, ...(name !== undefined && { name }) }),
    Date.now,
  );
  const engine = createEngine({
    integration: (call) => (nested.answers(call.resource) ? nested.integration(call) : calls(call)),
  });
  try {
    const definition = definitionOf(rootOf(flow));
    const execution = engine.start({ definition, name: "run", input: INPUT });
    const result = await execution.done;
    if (result.status === "SUCCEEDED") return { keys: [...keys].sort(), succeeded: true };
    const again = await engine.redrive(execution).done;
    return { keys: [...keys].sort(), succeeded: again.status === "SUCCEEDED" };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

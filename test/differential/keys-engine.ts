import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import type { StateMachine } from "../../sdk/asl/types.ts";
import { createEngine, type Integration, openEngine } from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { idempotencyKey, type TaskEvent } from "../../sdk/model/protocol.ts";
import { createInlineHandler } from "../../sdk/runtime/index.ts";
import type { Region } from "../../sdk/runtime/inline-handler.ts";
import type { CompiledFile } from "../../sdk/testing/index.ts";
import { memoryPorts } from "../runtime/memory-ports.ts";

/** A compiled flow on an engine of the test's own, to be crashed and redriven; it calls no flows. */
interface Machine {
  definition: StateMachine;
  /** Answers calls; `before` may refuse one, or never let it end. */
  integration(before: (key: string) => Promise<boolean>): Integration;
}

function machineOf(file: CompiledFile, flow: string): Machine {
  const compiled = file.flows.find(({ name }) => name === flow);
  if (!compiled) throw new Error(`There is no flow ${flow}.`);
  const text = JSON.stringify(compiled.definition).replace(
    /\$\{(\w+)\}/g,
    (_, token: string) => `arn:aws:lambda:us-east-1:000000000000:function:${token}`,
  );
  const regions = compiled.inlineSteps.map(({ region, code }) => [
    region,
    runInThisContext(`(${code})`) as Region,
  ]);
  const inline = createInlineHandler(Object.fromEntries(regions), { ports: memoryPorts() });
  return {
    definition: JSON.parse(text) as StateMachine,
    integration: (before) => async (call) => {
      const event = call.arguments as unknown as TaskEvent;
      try {
        if (event.kind !== "task") return { ok: true, output: (await inline(event, {})) as Json };
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

const refused = (errorType: string, errorMessage: string) =>
  ({ ok: false, error: errorType, cause: JSON.stringify({ errorType, errorMessage, trace: [] }) }) as const;

const INPUT = { input: { flag: true } };

/**
 * The keys of a run whose process ends while its n-th call is under way, and of the one that goes on with it; nothing where
 * the run needs a store for its items, or goes on in another execution, of which this engine has none.
 */
export async function keysOverCrash(
  file: CompiledFile,
  flow: string,
  at: number,
): Promise<string[] | undefined> {
  const directory = mkdtempSync(join(tmpdir(), "runlet-keys-"));
  const { definition, integration } = machineOf(file, flow);
  const keys = new Set<string>();
  const note = async (key: string): Promise<boolean> => {
    keys.add(key);
    return false;
  };
  try {
    let count = 0;
    let reached = (_: boolean): void => undefined;
    const crash = new Promise<boolean>((done) => {
      reached = done;
    });
    const first = await openEngine({
      directory,
      integration: integration(async (key) => {
        await note(key);
        if (count++ < at) return false;
        reached(true);
        return new Promise(() => undefined);
      }),
    });
    const run = await first.start({ definition, name: "run", input: INPUT });
    run.done.then(
      () => reached(false),
      () => undefined,
    );
    const isThere = await crash;
    await first.close();
    if (!isThere) return undefined;
    const second = await openEngine({ directory, integration: integration(note), resume: () => false });
    const [left] = second.recovered;
    const end = left && (await (await second.resume(left.arn)).done);
    if (JSON.stringify(end ?? {}).includes("RLT2004")) keys.clear();
    await second.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return keys.size > 0 ? [...keys].sort() : undefined;
}

/** The keys of a run in which a call fails for good the first time, and of its redrive. */
export async function keysOverRedrive(
  file: CompiledFile,
  flow: string,
  failing: string,
): Promise<{ keys: string[]; succeeded: boolean }> {
  const { definition, integration } = machineOf(file, flow);
  const keys = new Set<string>();
  let failed = false;
  const engine = createEngine({
    integration: integration(async (key) => {
      keys.add(key);
      if (key !== failing || failed) return false;
      failed = true;
      return true;
    }),
  });
  const execution = engine.start({ definition, name: "run", input: INPUT });
  const result = await execution.done;
  if (result.status === "SUCCEEDED") return { keys: [...keys].sort(), succeeded: true };
  const again = await engine.redrive(execution).done;
  return { keys: [...keys].sort(), succeeded: again.status === "SUCCEEDED" };
}

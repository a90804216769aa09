import fc from "fast-check";
import { expect, test } from "vitest";
import type { StateMachine } from "../../sdk/asl/types.ts";
import {
  createEngine,
  type Engine,
  type Execution,
  ExecutionNotRedrivable,
  type ExecutionResult,
  type HistoryEvent,
  validateDefinition,
} from "../../sdk/engine/index.ts";
import { evaluateText, PayloadError } from "../../sdk/engine/jsonpath/payload.ts";
import type { Json } from "../../sdk/model/json.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import { anyMachine, dynamic, input, json } from "./fuzz-machines.ts";
import { countingIds } from "./run.ts";
import { runsOf, seed } from "./seed.ts";

/**
 * No definition and no input makes the engine crash, hang, or fail without a name. `npm run fuzz` looks longer and
 * elsewhere each time; `RUNLET_FUZZ_SEED` repeats what was found.
 */
const runs = runsOf(300);

const TERMINAL = ["ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"];

/** Ids without gaps, and an end at the end, or where a redrive follows. */
function checkHistory(history: readonly HistoryEvent[]): void {
  for (const [index, event] of history.entries()) {
    expect(event.id).toBe(index + 1);
    expect(event.previousEventId).toBeLessThan(event.id);
    const next = history[index + 1]?.type;
    expect(TERMINAL.includes(event.type)).toBe(next === undefined || next === "ExecutionRedriven");
  }
}

function checkResult(result: ExecutionResult): void {
  if (result.status !== "FAILED") return;
  expect(result.cause ?? "").not.toContain("defect");
  if (result.error === "States.Runtime") expect(result.cause ?? "").not.toBe("");
}

/** Runs the machine, if it is one, and checks all that must hold whatever it is. */
async function tryMachine(machine: unknown, document: Json, answers: readonly number[]): Promise<boolean> {
  const definition = machine as StateMachine;
  const problems = validateDefinition(definition);
  const clock = new ManualClock();
  let calls = 0;
  const engine = createEngine({
    clock,
    ids: countingIds(),
    random: () => 0.5,
    integration: async (call) => {
      const answer = answers[calls++ % answers.length];
      if (answer === 0) return { ok: false, error: "E", cause: "why" };
      if (answer === 1) return new Promise(() => undefined);
      if (answer === 2) return { ok: true, output: { a: [{ b: 2 }] } };
      return { ok: true, output: call.arguments };
    },
  });
  if (problems.length > 0) {
    for (const { code, location, message } of problems) expect([code, location, message]).not.toContain("");
    expect(() => engine.start({ definition, input: document })).toThrow(RunletError);
    return false;
  }
  const execution = engine.start({
    definition: { ...definition, TimeoutSeconds: 1_000_000 },
    input: document,
  });
  const result = await clock.runUntil(execution.done);
  checkHistory(execution.history);
  checkResult(result);
  if (result.status !== "SUCCEEDED") await redrive(engine, execution, clock);
  return true;
}

async function redrive(engine: Engine, execution: Execution, clock: ManualClock): Promise<void> {
  let again: Execution;
  try {
    again = engine.redrive(execution);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ExecutionNotRedrivable);
    return;
  }
  checkResult(await clock.runUntil(again.done));
  checkHistory(again.history);
}

const timeout = 10_000 + runs * 100;
const answers = fc.array(fc.nat(4), { minLength: 1, maxLength: 5 });

test(`any definition on any input, seed ${seed}`, { timeout }, async () => {
  console.log(`fuzz: ${runs} runs, seed ${seed}`);
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(anyMachine, input, answers, async (machine, document, given) => {
      if (await tryMachine(machine, document, given)) accepted++;
    }),
    { numRuns: runs, seed },
  );
  expect(accepted).toBeGreaterThan(runs / 2);
});

test(`a definition with one value exchanged, seed ${seed}`, { timeout }, async () => {
  const place = fc.array(fc.nat(7), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(anyMachine, place, json, answers, async (machine, turns, value, given) => {
      const copy = JSON.parse(JSON.stringify(machine)) as Json;
      exchange(copy, turns, value);
      await tryMachine(copy, { a: [value], n: 1 }, given);
    }),
    { numRuns: runs, seed },
  );
});

test(`any path and any function on any document, seed ${seed}`, { timeout }, () => {
  const environment = { random: () => 0.5, uuid: () => "u" };
  fc.assert(
    fc.property(dynamic, input, (text, document) => {
      const definition = {
        StartAt: "S",
        States: { S: { Type: "Pass", Parameters: { "v.$": text }, End: true } },
      };
      if (validateDefinition(definition).length > 0) return;
      const view = { document, context: () => ({}), variables: { x: document } };
      try {
        expect(JSON.stringify(evaluateText(text, "v.$", view, environment))).toBeTypeOf("string");
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(PayloadError);
      }
    }),
    { numRuns: runs * 10, seed },
  );
});

/** Walks down, the n-th child at each turn, and puts the value where the way ends. */
function exchange(target: Json, turns: readonly number[], value: Json): void {
  const [turn = 0, ...rest] = turns;
  if (typeof target !== "object" || target === null) return;
  const entries = Object.keys(target);
  const key = entries[turn % Math.max(entries.length, 1)];
  if (key === undefined) return;
  const holder = target as { [key: string]: Json };
  const child = holder[key] ?? null;
  if (rest.length > 0 && typeof child === "object" && child !== null) exchange(child, rest, value);
  else holder[key] = value;
}

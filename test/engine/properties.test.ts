import fc from "fast-check";
import { expect, test } from "vitest";
import type { Retrier, StateMachine } from "../../sdk/asl/types.ts";
import {
  createEngine,
  type ExecutionResult,
  type HistoryEvent,
  type IntegrationCall,
  type Outcome,
  validateDefinition,
} from "../../sdk/engine/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { ManualClock } from "../../sdk/model/manual-clock.ts";
import type { FaultPlan } from "../journal/faulty-disk.ts";
import { Desk, engineOf } from "./durable/desk.ts";
import { anyMachine, input } from "./fuzz-machines.ts";
import { countingIds, FUNCTION, LAMBDA, machine, run } from "./run.ts";
import { runsOf, seed } from "./seed.ts";

/**
 * What must hold of every run: retry counters, histories, replay. (Scopes and the order of a Map's results:
 * scopes.test.ts.) `npm run fuzz` looks longer and elsewhere; `RUNLET_FUZZ_SEED` repeats what was found.
 */
const runs = runsOf(150);
const timeout = 20_000 + runs * 200;
console.log(`properties: ${runs} runs, seed ${seed}`);

const NAMES = ["A", "B", "C"];
const retrier = (names: string[]): fc.Arbitrary<Retrier> =>
  fc.record(
    {
      ErrorEquals: fc.constant(names),
      MaxAttempts: fc.nat(4),
      IntervalSeconds: fc.integer({ min: 1, max: 5 }),
      BackoffRate: fc.constantFrom(1, 1.5, 2),
      MaxDelaySeconds: fc.integer({ min: 6, max: 8 }),
    },
    { requiredKeys: ["ErrorEquals"] },
  );
const retriers = fc
  .tuple(fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 }), fc.boolean())
  .chain(([names, all]) =>
    fc.tuple(...[...names.map((name) => [name]), ...(all ? [["States.ALL"]] : [])].map(retrier)),
  );

/** The rules of asl.md, written down a second time: attempts made and milliseconds waited. */
function expected(list: readonly Retrier[], errors: readonly string[]): { attempts: number; waited: number } {
  const used = list.map(() => 0);
  let waited = 0;
  for (const [index, error] of errors.entries()) {
    const at = list.findIndex(
      ({ ErrorEquals: names }) => names.includes(error) || names.includes("States.ALL"),
    );
    const rule = list[at];
    const before = used[at];
    if (!rule || before === undefined || before === (rule.MaxAttempts ?? 3))
      return { attempts: index + 1, waited };
    const seconds = (rule.IntervalSeconds ?? 1) * (rule.BackoffRate ?? 2) ** before;
    waited += Math.min(seconds, rule.MaxDelaySeconds ?? seconds) * 1_000;
    used[at] = before + 1;
  }
  return { attempts: errors.length + 1, waited };
}

test(`each retrier counts for itself, seed ${seed}`, { timeout }, async () => {
  const errors = fc.array(fc.constantFrom(...NAMES), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(retriers, errors, async (list, given) => {
      const state = {
        Type: "Task",
        Resource: LAMBDA,
        Arguments: { FunctionName: FUNCTION },
        End: true,
      } as const;
      const { calls, elapsed, result } = await run(
        machine({ T: { ...state, ...(list.length > 0 ? { Retry: list } : {}) } }),
        {
          integration: ({ attempt }) => {
            const error = given[attempt];
            return error === undefined ? { ok: true, output: 1 } : { ok: false, error, cause: "" };
          },
        },
      );
      const { attempts, waited } = expected(list, given);
      expect(calls.length).toBe(attempts);
      expect(elapsed).toBeCloseTo(waited, 3);
      expect(result.status).toBe(attempts > given.length ? "SUCCEEDED" : "FAILED");
    }),
    { numRuns: runs, seed },
  );
});

/** The answer of a call hangs on what is called only, so that it is the same in another run. */
function answer({ stateName, attempt }: IntegrationCall, seeds: readonly number[]): Outcome {
  const sum = [...`${stateName}${attempt}`].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  const choice = seeds[sum % seeds.length];
  if (choice === 0) return { ok: false, error: "E", cause: "why" };
  return { ok: true, output: choice === 1 ? { a: [{ b: 2 }] } : { n: choice ?? 0 } };
}

const limited = (definition: StateMachine): StateMachine => ({ ...definition, TimeoutSeconds: 1_000_000 });
const answers = fc.array(fc.nat(4), { minLength: 1, maxLength: 5 });
const valid = anyMachine.filter((one) => validateDefinition(one as unknown as StateMachine).length === 0);

test(`a history only grows, and the same run has the same one, seed ${seed}`, { timeout }, async () => {
  const once = async (definition: StateMachine, document: Json, given: readonly number[]) => {
    const clock = new ManualClock();
    const heard: HistoryEvent[] = [];
    const engine = createEngine({
      clock,
      ids: countingIds(),
      random: () => 0.5,
      integration: async (call) => {
        await new Promise<void>((done) => void clock.schedule(100, done));
        return answer(call, given);
      },
      onEvent: (arn, event) => {
        if (arn.endsWith("machine:run")) heard.push(structuredClone(event));
      },
    });
    const execution = engine.start({ definition: limited(definition), input: document, name: "run" });
    const views: HistoryEvent[][] = [];
    const look = (): void => {
      views.push(structuredClone([...execution.history]));
      if (views.length < 50) clock.schedule(70, look);
    };
    look();
    const result = await clock.runUntil(execution.done);
    return { result, history: [...execution.history], heard, views };
  };
  await fc.assert(
    fc.asyncProperty(valid, input, answers, async (definition, document, given) => {
      const first = await once(definition as unknown as StateMachine, document, given);
      for (const view of first.views) expect(first.history.slice(0, view.length)).toEqual(view);
      expect(first.heard).toEqual(first.history);
      for (const [index, { timestamp }] of first.history.entries()) {
        expect(Number(timestamp)).toBeGreaterThanOrEqual(Number(first.history[index - 1]?.timestamp ?? 0));
      }
      const second = await once(definition as unknown as StateMachine, document, given);
      expect(second.result).toEqual(first.result);
      expect(second.history).toEqual(first.history);
    }),
    { numRuns: runs, seed },
  );
});

test(`a run that is killed and replayed ends as one that is not, seed ${seed}`, { timeout }, async () => {
  const whole = async (definition: StateMachine, document: Json, given: readonly number[]) => {
    const desk = new Desk();
    const process = await desk.open((call) => answer(call, given));
    const execution = await desk.until(engineOf(process).start({ definition, input: document, name: "run" }));
    const result = await desk.until(execution.done);
    return { result, kinds: kinds(execution.history), syncs: desk.disk.counts.get("sync segment") ?? 0 };
  };
  const killed = async (
    definition: StateMachine,
    document: Json,
    given: readonly number[],
    at: number,
  ): Promise<{ result: ExecutionResult; kinds: string[] } | undefined> => {
    const desk = new Desk();
    let syncs = 0;
    const plan: FaultPlan = (operation, name) =>
      operation === "sync" && name.startsWith("segment") && ++syncs === at ? "die" : undefined;
    const work = (call: IntegrationCall): Outcome => answer(call, given);
    const first = await desk.open(work, {}, plan);
    const died = first.machine.died.then(() => undefined);
    const starting = first.engine?.start({ definition, input: document, name: "run" });
    const begun = await desk.until(Promise.race([starting, died]));
    if (begun) await desk.until(Promise.race([begun.done, died]));
    desk.crash();
    const second = engineOf(await desk.open(work));
    const [left] = second.list();
    if (!left) return undefined;
    const result = await desk.until(second.find(left.arn)?.done ?? Promise.reject(new Error("not there")));
    return { result, kinds: kinds(await desk.until(second.history(left.arn))) };
  };
  await fc.assert(
    fc.asyncProperty(valid, input, answers, fc.nat(1_000), async (definition, document, given, luck) => {
      const one = limited(definition as unknown as StateMachine);
      const { syncs, ...all } = await whole(one, document, given);
      const again = await killed(one, document, given, 1 + (luck % Math.max(syncs, 1)));
      if (again) expect(again).toEqual(all);
    }),
    { numRuns: Math.ceil(runs / 3), seed },
  );
});

const kinds = (history: readonly HistoryEvent[]): string[] => history.map(({ type }) => type).sort();

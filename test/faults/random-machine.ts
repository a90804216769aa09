import { createHash } from "node:crypto";
import type { StateMachine, SubMachine } from "../../sdk/asl/types.ts";
import type { IntegrationCall, Outcome } from "../../sdk/engine/index.ts";
import { LAMBDA, TOKEN } from "../engine/run.ts";

export type Random = () => number;

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const below = (random: Random, most: number): number => Math.floor(random() * most);

/** States that follow each other; every call of a run has arguments of its own: the step's name, and the way to the item. */
export function randomMachine(random: Random, options: { tokens: boolean }): StateMachine {
  let count = 0;
  const sub = (depth: number): SubMachine => {
    const length = 1 + below(random, 3);
    const names = Array.from({ length }, () => `S${++count}`);
    const states = names.map((name, index) => {
      const next = names[index + 1];
      return [name, { ...state(name, depth), ...(next === undefined ? { End: true } : { Next: next }) }];
    });
    return { StartAt: names[0], States: Object.fromEntries(states) } as SubMachine;
  };
  const state = (name: string, depth: number): object => {
    const kind = below(random, depth > 0 ? 10 : 6);
    if (kind < 4) return task(name, random, options.tokens);
    if (kind === 4) return { Type: "Wait", Seconds: 1 + below(random, 5_000) };
    if (kind === 5)
      return {
        Type: "Pass",
        Output: `{% $merge([$states.input, {'${name}': $random()}]) ~> |$|{}, '${name}'| %}`,
      };
    if (kind < 8) return map(name, sub(depth - 1), random);
    const branches = Array.from({ length: 1 + below(random, 3) }, () => sub(depth - 1));
    return { Type: "Parallel", Branches: branches, Output: gathered };
  };
  return { QueryLanguage: "JSONata", ...sub(2) } as StateMachine;
}

const gathered = "{% {'path': $states.input.path, 'results': $states.result} %}";
const kept = (name: string): string => `{% $merge([$states.input, {'${name}': $states.result}]) %}`;

function task(name: string, random: Random, tokens: boolean): object {
  const isToken = tokens && random() < 0.15;
  const args = { step: name, path: "{% $states.input.path %}" };
  return {
    Type: "Task",
    Resource: isToken ? TOKEN : LAMBDA,
    Arguments: isToken ? { ...args, token: "{% $states.context.Task.Token %}" } : args,
    Output: kept(name),
    ...(!isToken && random() < 0.3 ? { TimeoutSeconds: 5 } : {}),
    Retry: [
      { ErrorEquals: ["Passing", "States.Timeout"], MaxAttempts: 2, JitterStrategy: "FULL" },
      { ErrorEquals: ["Other"], MaxAttempts: 1, IntervalSeconds: 30, BackoffRate: 1.5 },
    ],
  };
}

function map(name: string, processor: SubMachine, random: Random): object {
  const isDistributed = random() < 0.4;
  const path = `{% $states.input.path & '.' & $string($states.context.Map.Item.Index) %}`;
  return {
    Type: "Map",
    Items: `{% [1..${1 + below(random, 5)}] %}`,
    ItemSelector: { path },
    ...(random() < 0.6 ? { MaxConcurrency: 1 + below(random, 3) } : {}),
    ...(isDistributed ? { Label: name } : {}),
    ItemProcessor: {
      ...processor,
      ...(isDistributed ? { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" } } : {}),
    },
    Output: gathered,
  };
}

/** What a call is, whoever makes it and however often. */
export function keyOf(call: IntegrationCall): string {
  const { step, path } = call.arguments as { step: string; path: string };
  return `${path} ${step} ${call.attempt}`;
}

/** How a call is answered, and after how many milliseconds: both follow from what it is. */
export function answerTo(call: IntegrationCall): { outcome: Outcome | undefined; after: number } {
  const bytes = createHash("sha256").update(keyOf(call)).digest();
  const chance = bytes.readUInt16LE(0) % 100;
  const after = 1 + (bytes.readUInt16LE(2) % 900);
  if (call.taskToken !== undefined) return { outcome: { ok: true, output: null }, after };
  if (chance < 8) return { outcome: { ok: false, error: "Passing", cause: keyOf(call) }, after };
  if (chance < 10) return { outcome: { ok: false, error: "Other", cause: "" }, after };
  if (chance < 11) return { outcome: { ok: false, error: "Final", cause: "for good" }, after };
  if (chance < 16) return { outcome: { ok: true, output: bytes.toString("hex") }, after: 7_000 };
  return { outcome: { ok: true, output: { n: bytes.readUInt32LE(4), of: keyOf(call) } }, after };
}

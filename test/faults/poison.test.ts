import { loadavg } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StateMachine } from "../../sdk/asl/types.ts";
import { FaultLab, type Server } from "./processes.ts";

/** `npm run faults` measures: RUNLET_FAULT_KILLS says that it is that. */
const measures = process.env["RUNLET_FAULT_KILLS"] !== undefined;
const RUNS = measures ? 150 : 4;
/** Alone and beside poison in turn, all together: with one round of each, the second worst run would be the 99th percentile. */
const ROUNDS = measures ? 3 : 1;
const POISONS = {
  throws: /RangeError/,
  never: /Sandbox.Timedout/,
  blocks: /Sandbox.Timedout/,
  exits: /Runtime.ExitError/,
  // Which comes first, the end of its memory or of its time, is the machine's affair.
  memory: /Runtime.ExitError|Sandbox.Timedout/,
};
type Poison = keyof typeof POISONS;
const lab = new FaultLab();

beforeAll(() => lab.prepare());
afterAll(() => lab.remove());

const machine = (poison?: string): StateMachine =>
  ({
    QueryLanguage: "JSONata",
    StartAt: "A",
    States: Object.fromEntries(
      ["A", "B"].map((name) => [
        name,
        {
          Type: "Task",
          Resource: "arn:aws:states:::lambda:invoke",
          Arguments: {
            step: name,
            path: "{% $states.input.path %}",
            millis: 5,
            ...(poison ? { poison } : {}),
          },
          Output: "{% $states.input %}",
          ...(poison ? { Retry: [{ ErrorEquals: ["States.ALL"], MaxAttempts: 1, MaxDelaySeconds: 1 }] } : {}),
          ...(name === "A" ? { Next: "B" } : { End: true }),
        },
      ]),
    ),
  }) as unknown as StateMachine;

/** Runs one after the other; gives how long each took, in milliseconds. */
async function latencies(server: Server, prefix: string): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < RUNS; n++) {
    const name = `${prefix}${n}`;
    const began = Date.now();
    server.start(name, machine(), { path: name });
    const { at, result } = await server.until((said) => said.say === "ended" && said.name === name);
    expect(result?.status).toBe("SUCCEEDED");
    took.push(at - began);
  }
  return took;
}

/** Each failed as its policy says: its retry was counted, and the step behind it never began. */
async function endedRightly(server: Server, poison: string, name: string, error: RegExp): Promise<void> {
  const { result } = await server.until((said) => said.say === "ended" && said.name === name);
  expect(result, poison).toMatchObject({ status: "FAILED" });
  expect(JSON.stringify(result)).toMatch(error);
  const steps = lab.steps().flatMap(([, step]) => (step.startsWith(`${name} `) ? [step] : []));
  expect(steps).toEqual([`${name} A`, `${name} A`]);
}

const p99 = (all: number[]): number => all.sort((a, b) => a - b)[Math.floor(all.length * 0.99)] ?? 0;

/** Runs alone and beside these poisons in turn. @returns how many times longer the second worst of a hundred takes */
async function besidePoison(server: Server, poisons: Poison[]): Promise<number> {
  const alone: number[] = [];
  const beside: number[] = [];
  const label = poisons.join("+");
  for (let round = 0; round < ROUNDS; round++) {
    if (measures) alone.push(...(await latencies(server, `${label} alone${round} `)));
    const named = poisons.map((poison) => ({ poison, name: `${label} ${poison}${round}` }));
    for (const { poison, name } of named) server.start(name, machine(poison), { path: name });
    beside.push(...(await latencies(server, `${label} beside${round} `)));
    for (const { poison, name } of named) await endedRightly(server, poison, name, POISONS[poison]);
  }
  const [before, after] = [p99(alone), p99(beside)];
  const times = (after / before).toFixed(2);
  if (measures)
    console.log(
      `beside ${label}: p99 of ${alone.length} runs alone ${before} ms, beside it ${after} ms, ${times} times; worst ${alone.at(-1)} and ${beside.at(-1)} ms; load ${loadavg()[0]?.toFixed(1)}`,
    );
  return after / before;
}

test("F2, F17: tasks that throw, hang, spin, exit or fill memory fail as their policy says, and others go on", {
  timeout: 600_000,
}, async () => {
  const server = lab.server({ hosted: true });
  await server.until(({ say }) => say === "open");
  await latencies(server, "warm");
  const all = Object.keys(POISONS) as Poison[];
  await besidePoison(server, all);
  if (!measures) return;
  const ratios: [Poison, number][] = [];
  for (const poison of all) ratios.push([poison, await besidePoison(server, [poison])]);
  expect(ratios.filter(([, ratio]) => ratio >= 2)).toEqual([]);
});

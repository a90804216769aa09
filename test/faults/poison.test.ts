import { afterAll, beforeAll, expect, test } from "vitest";
import type { StateMachine } from "../../sdk/asl/types.ts";
import { FaultLab, type Server } from "./processes.ts";

/** `npm run faults` measures: RUNLET_FAULT_KILLS says that it is that. */
const measures = process.env["RUNLET_FAULT_KILLS"] !== undefined;
const RUNS = measures ? 150 : 4;
const POISONS = {
  never: "Sandbox.Timedout",
  blocks: "Sandbox.Timedout",
  exits: "Runtime.ExitError",
  memory: "Runtime.ExitError",
};
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

/** Runs one after the other, and says how long each took, in milliseconds. */
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
  return took.sort((a, b) => a - b);
}

const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? 0;

test("F2, F17: tasks that hang, spin, exit or fill memory fail as their policy says, and others go on", {
  timeout: 200_000,
}, async () => {
  const server = lab.server({ hosted: true });
  await server.until(({ say }) => say === "open");
  await latencies(server, "warm");
  const before = await latencies(server, "alone");
  for (const poison of Object.keys(POISONS)) server.start(poison, machine(poison), { path: poison });
  const beside = await latencies(server, "beside");
  for (const [poison, error] of Object.entries(POISONS)) {
    const { result } = await server.until(({ say, name }) => say === "ended" && name === poison);
    expect(result).toMatchObject({ status: "FAILED" });
    expect(JSON.stringify(result)).toContain(error.split(".").at(-1));
    // Its retry was counted, and the step behind it never began.
    expect(
      lab
        .steps()
        .filter(([, step]) => step.startsWith(`${poison} `))
        .map(([, step]) => step),
    ).toEqual([`${poison} A`, `${poison} A`]);
  }
  const ratio = p99(beside) / p99(before);
  if (!measures) return;
  console.log(
    `p99 of ${RUNS} runs alone ${p99(before)} ms, beside poison ${p99(beside)} ms: ${ratio.toFixed(2)} times`,
  );
  expect(ratio).toBeLessThan(2);
});

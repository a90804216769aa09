import { describe, expect, test } from "vitest";
import type { Retrier } from "../../sdk/asl/types.ts";
import type { IntegrationCall, Outcome } from "../../sdk/engine/index.ts";
import type { ManualClock } from "../../sdk/model/manual-clock.ts";
import { bad, LAMBDA, machine, ok, output, run } from "./run.ts";

/** Runs one Task whose attempts fail with the given errors in turn; tells when each attempt began, in seconds. */
async function attempts(retry: Retrier[], errors: string[], random = 0.5) {
  const starts: number[] = [];
  let begun = 0;
  const ran = await run(
    machine({
      T: {
        Type: "Task",
        Resource: LAMBDA,
        Arguments: { n: "{% $states.context.State.RetryCount %}" },
        Retry: retry,
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "H", Output: "{% $states.errorOutput.Error %}" }],
        End: true,
      },
      H: { Type: "Pass", End: true },
    }),
    {
      options: { random: () => random },
      integration: (call: IntegrationCall, clock: ManualClock): Outcome => {
        if (starts.length === 0) begun = clock.now();
        starts.push((clock.now() - begun) / 1_000);
        expect(call.arguments).toEqual({ n: call.attempt });
        const error = errors[call.attempt];
        return error === undefined ? ok("done") : bad(error);
      },
    },
  );
  return { starts, output: output(ran) };
}

describe("delays", () => {
  test("defaults: three attempts after 1, 2 and 4 seconds", async () => {
    expect(await attempts([{ ErrorEquals: ["States.ALL"] }], Array(9).fill("X"))).toEqual({
      starts: [0, 1, 3, 7],
      output: "X",
    });
  });

  test("interval, rate and cap", async () => {
    const retrier = {
      ErrorEquals: ["X"],
      IntervalSeconds: 2,
      BackoffRate: 3,
      MaxDelaySeconds: 10,
      MaxAttempts: 4,
    };
    expect((await attempts([retrier], Array(9).fill("X"))).starts).toEqual([0, 2, 8, 18, 28]);
  });

  test("the fifth delay at rate 2 is 16 seconds", async () => {
    const { starts } = await attempts([{ ErrorEquals: ["X"], MaxAttempts: 5 }], Array(9).fill("X"));
    expect((starts[5] ?? 0) - (starts[4] ?? 0)).toBe(16);
  });

  // docs/verify-on-aws.md V17
  test("full jitter is a part of the delay by the injected randomness", async () => {
    const retrier: Retrier = {
      ErrorEquals: ["X"],
      IntervalSeconds: 8,
      MaxAttempts: 2,
      JitterStrategy: "FULL",
    };
    expect((await attempts([retrier], ["X", "X"], 0.25)).starts).toEqual([0, 2, 6]);
    expect((await attempts([retrier], ["X", "X"], 0)).starts).toEqual([0, 0, 0]);
  });

  test("an interval of 0 is no delay", async () => {
    expect(
      (await attempts([{ ErrorEquals: ["X"], IntervalSeconds: 0, MaxAttempts: 2 }], ["X", "X"])).starts,
    ).toEqual([0, 0, 0]);
  });
});

describe("counters", () => {
  test("each retrier counts for itself", async () => {
    const { starts, output: value } = await attempts(
      [
        { ErrorEquals: ["A"], IntervalSeconds: 1, MaxAttempts: 2 },
        { ErrorEquals: ["B"], IntervalSeconds: 10, MaxAttempts: 2 },
      ],
      ["A", "B", "A", "B", "A"],
    );
    expect(starts).toEqual([0, 1, 11, 13, 33]);
    expect(value).toBe("A");
  });

  test("only the first retrier that names the error counts, used up or not", async () => {
    const { starts, output: value } = await attempts(
      [
        { ErrorEquals: ["A"], MaxAttempts: 0 },
        { ErrorEquals: ["States.ALL"], MaxAttempts: 5 },
      ],
      ["B", "A"],
    );
    expect(starts).toEqual([0, 1]);
    expect(value).toBe("A");
  });

  test("a success ends it", async () => {
    expect(await attempts([{ ErrorEquals: ["X"] }], ["X"])).toEqual({ starts: [0, 1], output: "done" });
  });

  test("they begin anew when the state is entered again", async () => {
    let calls = 0;
    const ran = await run(
      machine({
        T: {
          Type: "Task",
          Resource: LAMBDA,
          Retry: [{ ErrorEquals: ["X"], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ["X"], Next: "Again", Output: {} }],
          Next: "Done",
        },
        Again: { Type: "Pass", Next: "T" },
        Done: { Type: "Succeed" },
      }),
      { integration: (call) => (++calls < 6 ? bad("X") : ok(call.attempt)) },
    );
    expect(ran.calls.map((call) => call.attempt)).toEqual([0, 1, 0, 1, 0, 1]);
    expect(output(ran)).toBe(1);
  });
});

test("States.Runtime is neither retried nor caught, by no name", async () => {
  const all = { ErrorEquals: ["States.Runtime", "States.TaskFailed"] };
  const ran = await run(
    machine({
      T: { Type: "Task", Resource: LAMBDA, Retry: [all], Catch: [{ ...all, Next: "H" }], End: true },
      H: { Type: "Pass", End: true },
    }),
    { integration: () => bad("States.Runtime", "x") },
  );
  expect(ran.result).toEqual({ status: "FAILED", error: "States.Runtime", cause: "x" });
  expect(ran.calls).toHaveLength(1);
});

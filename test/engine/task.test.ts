import { expect, test } from "vitest";
import { bad, chain, FUNCTION, LAMBDA, machine, ok, output, run } from "./run.ts";

test("a Task hands its Arguments over and puts the result out", async () => {
  const ran = await run(
    machine({
      T: { Type: "Task", Resource: LAMBDA, Arguments: { a: "{% $states.input.x %}", b: [1] }, End: true },
    }),
    { input: { x: "y" } },
  );
  expect(output(ran)).toEqual({ a: "y", b: [1] });
  expect(ran.calls[0]).toMatchObject({ resource: LAMBDA, executionName: "run", stateName: "T", attempt: 0 });
  expect(chain(ran)).toEqual([
    "1 ExecutionStarted <- 0",
    "2 TaskStateEntered <- 0",
    "3 TaskScheduled <- 2",
    "4 TaskStarted <- 3",
    "5 TaskSucceeded <- 4",
    "6 TaskStateExited <- 5",
    "7 ExecutionSucceeded <- 6",
  ]);
});

test("a retry goes from the failure straight to the next attempt, then a Catch takes over", async () => {
  const ran = await run(
    machine({
      T: {
        Type: "Task",
        Resource: FUNCTION,
        Retry: [{ ErrorEquals: ["Busy"], MaxAttempts: 2 }],
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "P", Assign: { e: "{% $states.errorOutput.Error %}" } }],
        End: true,
      },
      P: { Type: "Pass", Output: { e: "{% $e %}", in: "{% $states.input %}" }, End: true },
    }),
    { integration: () => bad("Busy", "later") },
  );
  expect(output(ran)).toEqual({ e: "Busy", in: { Error: "Busy", Cause: "later" } });
  expect(ran.elapsed).toBe(3_000);
  expect(ran.calls.map((call) => call.attempt)).toEqual([0, 1, 2]);
});

test("a Map runs its items and keeps their order", async () => {
  const ran = await run(
    machine({
      M: {
        Type: "Map",
        Items: "{% $states.input.xs %}",
        MaxConcurrency: 1,
        ItemProcessor: { StartAt: "P", States: { P: { Type: "Task", Resource: LAMBDA, End: true } } },
        End: true,
      },
    }),
    { input: { xs: [1, 2] }, integration: (call) => ok((call.arguments as number) * 2) },
  );
  expect(output(ran)).toEqual([2, 4]);
});

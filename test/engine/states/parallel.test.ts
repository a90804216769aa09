import { expect, test } from "vitest";
import type { ParallelState, SubMachine } from "../../../sdk/asl/types.ts";
import { sleepOn } from "../../../sdk/model/clock.ts";
import { bad, LAMBDA, machine, ok, output, run } from "../run.ts";

const branch = (states: SubMachine["States"]): SubMachine => ({
  StartAt: Object.keys(states)[0] ?? "",
  States: states,
});
const parallel = (branches: SubMachine["States"][], fields: Partial<ParallelState> = {}): ParallelState =>
  ({
    Type: "Parallel",
    Branches: branches.map(branch),
    ...("Next" in fields ? {} : { End: true }),
    ...fields,
  }) as ParallelState;
const task = (name: string) =>
  ({ [name]: { Type: "Task", Resource: LAMBDA, End: true } }) as SubMachine["States"];

test("branches run at once, on the same input, and keep their order", async () => {
  const ran = await run(
    machine({ P: parallel([task("A"), task("B"), { C: { Type: "Pass", End: true } }]) }),
    {
      input: { a: 1 },
      integration: (call, clock) =>
        sleepOn(clock, call.stateName === "A" ? 9_000 : 4_000).then(() => ok(call.stateName)),
    },
  );
  expect(output(ran)).toEqual(["A", "B", { a: 1 }]);
  expect(ran.elapsed).toBe(9_000);
});

test("Arguments are what the branches get, Assign and Output see the result", async () => {
  const ran = await run(
    machine({
      P: parallel([{ A: { Type: "Pass", End: true } }], {
        Arguments: { n: "{% $states.input.n + 1 %}" },
        Assign: { r: "{% $states.result %}" },
        Output: "{% $states.result[0].n %}",
        Next: "Q",
      }),
      Q: { Type: "Pass", Output: ["{% $r %}", "{% $states.input %}"], End: true },
    }),
    { input: { n: 1 } },
  );
  expect(output(ran)).toEqual([[{ n: 2 }], 2]);
});

test("the first failure aborts the others; Catch sees it, also for a failed expression", async () => {
  const catching = { Catch: [{ ErrorEquals: ["States.QueryEvaluationError"], Next: "H" }] };
  const ran = await run(
    machine({
      P: parallel(
        [
          { W: { Type: "Wait", Seconds: 50, End: true } },
          { U: { Type: "Pass", Output: "{% $nope %}", End: true } },
        ],
        catching,
      ),
      H: { Type: "Pass", Output: "{% $states.input.Cause %}", End: true },
    }),
  );
  expect(output(ran)).toContain("the state 'U'");
  expect(ran.elapsed).toBe(0);
});

test("a retry runs all branches again, and the count is the Parallel's", async () => {
  const ran = await run(
    machine({
      P: parallel([task("A"), task("B")], {
        Arguments: "{% $states.context.State.RetryCount %}",
        Retry: [{ ErrorEquals: ["E"], IntervalSeconds: 5 }],
      }),
    }),
    {
      integration: (call) => (call.arguments === 0 && call.stateName === "B" ? bad("E") : ok(call.arguments)),
    },
  );
  expect(output(ran)).toEqual([1, 1]);
  expect(ran.calls.map((call) => [call.stateName, call.attempt])).toEqual([
    ["A", 0],
    ["B", 0],
    ["A", 0],
    ["B", 0],
  ]);
  expect(ran.elapsed).toBe(5_000);
});

test("States.Runtime in a branch ends the execution", async () => {
  const ran = await run(
    machine({
      P: parallel([task("A"), { W: { Type: "Wait", Seconds: 5, End: true } }], {
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }],
      }),
      H: { Type: "Succeed" },
    }),
    { integration: () => bad("States.Runtime", "x") },
  );
  expect(ran.result).toEqual({ status: "FAILED", error: "States.Runtime", cause: "x" });
});

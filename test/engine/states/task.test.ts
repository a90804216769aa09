import { describe, expect, test } from "vitest";
import type { TaskState } from "../../../sdk/asl/types.ts";
import { sleepOn } from "../../../sdk/model/clock.ts";
import { bad, chain, FUNCTION, LAMBDA, machine, ok, output, run } from "../run.ts";

const task = (fields: Partial<TaskState> = {}): TaskState =>
  ({ Type: "Task", Resource: LAMBDA, ...("Next" in fields ? {} : { End: true }), ...fields }) as TaskState;
const handler = { Type: "Pass", Output: "{% $states.input %}", End: true } as const;

describe("a call", () => {
  test("hands its Arguments over and puts the result out", async () => {
    const ran = await run(machine({ T: task({ Arguments: { a: "{% $states.input.x %}", b: [1] } }) }), {
      input: { x: "y" },
    });
    expect(output(ran)).toEqual({ a: "y", b: [1] });
    expect(ran.calls[0]).toMatchObject({
      resource: LAMBDA,
      executionName: "run",
      stateName: "T",
      attempt: 0,
    });
    expect(ran.calls[0]).not.toHaveProperty("taskToken");
  });

  test("Assign and Output see the result and the values on entry", async () => {
    const ran = await run(
      machine({
        T: task({
          Next: "P",
          Assign: { whole: "{% $states.result %}", list: "{% $states.result.list %}" },
          Output: { seen: "{% $exists($whole) %}", list: "{% $states.result.list %}" },
        }),
        P: { Type: "Pass", Output: ["{% $whole %}", "{% $list %}", "{% $states.input %}"], End: true },
      }),
      { integration: () => ok({ list: [[1]] }) },
    );
    expect(output(ran)).toEqual([{ list: [[1]] }, [[1]], { seen: false, list: [[1]] }]);
  });

  test("V47 a job that is waited for gets the marks of Step Functions, beside what it was given", async () => {
    const job = (name: string, args: object) =>
      machine({ T: task({ Resource: `arn:aws:states:::${name}`, Arguments: args as never }) });
    const mark = { name: "MANAGED_BY_AWS", value: "STARTED_BY_STEP_FUNCTIONS" };
    const given = { JobName: "j", JobQueue: "q", JobDefinition: "d" };
    const sent = async (name: string, args: object) => {
      const ran = await run(job(name, args));
      const scheduled = ran.execution.history.find((event) => event.type === "TaskScheduled");
      const { arguments: got } = ran.calls[0] as { arguments: unknown };
      expect(JSON.parse(scheduled?.taskScheduledEventDetails?.parameters as string)).toEqual(got);
      return got;
    };
    const environment = [{ name: "A", value: "1" }];
    const overrides = { Command: ["c"], Environment: environment };
    expect(await sent("batch:submitJob.sync", given)).toEqual({
      ...given,
      ContainerOverrides: { Environment: [mark] },
    });
    expect(await sent("batch:submitJob.sync", { ...given, ContainerOverrides: overrides })).toEqual({
      ...given,
      ContainerOverrides: { Command: ["c"], Environment: [...environment, mark] },
    });
    expect(await sent("batch:submitJob", given)).toEqual(given);
    const definition = { TaskDefinition: "t" };
    expect(await sent("ecs:runTask.sync", definition)).toEqual({
      ...definition,
      StartedBy: "AWS Step Functions",
    });
    expect(await sent("ecs:runTask", definition)).toEqual(definition);
  });

  test("neither side sees what the other changes later", async () => {
    const shared = { list: [1] };
    const input = { a: [1] };
    const ran = await run(
      machine({
        T: task({
          Next: "W",
          Arguments: "{% $states.input %}",
          Output: ["{% $states.input %}", "{% $states.result %}"],
        }),
        W: { Type: "Wait", Seconds: 1, End: true },
      }),
      {
        input,
        integration: (call, clock) => {
          (call.arguments as typeof input).a.push(2);
          input.a.push(3);
          clock.schedule(500, () => void shared.list.push(2));
          return ok(shared);
        },
      },
    );
    expect(output(ran)).toEqual([{ a: [1] }, { list: [1] }]);
  });

  test("an integration that rejects or throws ends the execution, uncaught", async () => {
    const definition = machine({
      T: task({
        Retry: [{ ErrorEquals: ["States.ALL"] }],
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }],
      }),
      H: handler,
    });
    for (const integration of [
      () => Promise.reject(new Error("boom")),
      () => {
        throw new Error("boom");
      },
    ]) {
      const ran = await run(definition, { integration });
      expect(ran.result).toEqual({
        status: "FAILED",
        error: "States.Runtime",
        cause: "The integration failed: boom",
      });
      expect(ran.calls).toHaveLength(1);
    }
  });

  test("tasks are told when nobody waits any more", async () => {
    const aborted: boolean[] = [];
    await run(machine({ T: task({ TimeoutSeconds: 1 }) }), {
      integration: (call, clock) => {
        call.signal.addEventListener("abort", () => aborted.push(true));
        return sleepOn(clock, 5_000).then(() => ok(1));
      },
    });
    const finished = await run(machine({ T: task({ TimeoutSeconds: 1 }) }));
    expect(aborted).toEqual([true]);
    expect(finished.calls[0]?.signal.aborted).toBe(false);
  });
});

describe("timeouts", () => {
  test("States.Timeout without a cause, caught with an empty one", async () => {
    const slow = (_call: unknown, clock: Parameters<typeof sleepOn>[0]) =>
      sleepOn(clock, 10_000).then(() => ok(1));
    const uncaught = await run(machine({ T: task({ TimeoutSeconds: "{% $states.input.t %}" }) }), {
      input: { t: 3 },
      integration: slow,
    });
    expect(uncaught.result).toEqual({ status: "FAILED", error: "States.Timeout" });
    expect(uncaught.elapsed).toBe(3_000);
    expect(chain(uncaught).slice(2)).toEqual([
      "3 TaskScheduled <- 2",
      "4 TaskStarted <- 3",
      "5 TaskTimedOut <- 4",
      "6 ExecutionFailed <- 5",
    ]);
    const caught = await run(
      machine({
        T: task({ TimeoutSeconds: 3, Catch: [{ ErrorEquals: ["States.Timeout"], Next: "H" }] }),
        H: handler,
      }),
      { integration: slow },
    );
    expect(output(caught)).toEqual({ Error: "States.Timeout", Cause: "" });
  });

  test("States.TaskFailed is everything but a timeout", async () => {
    const definition = machine({
      T: task({
        TimeoutSeconds: 3,
        Catch: [
          { ErrorEquals: ["States.TaskFailed"], Next: "F" },
          { ErrorEquals: ["States.ALL"], Next: "H" },
        ],
      }),
      F: { Type: "Pass", Output: "failed", End: true },
      H: { Type: "Pass", Output: "other", End: true },
    });
    expect(output(await run(definition, { integration: () => bad("X") }))).toBe("failed");
    const slow = await run(definition, {
      integration: (_call, clock) => sleepOn(clock, 10_000).then(() => ok(1)),
    });
    expect(output(slow)).toBe("other");
  });
});

describe("failures", () => {
  test("a Catch replaces the state's Assign and Output", async () => {
    const ran = await run(
      machine({
        T: {
          Type: "Task",
          Resource: LAMBDA,
          Assign: { x: "state" },
          Output: "state",
          Catch: [
            { ErrorEquals: ["Other"], Next: "H" },
            {
              ErrorEquals: ["Mine"],
              Next: "H",
              Assign: { e: "{% $states.errorOutput.Error %}", i: "{% $states.input.i %}" },
              Output: { c: "{% $states.errorOutput.Cause %}" },
            },
          ],
          Next: "H",
        },
        H: {
          Type: "Pass",
          Output: ["{% $exists($x) %}", "{% $e %}", "{% $i %}", "{% $states.input %}"],
          End: true,
        },
      }),
      { input: { i: [7] }, integration: () => bad("Mine", "why") },
    );
    expect(output(ran)).toEqual([false, "Mine", [7], { c: "why" }]);
  });

  test("an expression in Arguments is retried and caught like any other failure", async () => {
    const definition = machine({
      T: task({
        Arguments: { a: "{% $states.input.missing %}" },
        Retry: [{ ErrorEquals: ["States.ALL"], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ["States.QueryEvaluationError"], Next: "H" }],
      }),
      H: handler,
    });
    const ran = await run(definition);
    const cause =
      "An error occurred while executing the state 'T' (entered at the event id #2). The JSONata expression " +
      "'$states.input.missing' specified for the field 'Arguments/a' returned nothing (undefined).";
    expect(output(ran)).toEqual({ Error: "States.QueryEvaluationError", Cause: cause });
    expect(ran.calls).toEqual([]);
    expect(chain(ran).slice(1)).toEqual([
      "2 TaskStateEntered <- 0",
      "3 EvaluationFailed <- 0",
      "4 EvaluationFailed <- 3",
      "5 TaskStateExited <- 4",
      "6 PassStateEntered <- 5",
      "7 PassStateExited <- 6",
      "8 ExecutionSucceeded <- 7",
    ]);
  });

  test("so is one in Output, though the call was made", async () => {
    const ran = await run(
      machine({
        T: task({
          Output: "{% $states.result.missing %}",
          Retry: [{ ErrorEquals: ["States.QueryEvaluationError"], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }],
        }),
        H: { Type: "Pass", Output: "{% $states.input.Error %}", End: true },
      }),
    );
    expect(output(ran)).toBe("States.QueryEvaluationError");
    expect(ran.calls).toHaveLength(2);
  });

  test("one in the Catch itself fails what is around", async () => {
    const ran = await run(
      machine({
        T: task({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "H", Output: "{% $states.result %}" }] }),
        H: handler,
      }),
      { integration: () => bad("X") },
    );
    expect(ran.result).toHaveProperty(
      "cause",
      expect.stringContaining("the field 'Catch[0]/Output' returned nothing"),
    );
  });

  test("a result above 262,144 bytes is States.DataLimitExceeded, which States.ALL catches", async () => {
    const big = "x".repeat(262_143);
    for (const [resource, name] of [
      [LAMBDA, "lambda"],
      [FUNCTION, FUNCTION],
    ] as const) {
      const ran = await run(
        machine({
          T: task({ Resource: resource, Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }] }),
          H: handler,
        }),
        { integration: () => ok(big) },
      );
      expect(output(ran)).toEqual({
        Error: "States.DataLimitExceeded",
        Cause: `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
      });
    }
    const fits = await run(machine({ T: task() }), { integration: () => ok(big.slice(1)) });
    expect(output(fits)).toHaveLength(262_142);
  });
});

import type { StateMachine } from "../../../sdk/asl/types.ts";
import { sleepOn } from "../../../sdk/model/clock.ts";
import { bad, LAMBDA, machine, ok } from "../run.ts";
import { distributed, taskInside } from "../states/distributed.ts";
import type { Work } from "./desk.ts";

const task = (fields: object = {}): object => ({ Type: "Task", Resource: LAMBDA, ...fields });

/** Machines that between them use whatever can be half done when a process dies. */
export const MACHINES: Record<string, StateMachine> = {
  sequence: machine({
    A: task({ Arguments: "{% $uuid() %}", Assign: { a: "{% $states.result %}" }, Next: "B" }),
    B: task({ Arguments: "{% [$a, $random()] %}", Next: "C" }),
    C: task({ End: true }),
  } as never),
  waits: machine({
    A: task({ Next: "W" }),
    W: { Type: "Wait", Seconds: 3_600, Next: "B" },
    B: task({ Next: "V" }),
    V: { Type: "Wait", Timestamp: "2026-01-02T00:00:00Z", End: true },
  } as never),
  retries: machine({
    A: task({
      Arguments: { n: "{% $states.context.State.RetryCount %}" },
      Retry: [
        { ErrorEquals: ["Twice"], MaxAttempts: 2, IntervalSeconds: 5, JitterStrategy: "FULL" },
        { ErrorEquals: ["States.ALL"], MaxAttempts: 3, BackoffRate: 3 },
      ],
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "B", Output: "{% $states.errorOutput %}" }],
      Next: "B",
    }),
    B: { Type: "Pass", End: true },
  } as never),
  map: machine({
    M: {
      Type: "Map",
      Items: "{% [1..7] %}",
      MaxConcurrency: 3,
      ItemProcessor: { StartAt: "I", States: { I: task({ Next: "J" }), J: task({ End: true }) } },
      Next: "P",
    },
    P: {
      Type: "Parallel",
      Branches: [
        { StartAt: "X", States: { X: task({ End: true }) } },
        { StartAt: "Y", States: { Y: { Type: "Wait", Seconds: 2, Next: "Z" }, Z: task({ End: true }) } },
      ],
      End: true,
    },
  } as never),
  distributed: machine({
    M: distributed({ Items: "{% [1..5] %}", MaxConcurrency: 2 }, taskInside) as never,
  }),
  timeouts: machine({
    A: task({
      TimeoutSeconds: 2,
      Arguments: "slow",
      Retry: [{ ErrorEquals: ["States.Timeout"], MaxAttempts: 1 }],
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "B" }],
      End: true,
    }),
    B: task({ End: true }),
  } as never),
};

/** Answers after a while that depends on the call alone. */
export const work: Work = async (call, clock) => {
  const text = JSON.stringify(call.arguments ?? null);
  await sleepOn(clock, text === '"slow"' ? 60_000 : 10 + (text.length % 7) * 10);
  if (call.stateName === "A" && text.startsWith('{"n"')) return bad("Twice", "again");
  return ok({ got: call.arguments });
};

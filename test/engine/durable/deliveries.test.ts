import fc from "fast-check";
import { expect, test } from "vitest";
import type { DurableEngine } from "../../../sdk/engine/index.ts";
import type { Json } from "../../../sdk/model/json.ts";
import { seedOf } from "../../differential/seed.ts";
import { rejection } from "../../journal/harness.ts";
import { LAMBDA, machine, ok, TOKEN } from "../run.ts";
import { Desk, engineOf, type Work } from "./desk.ts";

const RUNS = Number(process.env["RUNLET_FUZZ_RUNS"] ?? 40);
const SEED = seedOf("RUNLET_FUZZ_SEED", "RUNLET_FUZZ_RUNS");

type Kind = "success" | "failure" | "heartbeat";
interface Delivery {
  branch: number;
  kind: Kind;
  /** What it brings: told apart from what all others bring. */
  value: string;
}

/** Every branch waits for its token, and then calls a task with what the token brought. */
const branch = (index: number): unknown => ({
  StartAt: `Wait ${index}`,
  States: {
    [`Wait ${index}`]: {
      Type: "Task",
      Resource: TOKEN,
      Arguments: { branch: index, token: "{% $states.context.Task.Token %}" },
      HeartbeatSeconds: 3_600,
      Catch: [
        { ErrorEquals: ["States.ALL"], Output: "{% $states.errorOutput.Error %}", Next: `Effect ${index}` },
      ],
      Next: `Effect ${index}`,
    },
    [`Effect ${index}`]: {
      Type: "Task",
      Resource: LAMBDA,
      Arguments: { branch: index, value: "{% $states.input %}" },
      Output: "{% $states.result %}",
      End: true,
    },
  },
});

const machineOf = (branches: number) =>
  machine({
    All: { Type: "Parallel", Branches: Array.from({ length: branches }, (_, i) => branch(i)), End: true },
  } as never);

const work: Work = (call) =>
  ok(call.resource === LAMBDA ? (call.arguments as { value: Json }).value : "sent");

const deliver = (engine: DurableEngine, token: string, { kind, value }: Delivery): Promise<void> => {
  if (kind === "success") return engine.sendTaskSuccess(token, value);
  return kind === "failure"
    ? engine.sendTaskFailure(token, { error: value })
    : engine.sendTaskHeartbeat(token);
};

/** One to five deliveries a token, in any order; the process dies after some of them, with others under way. */
const stories = fc.integer({ min: 1, max: 5 }).chain((branches) =>
  fc.record({
    branches: fc.constant(branches),
    deliveries: fc
      .tuple(
        ...Array.from({ length: branches }, (_, i) =>
          fc
            .array(fc.constantFrom<Kind>("success", "success", "failure", "heartbeat"), {
              minLength: 1,
              maxLength: 5,
            })
            .map((kinds) => kinds.map((kind, n): Delivery => ({ branch: i, kind, value: `${i}.${n}` }))),
        ),
      )
      .chain((all) => fc.shuffledSubarray(all.flat(), { minLength: all.flat().length })),
    starts: fc.integer({ min: 1, max: 5 }),
    crashAfter: fc.option(fc.nat(12)),
    underWay: fc.nat(3),
  }),
);

test(`F6: whatever comes twice, late or in another order has one effect; seed ${SEED} (RUNLET_FUZZ_SEED), ${RUNS} stories (RUNLET_FUZZ_RUNS)`, {
  timeout: 60_000 + RUNS * 100,
}, async () => {
  await fc.assert(
    fc.asyncProperty(stories, async ({ branches, deliveries, starts, crashAfter, underWay }) => {
      const desk = new Desk();
      let engine = engineOf(await desk.open(work));
      const start = () => engine.start({ definition: machineOf(branches), name: "run" });
      const begun = await desk.until(Promise.all(Array.from({ length: starts }, start)));
      expect(new Set(begun.map(({ arn }) => arn)).size).toBe(1);
      const { arn } = begun[0] as { arn: string };
      await desk.settle();
      const tokens = new Map(
        desk.calls.map(({ arguments: given }) => {
          const told = given as { branch: number; token: string };
          return [told.branch, told.token];
        }),
      );
      expect(tokens.size).toBe(branches);

      const taken = new Map<number, Delivery[]>();
      const unsure = new Map<number, Delivery[]>();
      const note = (map: Map<number, Delivery[]>, delivery: Delivery): void =>
        void map.set(delivery.branch, [...(map.get(delivery.branch) ?? []), delivery]);
      const send = async (delivery: Delivery): Promise<void> => {
        try {
          await deliver(engine, tokens.get(delivery.branch) ?? "", delivery);
        } catch (error) {
          expect((error as Error).name).toBe("TaskTimedOut"); // that token was used before
          return;
        }
        if (delivery.kind !== "heartbeat") note(taken, delivery);
      };

      for (const [n, delivery] of deliveries.entries()) {
        if (n === crashAfter) {
          for (const left of deliveries.slice(n, n + underWay)) {
            if (left.kind !== "heartbeat") note(unsure, left);
            deliver(engine, tokens.get(left.branch) ?? "", left).catch(() => undefined);
          }
          if (n % 2) await desk.settle(1); // on its way to the disk, or not even that
          desk.crash(n % 3 ? "nothing" : "everything");
          engine = engineOf(await desk.open(work));
        }
        await desk.until(send(delivery));
      }
      for (const index of tokens.keys())
        await desk.until(send({ branch: index, kind: "success", value: `${index}.last` }));

      const result = await desk.until(engine.find(arn)?.done ?? Promise.reject(new Error("the run is gone")));
      const { output } = result as unknown as { output: string[] };
      for (let index = 0; index < branches; index++) {
        const accepted = taken.get(index) ?? [];
        const possible = accepted.length > 0 ? accepted : (unsure.get(index) ?? []);
        expect(accepted.length).toBeLessThanOrEqual(1);
        expect(possible.map(({ value }) => value)).toContain(output[index]);
        const effects = desk.calls
          .filter(({ resource }) => resource === LAMBDA)
          .map(({ arguments: given }) => given as { branch: number; value: string })
          .filter((given) => given.branch === index);
        expect(new Set(effects.map(({ value }) => value))).toEqual(new Set([output[index]]));
        if (crashAfter === null || crashAfter >= deliveries.length) expect(effects).toHaveLength(1);
      }

      const history = await desk.until(engine.history(arn));
      for (const delivery of deliveries)
        expect(
          (await rejection(desk.until(deliver(engine, tokens.get(delivery.branch) ?? "", delivery)))).name,
        ).toBe("TaskTimedOut");
      expect((await desk.until(start())).arn).toBe(arn);
      expect(await desk.until(engine.history(arn))).toEqual(history);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

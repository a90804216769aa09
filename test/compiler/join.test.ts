import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChoiceRule, State, StateMachine, Template } from "../../sdk/asl/types.ts";
import { joined } from "../../sdk/compiler/emit/join.ts";
import { reachedFrom } from "../../sdk/compiler/emit/reach.ts";
import { SLOW } from "../../sdk/compiler/emit/tasks.ts";
import type { Json } from "../../sdk/model/json.ts";
import { echo, FUNCTION, machine, run } from "../engine/run.ts";
import { runsOf, seed } from "../engine/seed.ts";

const runs = runsOf(150);
console.log(`joined states: ${runs} machines, seed ${seed}`);

const NONE: ReadonlySet<string> = new Set();
const entries = async (
  definition: StateMachine,
  input: Json,
): Promise<{ ended: unknown; entered: number }> => {
  const { result, execution } = await run(definition, { input, integration: echo });
  const { status, output, error } = result as { status: string; output?: Json; error?: string };
  const entered = execution.history.filter(({ type }) => type.endsWith("StateEntered")).length;
  return { ended: { status, output, error }, entered };
};

/** A cause tells the number of an event. */
const comparable = ({ ended }: { ended: unknown }): unknown =>
  JSON.parse(JSON.stringify(ended).replaceAll(/event id #\d+/g, "event"));

const set = (Assign: Record<string, Template>, Next: string): State => ({
  Type: "Pass",
  Assign,
  Output: {},
  Next,
});
const END: State = { Type: "Succeed", Output: "{% {'a': $a, 'b': $b} %}" };

describe("states that become one", () => {
  it("an if and what its arms assign are one entry", async () => {
    const made = joined(
      machine({
        if: {
          Type: "Choice",
          Choices: [{ Condition: "{% $states.input.n = 1 %}", Next: "one", Output: {} }],
          Default: "other",
          Output: {},
        },
        one: set({ a: 1, b: 2 }, "end"),
        other: set({ a: 3, b: "{% $states.context.Execution.Input.n %}" }, "end"),
        end: END,
      }),
      NONE,
    );
    expect(Object.keys(made.States)).toEqual(["if", "end"]);
    expect((await entries(made, { n: 7 })).ended).toMatchObject({ output: { a: 3, b: 7 } });
  });

  it("a test keeps its state where it reads what is assigned on the way to it", () => {
    const states = {
      first: {
        Type: "Choice",
        Choices: [{ Condition: "{% true %}", Next: "second", Assign: { a: "{% $b + 1 %}" } }],
        Default: "end",
      },
      second: { Type: "Choice", Choices: [{ Condition: "{% $a = 1 %}", Next: "end" }], Default: "end" },
      end: END,
    } satisfies Record<string, State>;
    expect(joined(machine(states), NONE).States).toEqual(states);
  });

  it("a task's result is not taken for its input, nor the input for the result", () => {
    const states = {
      task: { Type: "Task", Resource: FUNCTION, Next: "keep" },
      keep: { Type: "Pass", Assign: { a: "{% $states.input %}", b: 0 }, Next: "end" },
      end: END,
    } satisfies Record<string, State>;
    expect(joined(machine(states), NONE).States).toEqual(states);
  });

  it("where a loop's turns begin, its state stays", () => {
    const states = {
      first: {
        Type: "Choice",
        Choices: [{ Condition: "{% $states.input.n = 1 %}", Next: "turn" }],
        Default: "end",
      },
      turn: {
        Type: "Choice",
        Choices: [{ Condition: "{% $states.input.n = 1 %}", Next: "work" }],
        Default: "end",
      },
      work: { Type: "Task", Resource: FUNCTION, Next: "turn" },
      end: END,
    } satisfies Record<string, State>;
    expect(joined(machine(states), NONE).States).toEqual(states);
  });

  it("twenty tests in a row, each reached in two ways, do not become a million rules", () => {
    const rows = Array.from({ length: 20 }, (_, i): [string, State] => [
      `if${i}`,
      {
        Type: "Choice",
        Choices: [{ Condition: `{% $states.input.n = ${i} %}`, Next: `if${i + 1}` }],
        Default: `if${i + 1}`,
      },
    ]);
    const made = joined(machine({ ...Object.fromEntries(rows), if20: END }), NONE);
    expect(JSON.stringify(made).length).toBeLessThan(20 * 12_000);
    expect(Object.keys(made.States).length).toBeLessThan(8);
  });
});

const CONDITIONS = [
  "$a = 1",
  "$b > $a",
  "$a = $b and $d = '$a'",
  "$exists($c)",
  "$states.input.k = 1",
  `${SLOW} = true`,
  `${SLOW} = false`,
  '"a" in [$d, "b"]',
];
const VALUES: Template[] = [
  1,
  "x",
  "{% $type($a) = 'number' ? $a + 1 : 0 %}",
  "{% $b %}",
  "{% $states.input %}",
  "{% $exists($states.input.k) ? $states.input.k : 9 %}",
  "{% [$a, $b] %}",
];
const OUTPUTS: (Template | undefined)[] = [
  undefined,
  {},
  "{% $states.input %}",
  { k: 1 },
  "{% {'k': $a} %}",
  { "$runlet.slow": true },
];

const leaving = fc.record({
  Assign: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom(...VALUES), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
  Output: fc.constantFrom(...OUTPUTS),
});

/** A state that leads to later ones alone, so that every run ends. */
function stateAt(index: number, last: number): fc.Arbitrary<State> {
  const next = fc.integer({ min: index + 1, max: last }).map((at) => `s${at}`);
  const left = leaving.map(({ Assign, Output }) => ({ Assign, ...(Output !== undefined && { Output }) }));
  const rule: fc.Arbitrary<ChoiceRule> = fc
    .tuple(fc.constantFrom(...CONDITIONS), next, left)
    .map(([condition, Next, rest]) => ({ Condition: `{% ${condition} %}`, Next, ...rest }));
  const choice = fc
    .tuple(fc.array(rule, { minLength: 1, maxLength: 3 }), next, left)
    .map(([Choices, Default, rest]): State => ({ Type: "Choice", Choices, Default, ...rest }));
  const pass = fc.tuple(next, left).map(([Next, rest]): State => ({ Type: "Pass", Next, ...rest }));
  const task = fc.tuple(next, left, next, left).map(
    ([Next, rest, caught, more]): State => ({
      Type: "Task",
      Resource: FUNCTION,
      Arguments: "{% $exists($c) ? $states.input : $error('no') %}",
      Catch: [{ ErrorEquals: ["States.ALL"], Next: caught, ...more }],
      Next,
      ...rest,
    }),
  );
  return fc.oneof(
    { arbitrary: choice, weight: 4 },
    { arbitrary: pass, weight: 2 },
    { arbitrary: task, weight: 1 },
  );
}

const withoutUnreached = (definition: StateMachine): StateMachine => {
  const reached = reachedFrom(definition.StartAt, definition.States);
  const States = Object.fromEntries(Object.entries(definition.States).filter(([name]) => reached.has(name)));
  return { ...definition, States };
};

const anyDefinition = fc.integer({ min: 2, max: 9 }).chain((last) =>
  fc.tuple(...Array.from({ length: last }, (_, i) => stateAt(i, last))).map(
    (states): StateMachine =>
      withoutUnreached(
        machine({
          begin: { Type: "Pass", Assign: { a: 1, b: 2, d: "a" }, Next: "s0" },
          ...Object.fromEntries(states.map((state, i) => [`s${i}`, state])),
          [`s${last}`]: {
            Type: "Succeed",
            Output: "{% {'a': $a, 'b': $b, 'c': $exists($c) ? $c : null, 'd': $d, 'in': $states.input} %}",
          },
        }),
      ),
  ),
);

describe("any machine", () => {
  it("ends as before, in as many entries or fewer", async () => {
    let saved = 0;
    await fc.assert(
      fc.asyncProperty(
        anyDefinition,
        fc.constantFrom<Json>({}, { k: 1 }, { "$runlet.slow": true }),
        async (definition, input) => {
          const before = await entries(definition, input);
          const after = await entries(joined(definition, NONE), input);
          expect(comparable(after)).toEqual(comparable(before));
          expect(after.entered).toBeLessThanOrEqual(before.entered);
          saved += before.entered - after.entered;
        },
      ),
      { numRuns: runs, seed },
    );
    expect(saved).toBeGreaterThan(0);
  }, 60_000);
});

import { describe, expect, test } from "vitest";
import type { MapState, SubMachine } from "../../../sdk/asl/types.ts";
import { sleepOn } from "../../../sdk/model/clock.ts";
import type { Json } from "../../../sdk/model/json.ts";
import { bad, LAMBDA, machine, ok, output, run } from "../run.ts";

const call: SubMachine["States"] = { I: { Type: "Task", Resource: LAMBDA, End: true } };
const map = (fields: Partial<MapState> = {}, states: SubMachine["States"] = call): MapState =>
  ({
    Type: "Map",
    ItemProcessor: { StartAt: Object.keys(states)[0], States: states },
    ...("Next" in fields ? {} : { End: true }),
    ...fields,
  }) as MapState;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe("items", () => {
  test("an expression, a literal with expressions, or the input", async () => {
    const input = { xs: [1, [2], null] };
    expect(output(await run(machine({ M: map({ Items: "{% $states.input.xs %}" }) }), { input }))).toEqual(
      input.xs,
    );
    expect(
      output(await run(machine({ M: map({ Items: ["{% $states.input.xs %}", 5] }) }), { input })),
    ).toEqual([input.xs, 5]);
    expect(output(await run(machine({ M: map() }), { input: [[], {}] }))).toEqual([[], {}]);
  });

  test("V50 an object's pairs, which are passed on as such", async () => {
    const input = { a: 1, b: [2] };
    const pairs = [
      { Key: "a", Value: 1 },
      { Key: "b", Value: [2] },
    ];
    expect(output(await run(machine({ M: map() }), { input }))).toEqual(pairs);
    expect(output(await run(machine({ M: map({ Items: "{% $states.input %}" }) }), { input }))).toEqual(
      pairs,
    );
    const ItemSelector = { v: "{% $states.context.Map.Item.Value %}" };
    expect(output(await run(machine({ M: map({ ItemSelector }) }), { input }))).toEqual([
      { v: 1 },
      { v: [2] },
    ]);
  });

  test("none at all", async () => {
    expect(output(await run(machine({ M: map() }), { input: [] }))).toEqual([]);
  });

  test("what is no array fails as AWS words it", async () => {
    const ran = await run(machine({ M: map({ Items: "{% $states.input.n %}" }) }), { input: { n: 1 } });
    expect(ran.result).toEqual({
      status: "FAILED",
      error: "States.QueryEvaluationError",
      cause:
        "An error occurred while executing the state 'M' (entered at the event id #2). The JSONata expression " +
        "'$states.input.n' specified for the field 'Items' returned an unexpected result type. " +
        "Expected 'array', but was 'number' for value: 1",
    });
  });

  // docs/verify-on-aws.md V18
  test("an object is iterated by key and value", async () => {
    const ran = await run(
      machine({
        M: map({
          Items: "{% $states.input %}",
          ItemSelector: ["{% $states.context.Map.Item.Key %}", "{% $states.context.Map.Item.Value %}"],
        }),
      }),
      { input: { a: 1, b: [] } },
    );
    expect(output(ran)).toEqual([
      ["a", 1],
      ["b", []],
    ]);
  });

  test("ItemSelector sees the item, its index, the Map's input and the variables", async () => {
    const selector = {
      i: "{% $states.context.Map.Item.Index %}",
      v: "{% $states.context.Map.Item.Value %}",
      k: "{% $states.input.k & $x %}",
    };
    const ran = await run(
      machine({
        P: { Type: "Pass", Assign: { x: "!" }, Next: "M" },
        M: map({ Items: "{% $states.input.xs %}", ItemSelector: selector }),
      }),
      { input: { xs: [[5], null], k: "k" } },
    );
    expect(output(ran)).toEqual([
      { i: 0, v: [5], k: "k!" },
      { i: 1, v: null, k: "k!" },
    ]);
  });

  test("inside the iteration there is no Map.Item", async () => {
    const states: SubMachine["States"] = {
      I: { Type: "Pass", Output: "{% $exists($states.context.Map) %}", End: true },
    };
    expect(output(await run(machine({ M: map({}, states) }), { input: [1] }))).toEqual([false]);
  });
});

describe("concurrency", () => {
  /** The largest number of calls under way at once, for a map over so many items. */
  async function most(count: number, fields: Partial<MapState>, input?: Json): Promise<number> {
    let open = 0;
    let peak = 0;
    const ran = await run(machine({ M: map({ Items: "{% $states.input.xs %}", ...fields }) }), {
      input: { xs: numbers(count), limit: input ?? null },
      integration: async (request, clock) => {
        peak = Math.max(peak, ++open);
        await sleepOn(clock, 1_000 + (((request.arguments as number) * 37) % 400));
        open--;
        return ok(request.arguments);
      },
    });
    expect(output(ran)).toEqual(numbers(count));
    return peak;
  }

  // docs/verify-on-aws.md V15
  test("at most 40 at a time, MaxConcurrency or not", async () => {
    expect(await most(100, {})).toBe(40);
    expect(await most(100, { MaxConcurrency: 0 })).toBe(40);
    expect(await most(100, { MaxConcurrency: 1_000 })).toBe(40);
    expect(await most(3, {})).toBe(3);
  });

  test("MaxConcurrency bounds it, literal or computed", async () => {
    expect(await most(10, { MaxConcurrency: 1 })).toBe(1);
    expect(await most(10, { MaxConcurrency: "{% $states.input.limit %}" }, 3)).toBe(3);
  });

  test("an iteration begins as soon as there is room, not wave by wave", async () => {
    const seconds = [5, 1, 1, 1, 1];
    const ran = await run(machine({ M: map({ MaxConcurrency: 2 }) }), {
      input: seconds,
      integration: (request, clock) =>
        sleepOn(clock, (request.arguments as number) * 1_000).then(() => ok(request.arguments)),
    });
    expect(output(ran)).toEqual(seconds);
    expect(ran.elapsed).toBe(5_000);
  });
});

describe("failures", () => {
  test("the first one aborts the others and is what the Map fails with", async () => {
    const ended: Json[] = [];
    const aborted: Json[] = [];
    const ran = await run(
      machine({
        M: map({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }] }),
        H: { Type: "Wait", Seconds: 100, Output: "{% $states.input %}", End: true },
      }),
      {
        input: [3, 1, 2],
        integration: async (request, clock) => {
          request.signal.addEventListener("abort", () => aborted.push(request.arguments));
          await sleepOn(clock, (request.arguments as number) * 1_000);
          ended.push(request.arguments);
          return bad("E", String(request.arguments));
        },
      },
    );
    expect(output(ran)).toEqual({ Error: "E", Cause: "1" });
    expect(aborted).toEqual([3, 2]);
    expect(ended).toEqual([1, 2, 3]); // what had begun goes on in the world, unseen
    expect(ran.execution.history.filter((event) => event.type === "TaskFailed")).toHaveLength(1);
  });

  test("a retry runs all items again", async () => {
    let calls = 0;
    const ran = await run(machine({ M: map({ Retry: [{ ErrorEquals: ["E"], MaxAttempts: 1 }] }) }), {
      input: [1, 2],
      integration: (request) => (++calls === 2 ? bad("E") : ok(request.arguments)),
    });
    expect(output(ran)).toEqual([1, 2]);
    expect(calls).toBe(4);
  });

  test("an ItemSelector that fails is the Map's own failure", async () => {
    const ran = await run(
      machine({
        M: map({
          ItemSelector: "{% $states.context.Map.Item.Value.a %}",
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }],
        }),
        H: { Type: "Pass", Output: "{% $states.input.Cause %}", End: true },
      }),
      { input: [{ a: 1 }, {}] },
    );
    expect(output(ran)).toContain(
      "'$states.context.Map.Item.Value.a' specified for the field 'ItemSelector' returned nothing",
    );
  });

  test("a Catch inside keeps the failure inside", async () => {
    const states: SubMachine["States"] = {
      I: { Type: "Task", Resource: LAMBDA, Catch: [{ ErrorEquals: ["States.ALL"], Next: "R" }], End: true },
      R: { Type: "Pass", Output: { rejected: "{% $states.input.Error %}" }, End: true },
    };
    const ran = await run(machine({ M: map({}, states) }), {
      input: [1, 2],
      integration: (request) => (request.arguments === 1 ? bad("E") : ok(2)),
    });
    expect(output(ran)).toEqual([{ rejected: "E" }, 2]);
  });

  test("a result that is too large together fails the Map", async () => {
    const ran = await run(
      machine({
        M: map({ Catch: [{ ErrorEquals: ["States.DataLimitExceeded"], Next: "H" }] }),
        H: { Type: "Succeed", Output: 1 },
      }),
      { input: numbers(40), integration: () => ok("x".repeat(10_000)) },
    );
    expect(output(ran)).toBe(1);
  });
});

test("maps nest, and Assign and Output see the whole result", async () => {
  const inner = map(
    { Items: "{% $states.input %}" },
    { J: { Type: "Pass", Output: "{% $states.input * 2 %}", End: true } },
  );
  const ran = await run(
    machine({
      M: map(
        { Assign: { all: "{% $states.result %}" }, Output: "{% $count($states.result) %}", Next: "P" },
        { Inner: inner },
      ),
      P: { Type: "Pass", Output: ["{% $all %}", "{% $states.input %}"], End: true },
    }),
    { input: [[1], [], [2, 3]] },
  );
  expect(output(ran)).toEqual([[[2], [], [4, 6]], 3]);
});

// localstack/localstack: v2/evaluate_jsonata/test_base_evaluate_expressions test_base_map[TOLERATED_FAILURE_COUNT]
// docs/verify-on-aws.md V55
test.each<[string, Partial<MapState>]>([
  [
    "ItemReader",
    { ItemReader: { Resource: "arn:aws:states:::s3:getObject", Arguments: { Bucket: "b", Key: "k" } } },
  ],
  ["ItemBatcher", { ItemBatcher: { MaxItemsPerBatch: 2 } }],
  ["ResultWriter", { ResultWriter: { WriterConfig: { OutputType: "JSON", Transformation: "FLATTEN" } } }],
])("an inline map with %s is taken, and ends the execution where it is entered", async (_name, fields) => {
  const Catch = [{ ErrorEquals: ["States.ALL"], Next: "M" }];
  const ran = await run(machine({ M: map({ ...fields, Catch }) }), { input: [1] });
  expect(ran.result).toEqual({
    status: "FAILED",
    error: "States.Runtime",
    cause:
      "An error occurred while executing the state 'M' (entered at the event id #2). " +
      "The ItemReader, ItemBatcher and ResultWriter fields are not supported for INLINE maps",
  });
  expect(ran.execution.history.map(({ type }) => type).slice(1)).toEqual([
    "MapStateEntered",
    "ExecutionFailed",
  ]);
});

describe("tolerated failures of an inline map", () => {
  // V36
  const tolerant = map({ Items: [1, 2], ToleratedFailureCount: 1 });
  test("are taken, and change nothing where nothing fails", async () => {
    expect(output(await run(machine({ M: tolerant }), { integration: () => ok(null) }))).toEqual([
      null,
      null,
    ]);
  });
  test("a failure ends the execution by name: what AWS does then is not known", async () => {
    const ran = await run(
      machine({
        M: { ...tolerant, Catch: [{ ErrorEquals: ["States.ALL"], Next: "P" }] } as never,
        P: { Type: "Pass", End: true },
      }),
      { integration: () => bad("E") },
    );
    expect(ran.result).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    expect(ran.result).toMatchObject({ cause: expect.stringContaining("RLT3002") });
  });
  test("none tolerated is an ordinary failure", async () => {
    const ran = await run(machine({ M: map({ Items: [1], ToleratedFailureCount: 0 }) }), {
      integration: () => bad("E"),
    });
    expect(ran.result).toMatchObject({ status: "FAILED", error: "E" });
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SubMachine } from "../../sdk/asl/types.ts";
import { sleepOn } from "../../sdk/model/clock.ts";
import type { Json } from "../../sdk/model/json.ts";
import { bad, LAMBDA, machine, ok, output, run } from "./run.ts";
import { runsOf, seed } from "./seed.ts";

describe("variables", () => {
  test("all expressions of a state see the values on entry: two can be swapped", async () => {
    const ran = await run(
      machine({
        A: { Type: "Pass", Assign: { x: 1, y: 2 }, Next: "B" },
        B: {
          Type: "Pass",
          Assign: { x: "{% $y %}", y: "{% $x %}" },
          Output: ["{% $x %}", "{% $y %}"],
          Next: "C",
        },
        C: { Type: "Pass", Output: ["{% $x %}", "{% $y %}", "{% $states.input %}"], End: true },
      }),
    );
    expect(output(ran)).toEqual([2, 1, [1, 2]]);
  });

  test("a Wait assigns too, null is a value, and what was never assigned does not exist", async () => {
    const ran = await run(
      machine({
        W: { Type: "Wait", Seconds: 1, Assign: { n: null }, Next: "P" },
        P: {
          Type: "Pass",
          Output: ["{% $exists($n) %}", "{% $n = null %}", "{% $exists($other) %}"],
          End: true,
        },
      }),
    );
    expect(output(ran)).toEqual([true, true, false]);
  });

  test("a variable may hide a function of JSONata", async () => {
    const ran = await run(
      machine({
        A: { Type: "Pass", Assign: { sum: [1], now: "later", uuid: {} }, Next: "B" },
        B: { Type: "Pass", Output: ["{% $sum %}", "{% $now & '' %}", "{% $uuid %}"], End: true },
      }),
    );
    expect(output(ran)).toEqual([[1], "later", {}]);
  });

  test("inner scopes read what is around them and lose their own at the end", async () => {
    const inner: SubMachine = {
      StartAt: "I",
      States: {
        I: { Type: "Pass", Assign: { own: "{% $outer & $states.input %}" }, Next: "J" },
        J: { Type: "Pass", Output: "{% $own %}", End: true },
      },
    };
    const ran = await run(
      machine({
        A: { Type: "Pass", Assign: { outer: "o" }, Next: "M" },
        M: {
          Type: "Map",
          Items: ["1", "2"],
          ItemProcessor: inner,
          Assign: { seen: "{% $exists($own) %}" },
          Next: "B",
        },
        B: { Type: "Pass", Output: ["{% $states.input %}", "{% $exists($own) %}", "{% $seen %}"], End: true },
      }),
    );
    expect(output(ran)).toEqual([["o1", "o2"], false, false]);
  });

  test("a Catch of a Map assigns in the outer scope; what the iteration had set is gone", async () => {
    const inner: SubMachine = {
      StartAt: "I",
      States: {
        I: { Type: "Pass", Assign: { x: "inner" }, Next: "T" },
        T: { Type: "Task", Resource: LAMBDA, End: true },
      },
    };
    const ran = await run(
      machine({
        M: {
          Type: "Map",
          Items: [1],
          ItemProcessor: inner,
          Catch: [{ ErrorEquals: ["E"], Next: "P", Assign: { y: "{% $exists($x) %}" } }],
          End: true,
        },
        P: { Type: "Pass", Output: ["{% $y %}", "{% $exists($x) %}"], End: true },
      }),
      { integration: () => bad("E") },
    );
    expect(output(ran)).toEqual([false, false]);
  });
});

describe("$states", () => {
  test("context", async () => {
    const ran = await run(
      machine({
        W: { Type: "Wait", Seconds: 2, Next: "T" },
        T: { Type: "Task", Resource: LAMBDA, Arguments: "{% $states.context %}", Next: "P" },
        P: { Type: "Pass", Output: ["{% $states.input %}", "{% $states.context.State %}"], End: true },
      }),
      { input: { a: [1] } },
    );
    expect(output(ran)).toEqual([
      {
        Execution: {
          Id: "arn:aws:states:us-east-1:000000000000:execution:machine:run",
          Input: { a: [1] },
          Name: "run",
          RoleArn: "arn:aws:iam::000000000000:role/runlet",
          StartTime: "2026-01-01T00:00:00.000Z",
          RedriveCount: 0,
        },
        StateMachine: { Id: "arn:aws:states:us-east-1:000000000000:stateMachine:machine", Name: "machine" },
        State: { Name: "T", EnteredTime: "2026-01-01T00:00:02.000Z", RetryCount: 0 },
      },
      { Name: "P", EnteredTime: "2026-01-01T00:00:02.000Z" },
    ]);
  });

  test("result and errorOutput are missing where they mean nothing", async () => {
    const ran = await run(
      machine({
        P: { Type: "Pass", Output: "{% $exists($states.result) %}", Next: "T" },
        T: { Type: "Task", Resource: LAMBDA, Arguments: "{% $exists($states.result) %}", End: true },
      }),
    );
    expect(output(ran)).toBe(false);
    expect(ran.calls[0]?.arguments).toBe(false);
  });
});

/** A tree of maps and parallels whose leaves assign and report; every assignment has a name of its own scope. */
interface Tree {
  kind: "map" | "parallel" | "leaf";
  width: number;
  inner: Tree[];
}

const treeOf = (depth: number): fc.Arbitrary<Tree> =>
  fc.record({
    kind: depth === 0 ? fc.constant("leaf" as const) : fc.constantFrom("map" as const, "parallel" as const),
    width: fc.integer({ min: 0, max: 3 }),
    inner: depth === 0 ? fc.constant([]) : fc.array(treeOf(depth - 1), { maxLength: 3 }),
  });
const tree = fc.integer({ min: 0, max: 3 }).chain(treeOf);

/** A machine that sets its own variable, runs the tree inside, and tells which variables of all it still sees. */
function build(node: Tree, names: { count: number }): SubMachine {
  const id = names.count++;
  const states: SubMachine["States"] = {};
  states[`Set${id}`] = { Type: "Pass", Assign: { [`v${id}`]: "{% $millis() %}" }, Next: `Run${id}` };
  const inner = node.kind === "leaf" ? [] : node.inner.map((child) => build(child, names));
  const next = { Next: `Tell${id}`, Output: {} };
  const [first] = inner;
  if (node.kind === "map" && first) {
    const items = Array.from({ length: node.width }, (_, index) => index);
    states[`Run${id}`] = { Type: "Map", Items: items, ItemProcessor: first, ...next };
  } else if (node.kind === "parallel" && inner.length > 0) {
    states[`Run${id}`] = { Type: "Parallel", Branches: inner, ...next };
  } else states[`Run${id}`] = { Type: "Task", Resource: LAMBDA, ...next };
  states[`Tell${id}`] = {
    Type: "Task",
    Resource: LAMBDA,
    Arguments: { id, seen: Array.from({ length: 40 }, (_, v) => `{% $exists($v${v}) ? ${v} : -1 %}`) },
    End: true,
  };
  return { StartAt: `Set${id}`, States: states };
}

/** The ids of the scopes around each scope, itself included. */
function ancestry(
  node: Tree,
  names: { count: number },
  around: number[],
  found: Map<number, number[]>,
): void {
  const id = names.count++;
  const own = [...around, id];
  found.set(id, own);
  if (node.kind !== "leaf") for (const child of node.inner) ancestry(child, names, own, found);
}

const runs = runsOf(60);
const timeout = 20_000 + runs * 200;
console.log(`scopes: ${runs} runs, seed ${seed}`);

test("inner scopes never leak a write, whatever runs beside what", { timeout }, async () => {
  const property = fc.asyncProperty(
    tree,
    fc.infiniteStream(fc.integer({ min: 0, max: 20 })),
    async (node, delays) => {
      const expected = new Map<number, number[]>();
      ancestry(node, { count: 0 }, [], expected);
      fc.pre(expected.size <= 40);
      const ran = await run(
        { QueryLanguage: "JSONata", ...build(node, { count: 0 }) },
        {
          integration: async (call, clock) => {
            await sleepOn(clock, delays.next().value as number);
            return ok(call.arguments);
          },
        },
      );
      output(ran);
      for (const { arguments: told } of ran.calls) {
        if (typeof told !== "object" || told === null || !("seen" in told)) continue;
        const { id, seen } = told as { id: number; seen: number[] };
        expect(seen.filter((v) => v >= 0)).toEqual(expected.get(id));
      }
    },
  );
  await fc.assert(property, { numRuns: runs, seed });
});

test("map results are in the order of the items under random durations", { timeout }, async () => {
  const items = fc.array(fc.record({ delay: fc.integer({ min: 0, max: 30 }), value: fc.jsonValue() }), {
    maxLength: 60,
  });
  const property = fc.asyncProperty(items, fc.integer({ min: 0, max: 50 }), async (list, limit) => {
    const xs = JSON.parse(JSON.stringify(list)) as { delay: number; value: Json }[];
    const definition = machine({
      M: {
        Type: "Map",
        Items: "{% $states.input %}",
        MaxConcurrency: limit,
        ItemProcessor: { StartAt: "I", States: { I: { Type: "Task", Resource: LAMBDA, End: true } } },
        End: true,
      },
    });
    const ran = await run(definition, {
      input: xs as unknown as Json,
      integration: async (call, clock) => {
        const { delay, value } = call.arguments as { delay: number; value: Json };
        await sleepOn(clock, delay);
        return ok(value);
      },
    });
    expect(output(ran)).toEqual(xs.map((item) => item.value));
  });
  await fc.assert(property, { numRuns: runs, seed });
});

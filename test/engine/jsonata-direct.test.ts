import { describe, expect, test } from "vitest";
import { evaluate, prepare } from "../../sdk/engine/jsonata.ts";
import type { Json } from "../../sdk/model/json.ts";
import { below, type Random, seededRandom } from "../faults/random-machine.ts";

const seed = Number(process.env["RUNLET_FUZZ_SEED"] ?? 1);
const rounds = Number(process.env["RUNLET_FUZZ_RUNS"] ?? 3_000);

const VARIABLES: Record<string, Json> = {
  zero: 0,
  one: 1,
  minus: -7.5,
  huge: 1e308,
  text: "b",
  empty: "",
  digits: "12",
  yes: true,
  no: false,
  nothing: null,
  list: [1, 2],
  single: [5],
  none: [],
  object: { a: 1, b: { c: "deep" }, d: [3], constructor: 4 },
  bare: {},
};
const STATES: Record<string, Json> = { input: { n: 3, s: "x", list: [{ n: 1 }, { n: 2 }] }, context: {} };

const REFERENCES = [
  ...Object.keys(VARIABLES).map((name) => `$${name}`),
  ...["$object.a", "$object.b.c", "$object.d", "$object.gone", "$object.constructor", "$list.a", "$gone"],
  ...["$states.input.n", "$states.input.s", "$states.input.list.n", "$states.gone", "$states.input.toString"],
];
const LITERALS = ["0", "1", "-2", "9007199254740991", '"b"', '""', "true", "false", "null"];
const OPERATORS = ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "=", "!=", "and", "or", "&"];

function expression(random: Random, depth: number): string {
  const one = <T>(of: readonly T[]): T => of[below(random, of.length)] as T;
  const inner = (): string => expression(random, depth - 1);
  if (depth === 0) return random() < 0.6 ? one(REFERENCES) : one(LITERALS);
  switch (below(random, 9)) {
    case 0:
      return `(${inner()})`;
    case 1:
      return `(${inner()} ? ${inner()}${random() < 0.8 ? ` : ${inner()}` : ""})`;
    case 2:
      return `$${one(["type", "not", "exists", "string", "number", "sum"])}(${inner()})`;
    case 3:
      return `-(${inner()})`;
    case 4:
      return one([
        `(${inner()})[0]`,
        `[${inner()}, ${inner()}]`,
        `($x := ${inner()}; $x)`,
        `{"k": ${inner()}}`,
      ]);
    default:
      return `(${inner()} ${one(OPERATORS)} ${inner()})`;
  }
}

async function outcome(text: string, later: boolean, variables = VARIABLES): Promise<unknown> {
  const context = { now: 0, random: () => 0.5, uuid: () => "id" };
  try {
    return { value: await evaluate(text, "Output", { variables, states: STATES, context }, later) };
  } catch (thrown) {
    return { thrown: String(thrown) };
  }
}

describe("plain expressions", () => {
  test(`give what JSONata gives: ${rounds} random ones, seed ${seed}`, async () => {
    const random = seededRandom(seed);
    let plain = 0;
    for (let round = 0; round < rounds; round++) {
      const text = expression(random, 1 + below(random, 4));
      if (prepare(text).plain) plain++;
      expect(await outcome(text, false), text).toEqual(await outcome(text, true));
    }
    expect(plain).toBeGreaterThan(rounds / 4);
  }, 60_000);

  test("every operator with every two operands gives what JSONata gives", async () => {
    const operands = [...REFERENCES, ...LITERALS];
    for (const operator of OPERATORS) {
      for (const left of operands) {
        for (const right of operands) {
          const text = `${left} ${operator} ${right}`;
          expect(await outcome(text, false), text).toEqual(await outcome(text, true));
        }
      }
    }
  }, 60_000);

  test("a variable with the name of a function is what is called", async () => {
    const variables = { ...VARIABLES, type: "text", not: 1 };
    for (const text of ["$type($one)", "$not($yes)"])
      expect(await outcome(text, false, variables)).toEqual(await outcome(text, true, variables));
  });

  test.each([
    ["a guard of 40 numbers", guard(40)],
    ["a sum of 40 in brackets, which is watched", sum(40)],
    ["a sum too deep for the service", sum(60)],
    ["a text that doubles past the service's memory", doubled(24)],
  ])("%s", async (_name, text) => {
    const variables = {
      ...VARIABLES,
      ...Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`v${n}`, n])),
    };
    expect(await outcome(text, false, variables)).toEqual(await outcome(text, true, variables));
  });

  test("what the compiler emits most is plain", () => {
    for (const text of [guard(3), sum(3), sum(40), "$states.input.n > 3 and $type($one) = 'number'"])
      expect(prepare(text).plain, text).toBeDefined();
    for (const text of ["$sum($list)", "$list[0]", "$list.n", "$random() < 1", "[1, 2]", "$one ~> $type"])
      expect(prepare(text).plain?.({ variables: VARIABLES, states: STATES }), text).toBe(undefined);
  });
});

function guard(count: number): string {
  const terms = Array.from(
    { length: count },
    (_, n) => `($type($v${n})="number" and $v${n} <= 9007199254740991 and $v${n} >= -9007199254740991)`,
  );
  return terms.join(" and ");
}

function sum(count: number): string {
  let text = "$v0";
  for (let n = 1; n < count; n++) text = `(${text} + $v${n})`;
  return text;
}

function doubled(times: number): string {
  let text = '"x"';
  for (let n = 0; n < times && text.length < 20_000; n++) text = `(${text} & ${text})`;
  return text;
}

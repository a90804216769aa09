import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossBoundary, type Json, MAX_JSON_DEPTH, RESERVED_PREFIX } from "../../sdk/model/json.ts";

const key = fc
  .oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "toString", "length", ""))
  .filter((text) => !text.startsWith(RESERVED_PREFIX));

/** Values that JSON carries, written as authors do: with `undefined`, `-0`, null prototypes and odd keys. */
const legal = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, "\u2028", "{% $states %}"),
    fc.array(tie("value")),
    fc.dictionary(key, tie("value")),
    fc.dictionary(key, tie("value"), { noNullPrototype: false }),
  ),
})).value;

const illegal = fc.constantFrom<unknown>(
  10n,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  new Date(0),
  new Map(),
  new Set([1]),
  /x/,
  () => 1,
  Symbol("s"),
  new (class Row {})(),
  Promise.resolve(),
  new Uint8Array(1),
  new Error("e"),
  Object(1),
);

const codeOf = (value: unknown): string => {
  try {
    crossBoundary(value, "value");
    return "crossed";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { a: value };
  return value;
};

describe("crossBoundary", () => {
  it("is JSON's own round trip, with undefined at the top as null", () => {
    fc.assert(
      fc.property(legal, (value) => {
        const expected = value === undefined ? null : JSON.parse(JSON.stringify(value));
        expect(JSON.stringify(crossBoundary(value, "value"))).toBe(JSON.stringify(expected));
      }),
      { numRuns: 500 },
    );
  });

  it("changes nothing the second time, and shares nothing with what was given", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = crossBoundary(value, "value");
        expect(JSON.stringify(crossBoundary(once, "value"))).toBe(JSON.stringify(once));
        if (typeof value === "object" && value !== null) expect(once).not.toBe(value);
      }),
    );
  });

  it("refuses what JSON would change, wherever it stands, and names the place", () => {
    const place = fc.array(fc.oneof(fc.nat({ max: 3 }), key), { maxLength: 6 });
    fc.assert(
      fc.property(illegal, place, (bad, path) => {
        const value = path.reduceRight<unknown>(
          (inner, part) =>
            typeof part === "number"
              ? [...new Array(part).fill(0), inner]
              : Object.defineProperty({}, part, { value: inner, enumerable: true }),
          bad,
        );
        expect(codeOf(value)).toBe("RLT2001");
      }),
    );
    expect(() => crossBoundary({ rows: [{ "a b": 1n }] }, "result of a task")).toThrow(
      'RLT2001: The result of a task holds a bigint at $.rows[0]["a b"], which JSON cannot carry.',
    );
  });

  it("keeps -0 out, odd keys in, and the prototype alone", () => {
    expect(Object.is(crossBoundary(-0, "value"), 0)).toBe(true);
    const odd = crossBoundary(JSON.parse('{"__proto__":{"polluted":1},"constructor":2}'), "value") as object;
    expect(JSON.stringify(odd)).toBe('{"__proto__":{"polluted":1},"constructor":2}');
    expect(({} as { polluted?: Json }).polluted).toBeUndefined();
  });

  it("refuses reserved keys, depth and cycles with codes of their own", () => {
    expect(codeOf({ a: [{ "$runlet.ref": 1 }] })).toBe("RLT2002");
    expect(codeOf({ $runlet: 1, "x$runlet.": 1 })).toBe("crossed");
    expect(codeOf(nested(MAX_JSON_DEPTH))).toBe("crossed");
    expect(codeOf(nested(MAX_JSON_DEPTH + 1))).toBe("RLT2003");
    const ring: Record<string, unknown> = {};
    ring["self"] = { ring };
    expect(codeOf(ring)).toBe("RLT2003");
    const shared = { x: 1 };
    expect(crossBoundary([shared, shared], "value")).toEqual([{ x: 1 }, { x: 1 }]);
  });

  it("holes become null, symbol keys and hidden properties stay behind as in JSON", () => {
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    expect(crossBoundary([1, , 3], "value")).toEqual([1, null, 3]);
    const value = Object.defineProperty({ [Symbol("s")]: 1, seen: 2 }, "hidden", { value: 3 });
    expect(crossBoundary(value, "value")).toEqual({ seen: 2 });
  });

  it("a toJSON that is inherited is not asked: such an object is no plain one", () => {
    expect(codeOf({ toJSON: () => 1 })).toBe("RLT2001");
    expect(codeOf(Object.create({ toJSON: () => 1 }))).toBe("RLT2001");
  });
});

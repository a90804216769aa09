import { describe, expect, it, vi } from "vitest";
import { isReference, type Reference } from "../../sdk/model/protocol.ts";
import { createInlineHandler, type Region } from "../../sdk/runtime/inline-handler.ts";
import { failureOf, inlineEvent } from "./as-lambda.ts";
import { memoryPorts } from "./memory-ports.ts";

const handlerOf = (region: Region, ports = memoryPorts()) => createInlineHandler({ here: region }, { ports });
const settled = (name: string, message: string, At = "2026-01-01T00:00:05.000Z") => {
  const Cause = JSON.stringify({ errorType: name, errorMessage: message, trace: [] });
  return { "$runlet.error": { Error: name, Cause, At } };
};

describe("the dispatcher of inline steps", () => {
  it("runs the region on its values", async () => {
    const handler = handlerOf(({ rows }) => (rows as number[]).filter((row) => row > 1));
    expect(await handler(inlineEvent("here", { rows: [1, 2, 3] }), {})).toEqual([2, 3]);
  });

  it("refuses an unknown region, and one that only a prototype has", async () => {
    const handler = handlerOf(() => 1);
    for (const name of ["there", "toString", "__proto__"]) {
      expect((await failureOf(handler, inlineEvent(name, {}))).message).toMatch(/^RLT3001: /);
    }
  });

  it("reads references, and answers one where the answer is large", async () => {
    const ports = memoryPorts();
    const reference = await handlerOf(() => "x".repeat(400_000), ports)(inlineEvent("here", {}), {});
    expect(isReference(reference)).toBe(true);
    expect((reference as Reference)["$runlet.ref"].key).toMatch(/^results\/run-1\/here\/_-inline-/);
    const length = handlerOf(({ big }) => (big as { text: string }[])[0]?.text.length, ports);
    expect(await length(inlineEvent("here", { big: [{ text: reference as never }] }), {})).toBe(400_000);
  });

  it("throws the earliest failure of the first value that has one", async () => {
    const region = vi.fn();
    const values = {
      ok: [1],
      results: [
        1,
        { inner: [2, settled("B", "second item")] },
        settled("C", "third item", "2026-01-01T00:00:04.999Z"),
        settled("D", "fourth item", "2026-01-01T00:00:04.999Z"),
      ],
      last: settled("A", "last value", "2026-01-01T00:00:00.000Z"),
    };
    expect(await failureOf(handlerOf(region), inlineEvent("here", values as never))).toEqual({
      name: "C",
      message: "third item",
    });
    expect(region).not.toHaveBeenCalled();
  });

  it("throws what the region throws, null access in V8's words", async () => {
    const handler = handlerOf(({ row }) => (row as { total: number }).total);
    expect(await failureOf(handler, inlineEvent("here", { row: null }))).toEqual({
      name: "TypeError",
      message: "Cannot read properties of null (reading 'total')",
    });
  });

  it.each<[string, Region]>([
    ["assignment", ({ a }) => Object.assign(a as object, { x: 2 })],
    ["a new key", ({ a }) => Object.assign(a as object, { y: 2 })],
    ["delete", ({ a }) => delete (a as { x?: number }).x],
    ["push", ({ list }) => (list as number[]).push(1)],
    ["pop", ({ list }) => (list as number[]).pop()],
    ["sort", ({ list }) => (list as number[]).sort()],
    ["length", ({ list }) => ((list as number[]).length = 0)],
    ["the values themselves", (values) => Object.assign(values, { b: 1 })],
    ["a deep one", ({ deep }) => (deep as { list: number[] }[])[0]?.list.reverse()],
  ])("refuses a change in place: %s", async (_, region) => {
    const values = { a: { x: 1 }, list: [2, 1], deep: [{ list: [1, 2] }] };
    expect((await failureOf(handlerOf(region), inlineEvent("here", values))).message).toMatch(/^RLT2008: /);
  });

  it("lets a region change what it made itself", async () => {
    const handler = handlerOf(({ list }) => [...(list as number[])].sort());
    expect(await handler(inlineEvent("here", { list: [2, 1] }), {})).toEqual([1, 2]);
  });

  it("waits for a region that holds an await, and words a boundary's errors as plain Node does", async () => {
    const handler = handlerOf(async ({ list }) => (await (list as number[])).length);
    expect(await handler(inlineEvent("here", { list: [2, 1] }), {})).toBe(2);
    const { message } = await failureOf(
      handlerOf(() => [1n]),
      inlineEvent("here", {}, "result"),
    );
    expect(message).toMatch(/^RLT2001: The result of a flow holds a bigint at \$\[0\]/);
  });

  it("refuses to compare by identity what may be copies of one object, and compares all else", async () => {
    const compare = (run: Region) =>
      handlerOf(run)(inlineEvent("here", { a: {}, b: [1], c: {}, n: null, s: "1" }), {});
    expect(
      await compare(({ a, n, s }, t) => [t.equal("===", a, n), t.equal("!==", s, "1"), t.equal("==", s, 1)]),
    ).toEqual([false, false, true]);
    expect(
      await compare(({ a, b }, t) => [t.equal("===", a, a), t.equal("!=", a, b), new t.Set([a]).has(b)]),
    ).toEqual([true, true, false]);
    for (const run of [
      ({ a, c }, t) => t.equal("===", a, c),
      ({ a, b }, t) => (b as unknown[]).includes(...(t.sought(a) as [unknown])),
      ({ a, c }, t) => Object.is(...(t.pair(a, c) as [unknown, unknown])),
      ({ a, c }, t) => new t.Set([a, c]).size,
      ({ a, c }, t) => new t.Map([[a, 1]]).get(c) ?? 0,
    ] satisfies Region[])
      await expect(compare(run)).rejects.toThrow(/^RLT2010: /);
  });

  it("refuses an answer that is not JSON, such as a promise", async () => {
    const handler = handlerOf(() => Promise.resolve(1));
    expect((await failureOf(handler, inlineEvent("here", {}))).message).toMatch(
      /^RLT2001: The arguments of a task holds a Promise/,
    );
  });

  it("takes what JSON changes at a boundary, and refuses it inside the flow", async () => {
    const answers: [string, unknown, unknown][] = [
      ["undefined", undefined, null],
      ["a key that JSON drops", { a: [{ b: undefined }] }, { a: [{}] }],
      ["a hole", Array(1), [null]],
      ["-0", [-0], [0]],
      ["properties of an array", "a1".match(/\d/), ["1"]],
    ];
    for (const [what, given, crossed] of answers) {
      const handler = handlerOf(() => given);
      expect(await handler(inlineEvent("here", {}), {}), what).toEqual(crossed);
      for (const crossing of ["exact", "items"] as const) {
        const { message } = await failureOf(handler, inlineEvent("here", {}, crossing));
        expect(message, what).toMatch(/^RLT3005: /);
      }
    }
    const plain = { a: [null, 0, "", [], {}], b: { c: 1e300 } };
    expect(await handlerOf(() => plain)(inlineEvent("here", {}, "exact"), {})).toEqual(plain);
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const { message } = await failureOf(
      handlerOf(() => cycle),
      inlineEvent("here", {}, "exact"),
    );
    expect(message).toMatch(/^RLT2003: /);
  });

  it("never answers the items of a map by reference", async () => {
    const items = Array.from({ length: 40_000 }, (_, i) => `item ${i}`);
    const { message } = await failureOf(
      handlerOf(() => items),
      inlineEvent("here", {}, "items"),
    );
    expect(message).toMatch(/^RLT2009: /);
  });

  it("refuses to be asked twice for one state", async () => {
    const event = { ...inlineEvent("here", {}), again: true };
    expect(
      (
        await failureOf(
          handlerOf(() => 1),
          event,
        )
      ).message,
    ).toMatch(/^RLT3005: /);
  });

  it("gives generated code what it needs", async () => {
    const freeze = handlerOf((_, tools) => {
      const made = tools.freeze({ when: /a/g, list: [1] });
      made.when.test("a");
      return made.list.push(2);
    });
    expect((await failureOf(freeze, inlineEvent("here", {}))).message).toMatch(/^RLT2008: /);
    const items = handlerOf(({ xs }, tools) => tools.items(xs));
    expect(await items(inlineEvent("here", { xs: [1, null] }, "items"), {})).toEqual([1, null]);
    expect((await failureOf(items, inlineEvent("here", { xs: "ab" }, "items"))).message).toMatch(
      /^RLT4002: map was called with something that is not an array\./,
    );
  });
});

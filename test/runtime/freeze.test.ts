import { describe, expect, it } from "vitest";
import { toPlain } from "../../sdk/engine/plain.ts";
import { freezeDeeply, thawDeeply } from "../../sdk/runtime/freeze.ts";

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { value };
  return value;
};

describe("values that are frozen and thawed", () => {
  it("froze Object.prototype, for the whole process, when a program had reached it", () => {
    freezeDeeply([Object.prototype, Array.prototype, { in: Object.prototype }]);
    expect(Object.isFrozen(Object.prototype)).toBe(false);
    expect(Object.isFrozen(Array.prototype)).toBe(false);
  });

  it("freezes at every depth, what contains itself too", () => {
    const value: { in: { list: unknown[] }; self?: unknown } = { in: { list: [{}] } };
    value.self = value;
    freezeDeeply(value);
    expect([value, value.in, value.in.list, value.in.list[0]].every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(freezeDeeply(nested(100_000)))).toBe(true);
    expect(freezeDeeply(undefined)).toBe(undefined);
    expect(Object.isFrozen(freezeDeeply([undefined, [null]])[1])).toBe(true);
  });

  it("stopped with a RangeError on what contains itself", () => {
    const self: Record<string, unknown> = {};
    self["self"] = self;
    expect(() => thawDeeply(self)).toThrow(/^RLT2003: /);
    expect(() => thawDeeply(nested(100_000))).toThrow(/^RLT2003: /);
    expect(thawDeeply(freezeDeeply({ a: [{ b: 1 }] }))).toEqual({ a: [{ b: 1 }] });
  });
});

describe("plain values", () => {
  it("have own keys that each object inherits, as what they are", () => {
    const text = '{"constructor":1,"__proto__":{"a":2},"toString":null}';
    expect(JSON.stringify(toPlain(JSON.parse(text)))).toBe(text);
  });
});

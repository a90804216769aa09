import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Failure, toError, toFailure } from "../../sdk/model/failure.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";

const name = fc
  .string({ minLength: 1 })
  .filter((text) => !/^(States|Runlet|Lambda|Sandbox|Runtime)\./.test(text));
const failure = fc.letrec<{ failure: Failure }>((tie) => ({
  failure: fc.record(
    {
      name,
      message: fc.string({ unit: "binary" }),
      cause: fc.option(tie("failure"), { nil: undefined, maxDepth: 4 }),
    },
    { requiredKeys: ["name", "message"] },
  ) as fc.Arbitrary<Failure>,
})).failure;

describe("failures", () => {
  it("make the way to an Error and back unchanged", () => {
    fc.assert(
      fc.property(failure, (given) => {
        const error = toError(given);
        expect(error).toBeInstanceOf(Error);
        expect(toFailure(error)).toEqual(JSON.parse(JSON.stringify(given)));
      }),
    );
  });

  it("keep the code of Runlet's own errors", () => {
    const back = toError(toFailure(new RunletError("RLT2004", "The input is refused.")));
    expect(back).toMatchObject({ name: "RunletError", code: "RLT2004" });
    expect(toError({ name: "Error", message: "RLT2004 is not at the start: RLT2004:" })).not.toHaveProperty(
      "code",
    );
  });

  it.each([
    [null, "The value null"],
    [undefined, "The value undefined"],
    ["boo", 'The string "boo"'],
    [7, "A number"],
    [{ message: "looks like one" }, "An object"],
  ])("something else than an Error has a code: %j", (thrown, what) => {
    expect(toFailure(thrown)).toEqual({
      name: "RunletError",
      message: expect.stringMatching(`^RLT2006: ${what} was thrown\\. Mend: `),
    });
  });

  it.each(["States.Timeout", "Runlet.Retry.1", "Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError"])(
    "a name of the platform has a code: %s",
    (reserved) => {
      const error = Object.assign(new Error("mine"), { name: reserved });
      expect(toFailure(error).message).toMatch(/^RLT2005: .*mine\. Mend: /);
    },
  );

  it("errors of another realm, without a name, and with a message that is no string", () => {
    expect(toFailure(runInNewContext("new RangeError('far')"))).toEqual({
      name: "RangeError",
      message: "far",
    });
    expect(toFailure(Object.assign(new Error("m"), { name: "" }))).toEqual({ name: "Error", message: "m" });
    expect(toFailure(Object.assign(new Error(), { message: 5 }))).toEqual({ name: "Error", message: "5" });
  });

  it("causes end: at eight levels, at a ring, and at what is no Error", () => {
    const ring = new Error("ring");
    ring.cause = ring;
    let depth = 0;
    for (let at: Failure | undefined = toFailure(ring); at; at = at.cause) depth++;
    expect(depth).toBe(9);
    expect(toFailure(new Error("m", { cause: "text" }))).toEqual({ name: "Error", message: "m" });
  });
});

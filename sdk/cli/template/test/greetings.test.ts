import { runCompiled } from "runlet/testing";
import { expect, test } from "vitest";
import { greetings } from "../flows/greetings.js";

const input = { names: ["Ada", "Grace"] };

test("greets everybody, as plain TypeScript", async () => {
  expect(await greetings(input)).toEqual({
    lines: ["Hello, Ada!", "Hello, Grace!"],
    note: "greeted 2, longest: Hello, Grace!",
  });
});

test("gives the same answer compiled, on the engine", async () => {
  const compiled = await runCompiled(new URL("../flows/greetings.ts", import.meta.url), { input });
  expect(compiled.output).toEqual(await greetings(input));
});

import { describe } from "vitest";
import { CONSTANTS, CONSTRUCTS } from "./constructs.ts";
import { POSITIONS } from "./positions.ts";
import { type Program, suite } from "./suite.ts";

/** What stays in the flow must survive exactly, and objects have no identity: such runs may be refused, by these codes. */
const REFUSES = ["RLT3005", "RLT2001", "RLT2010"] as const;

/** V8 quotes the text, which the comparison's own check changes; a boolean has no `map` in any case. */
const QUOTED = ["as items: identical"];

/** Each construct in some of the positions; the table is cut in files, since vitest runs files side by side. */
export function matrix(positions: readonly (keyof typeof POSITIONS)[]): void {
  describe.each(positions.map((name) => [name] as const))("%s", (position) => {
    const place = POSITIONS[position];
    const table = Object.entries(CONSTRUCTS)
      .filter(([name]) => !QUOTED.includes(`${position}: ${name}`))
      .map(([name, text]): [string, Program] => [
        name,
        { flow: place(text), module: CONSTANTS, refuses: REFUSES },
      ]);
    suite("each construct", Object.fromEntries(table), { inputs: 6 });
  });
}

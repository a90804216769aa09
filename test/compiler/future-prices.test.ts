import { describe, expect, it } from "vitest";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import { ManualClock } from "../../sdk/testing/index.ts";
import { compileText } from "./fixture.ts";

const HEAD = `import { flow, task, waitForEvent } from "runlet";
export const A = task(async (x: unknown) => x);
export const child = flow(async (x: unknown) => x);
async function two(x: unknown) { const y = await A(x); return await A(y); }
`;

/**
 * The start and the end of the flow are 2 of each. Side by side costs 1 and the end of each branch; a call that is no
 * task's is a map of one, 1 and the end of its item; an await that looks for a failure before it reads the result is 1.
 */
describe("transitions of calls that begin now and are awaited later, over a list of three", () => {
  it.each([
    [8, "const p = A(1), q = A(2); return [await p, await q];"],
    [9, "const p = A(1), q = A(2); const [x, y] = await Promise.all([p, q]); return [x, y];"],
    [11, "const p = child(1); const y = await A(2); return [await p, y];"],
    [11, "const calls = { a: A(1), b: child(2) }; return [await calls.a, await calls.b];"],
    [14, "const p = two(1); const y = await A(2); return [await p, y];"],
    [10, "const p = o.xs ? A(1) : child(2); const y = await A(2); return [await p, y];"],
    [13, "const p = A(1).then((v) => A(v)); const y = await A(2); return [await p, y];"],
    [
      17,
      "const ps = o.xs.map((x: any) => child(x)); const y = await A(2); return [await Promise.all(ps), y];",
    ],
    [
      11,
      "const p = waitForEvent('x', { timeout: { minutes: 1 } }); const y = await A(1); try { return [y, await p]; } catch { return 1; }",
    ],
    [
      6,
      "const ps = o.xs.map((x: any) => A(x)); const out = []; for (const p of ps) out.push(await p); return out;",
    ],
    [
      16,
      "const ps = o.xs.map((x: any) => A(x)); const out = []; for (const p of ps) { out.push(await p); await A(1); } return out;",
    ],
    [7, "const ps = []; for (const x of o.xs) ps.push(A(x)); return await Promise.all(ps);"],
    [24, "const ps = []; for (const x of o.xs) ps.push(two(x)); return await Promise.all(ps);"],
    [16, "return await o.xs.reduce(async (p: any, x: any) => (await p) + (await A(x)), 0);"],
    [
      43,
      "let next = A(0); for (const x of o.xs) { const page = await next; next = A(x); await A(page); } return await next;",
    ],
    [10, "const p = A(1); const q = p.then((v) => A(v)); return [await p, await q];"],
  ])("%i: %s", async (transitions, body) => {
    const clock = new ManualClock();
    const file = await compileText(`${HEAD}export const main = flow(async (o: any) => { ${body} });\n`);
    const run = await clock.runUntil(file.run({ flow: "main", clock, input: { xs: [1, 2, 3] } }));
    expect(countTransitions(run.history)).toBe(transitions);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import { runCompiled } from "../../sdk/testing/index.ts";

const folder = mkdtempSync(join(tmpdir(), "runlet-loops-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, body: string): string {
  const file = join(folder, `${name}.ts`);
  writeFileSync(
    file,
    `import { flow, task } from "runlet";
export const ship = task(async (x: unknown) => x);
export const main = flow(async (xs: number[]) => ${body});\n`,
  );
  return file;
}

describe("the economy of loops", () => {
  it.each([0, 1, 2, 5])("a turn of for-of costs two transitions: %i turns", async (turns) => {
    const file = program("for-of", "{ for (const x of xs) { await ship(x); } return 'done'; }");
    const { history } = await runCompiled(file, { input: Array.from({ length: turns }, (_, i) => i) });
    // The start, the Choice at the entry, the return; the Choice after each turn takes the place of another one.
    expect(countTransitions(history)).toBe(3 + 2 * turns);
  });

  it("a loop over an answer in which nothing waits costs no turns (each was a state entry)", async () => {
    const file = program(
      "over",
      "{ let n = 0; for (const x of (await ship(xs)) as number[]) n += x; return n; }",
    );
    const { history, output } = await runCompiled(file, { input: [1, 2, 3, 4] });
    expect(output).toBe(10);
    expect(countTransitions(history)).toBe(4);
  });

  it("a counted loop costs the same, its variable included", async () => {
    const file = program("counted", "{ let n = 0; while (n < 3) { await ship(n); n++; } return n; }");
    const { history, output } = await runCompiled(file, { input: [] });
    expect(output).toBe(3);
    expect(countTransitions(history)).toBe(3 + 2 * 3);
  });

  it("try costs nothing while nothing fails", async () => {
    const plain = program("plain", "{ const a = await ship(1); return ship(a); }");
    const tried = program(
      "tried",
      "{ try { const a = await ship(1); return await ship(a); } catch { return 0; } }",
    );
    const count = async (file: string): Promise<number> =>
      countTransitions((await runCompiled(file, { input: [] })).history);
    expect(await count(tried)).toBe(await count(plain));
  });

  it("a switch of many cases is one Choice", async () => {
    const cases = Array.from({ length: 20 }, (_, i) => `case ${i}: return ship(${i});`).join(" ");
    const file = program("cases", `{ const x = await ship(17); switch (x) { ${cases} } return -1; }`);
    const { history, output } = await runCompiled(file, { input: [] });
    expect(output).toBe(17);
    expect(countTransitions(history)).toBe(4);
  });
});

describe("the keys of calls in loops", () => {
  it("are distinct for every turn of every loop, also within maps", async () => {
    const file = program(
      "keys",
      `{ for (let i = 0; i < 2; i++) { for (const x of xs) { await ship([i, x]); }
         await Promise.all(xs.map(async (x) => { let n = 0; while (n < 2) { await ship([x, n]); n++; } })); } return 0; }`,
    );
    const { calls } = await runCompiled(file, { input: [7, 8, 9] });
    const keys = calls.map(({ step, frames }) => `${step}/${frames.join(".")}`);
    expect(keys).toHaveLength(2 * 3 + 2 * 3 * 2);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

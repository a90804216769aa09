import { describe, expect, it } from "vitest";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import type { HistoryEvent } from "../../sdk/engine/index.ts";
import { ManualClock } from "../../sdk/testing/index.ts";
import { compileText, entered } from "./fixture.ts";

const HEAD = `import { flow, task } from "runlet";
import * as z from "zod";
export const load = task(async (x: unknown) => x);
export const child = flow(async (x: unknown) => { const a = await load(x); return a; });
export const schooled = flow({ input: z.object({ n: z.number() }) }, async ({ n }) => load(n));
`;

describe("what a call of a flow costs", () => {
  it.each([
    ["const y = await child(1); return y;", 1],
    ["const y = await child({ a: [1], b: 'x' }); return y;", 1],
    ["await child.start(1); return 1;", 1],
    // Its schema sees the input: an inline step more.
    ["const y = await schooled({ n: 1 }); return y;", 2],
  ])("%s: %i transitions in the caller, beside the start and the end", async (body, calls) => {
    const { run } = await compileText(`${HEAD}export const main = flow(async () => { ${body} });`);
    const { history, children } = await run({ flow: "main" });
    expect(countTransitions(history)).toBe(1 + calls + 1);
    expect(children).toHaveLength(1);
    expect(countTransitions(children[0]?.history ?? [])).toBe(2);
  });
});

describe("the runs of called flows", () => {
  const inputOf = (history: readonly HistoryEvent[]): Record<string, unknown> =>
    JSON.parse(history[0]?.executionStartedEventDetails?.input ?? "{}") as Record<string, unknown>;

  it("have ids that follow from the caller's id, the call and the frames: the same again, all distinct", async () => {
    const { run } = await compileText(`${HEAD}
      export const main = flow(async () => {
        await child(0); await child(0);
        for (const i of [1, 2]) { await child(0); await Promise.all([1, 2].map(async (j) => { const y = await child(j); return y; })); }
        return 1;
      });`);
    const ids = (children: { runId: string }[]): string[] => children.map(({ runId }) => runId).toSorted();
    const first = await run({ flow: "main", runId: "one" });
    expect(new Set(ids(first.children)).size).toBe(2 + 2 + 4);
    expect(ids((await run({ flow: "main", runId: "one" })).children)).toEqual(ids(first.children));
    const other = ids((await run({ flow: "main", runId: "two" })).children);
    expect(other.filter((id) => ids(first.children).includes(id))).toEqual([]);
    for (const id of other) expect(id).toMatch(/^s[0-9a-f]{31}$/);
    const keys = first.calls.map(({ runId, step, frames }) => [runId, step, ...frames].join("/"));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("know who started them, and how many stand around them", async () => {
    const { run } = await compileText(`${HEAD}
      export const outer = flow(async (x: unknown) => { const y = await child(x); await child.start(x); return y; });
      export const main = flow(async () => { const y = await outer("in"); return y; });`);
    const { children } = await run({ flow: "main", runId: "root" });
    const inputs = children.map(({ flow, history }) => [flow, inputOf(history)] as const);
    expect(inputs).toMatchObject([
      [
        "outer",
        {
          input: "in",
          depth: 1,
          AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: expect.stringMatching(/:main:root$/),
        },
      ],
      ["child", { input: "in", depth: 2 }],
      ["child", { input: "in" }],
    ]);
    expect(inputs[2]?.[1]).not.toHaveProperty("depth");
  });

  it("of another file are part of the build", async () => {
    const { writeFiles } = await import("./fixture.ts");
    const { compileFlows } = await import("../../sdk/testing/index.ts");
    const path = writeFiles({
      "inner.ts": `${HEAD}export const deep = flow(async (x: unknown) => { const y = await child(x); return [y]; });`,
      "main.ts": `import { flow } from "runlet"; import * as parts from "./inner.ts"; import { schooled } from "./inner.ts";
        export const main = flow(async () => { const a = await parts.deep(1); const b = await schooled({ n: 2 }); return [a, b]; });`,
    });
    const compiled = await compileFlows(path("main.ts"));
    expect(compiled.flows.map(({ name }) => name).toSorted()).toEqual(["child", "deep", "main", "schooled"]);
    expect((await compiled.run({ flow: "main" })).output).toEqual([[1], 2]);
    compiled.close();
  });

  it("a fan-out of calls is side by side", async () => {
    const { run } = await compileText(`${HEAD}
      export const slow = task({ retries: 1, retryDelay: { seconds: 60 } }, async () => 0);
      export const waits = flow(async (i: number) => { await slow(i); return i; });
      export const main = flow(async () => Promise.all([1, 2, 3].map(async (i) => waits(i))));`);
    const clock = new ManualClock();
    const start = clock.now();
    const seen = new Set<unknown>();
    const slow = (i: unknown): number => {
      if (!seen.has(i)) {
        seen.add(i);
        throw new Error("once");
      }
      return 1;
    };
    expect((await clock.runUntil(run({ flow: "main", clock, tasks: { slow } }))).output).toEqual([1, 2, 3]);
    expect(clock.now() - start).toBe(60_000);
  });
});

describe("refused", () => {
  it.each([
    ["child(1);", "RLT1210"],
    ["await child(1, 2);", "RLT1210"],
    ["await child(...[1]);", "RLT1210"],
    ["await child.map([1]);", "RLT1208"],
    ["const f = child;", "RLT1207"],
  ])("%s is %s", async (body, code) => {
    const wrong = compileText(`${HEAD}export const main = flow(async () => { ${body} return 1; });`);
    await expect(wrong).rejects.toThrow(code);
  });

  it("a definition that no handler leads to has no state too many", async () => {
    const { flows } = await compileText(
      `${HEAD}export const main = flow(async () => { const y = await child(1); return y; });`,
    );
    const main = flows.find(({ name }) => name === "main");
    expect(Object.keys(main?.definition.States ?? {})).toEqual(["child", "return", "(sub-flow failed)"]);
    expect(entered([])).toEqual([]);
  });
});

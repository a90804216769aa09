import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CompiledFile, ManualClock } from "../../sdk/testing/index.ts";
import { assertSame } from "./compare.ts";
import { openPrograms, type Programs } from "./harness.ts";
import { seedOf } from "./seed.ts";

const SEED = seedOf("RUNLET_FUZZ_SEED", "RUNLET_FUZZ_RUNS");
/** The whole: `RUNLET_FUZZ_RUNS=500 npx vitest run test/differential/futures-graphs.test.ts`. */
const GRAPHS = Number(process.env["RUNLET_FUZZ_RUNS"] ?? 40);

/** A graph of calls in series and in parallel: what each call waits for, by number. */
interface Graph {
  needs: number[][];
  millis: number[];
}

/** The calls of a random series-parallel graph, and those that end it. */
function grown(draw: (below: number) => number, graph: Graph, from: number[], depth: number): number[] {
  const kind = depth === 0 ? 0 : draw(3);
  if (kind === 0) {
    graph.needs.push(from);
    graph.millis.push(1 + draw(9_000));
    return [graph.needs.length - 1];
  }
  if (kind === 1) return grown(draw, graph, grown(draw, graph, from, depth - 1), depth - 1);
  const width = 2 + draw(2);
  return Array.from({ length: width }, () => grown(draw, graph, from, depth - 1)).flat();
}

const graphs = fc.sample(
  fc.gen().map((g): Graph => {
    const draw = (below: number): number => g(() => fc.noBias(fc.nat({ max: Math.max(0, below - 1) })));
    const graph: Graph = { needs: [], millis: [] };
    grown(draw, graph, [], 3);
    return graph;
  }),
  { numRuns: GRAPHS, seed: SEED },
);

/** The longest way through the graph, in milliseconds. */
function criticalPath({ needs, millis }: Graph): number {
  const ends: number[] = [];
  for (const [i, before] of needs.entries())
    ends[i] = Math.max(0, ...before.map((one) => ends[one] ?? 0)) + (millis[i] ?? 0);
  return Math.max(...ends);
}

const flowOf = ({ needs }: Graph): string => {
  const calls = needs.map(
    (before, i) => `const f${i} = work.submit(${[i, ...before.map((one) => `f${one}`)].join(", ")});`,
  );
  return `flow(async () => { ${calls.join(" ")} return [${needs.map((_, i) => `await f${i}`).join(", ")}]; })`;
};

describe(`futures run as their graph says, seed ${SEED} (RUNLET_FUZZ_SEED)`, () => {
  let programs: Programs;
  let compiled: CompiledFile;
  beforeAll(async () => {
    const flows = graphs.map((graph, i) => `export const g${i} = ${flowOf(graph)};`);
    const work =
      "export const work = task(async (...args) => { await call('work', args); return args[0]; });";
    programs = await openPrograms({ "main.ts": [work, ...flows].join("\n") });
    compiled = await programs.file();
  }, 1_200_000);
  afterAll(() => programs?.close());

  it("the answer is plain Node's", async () => {
    for (const [i] of graphs.entries()) {
      const [a, b] = [await programs.plain(`g${i}`, {}), await programs.compiled(`g${i}`, {})];
      expect("value" in a.end).toBe(true);
      assertSame(a, b, `graph ${i}`);
    }
  }, 3_600_000);

  it("wall time is the critical path, exactly, in virtual time", async () => {
    let wide = 0;
    for (const [i, graph] of graphs.entries()) {
      const clock = new ManualClock();
      const begin = clock.now();
      const work = (at: number): Promise<number> =>
        new Promise((done) => void clock.schedule(graph.millis[at] ?? 0, () => done(at)));
      await clock.runUntil(
        compiled.run({ flow: `g${i}`, clock: unheld(clock), tasks: { work: work as never } }),
      );
      expect(clock.now() - begin, `graph ${i}: ${JSON.stringify(graph)}`).toBe(criticalPath(graph));
      if (graph.millis.reduce((sum, one) => sum + one, 0) > criticalPath(graph)) wide++;
    }
    console.log(`${GRAPHS} graphs, ${wide} of them with calls side by side, seed ${SEED}`);
    expect(wide).toBeGreaterThan(GRAPHS / 8);
  }, 3_600_000);
});

/** The clock, but for its hold on time while a call is under way: here calls take virtual time. */
const unheld = (clock: ManualClock): ManualClock =>
  new Proxy(clock, {
    get: (target, key) => {
      if (key === "during") return undefined;
      const value = Reflect.get(target, key) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

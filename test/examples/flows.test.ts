import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { apiEtl } from "../../examples/api-etl/flow.ts";
import { dynamicFlow } from "../../examples/dynamic-flow/flow.ts";
import { mlPipeline } from "../../examples/ml-pipeline/flow.ts";
import { routeOrders } from "../../examples/order-routing/flow.ts";
import { rateSheet } from "../../examples/rate-sheet/flow.ts";
import { ManualClock, runCompiled, withEnvironment } from "../../sdk/testing/index.ts";
import { root, runJson } from "../cli/cli.ts";

const fileOf = (example: string): string => join(root, "examples", example, "flow.ts");
const target = mkdtempSync(join(tmpdir(), "runlet-examples-"));
afterAll(() => rmSync(target, { recursive: true, force: true }));

/** One answer in Node, compiled in this process, and from the CLI with a process a task. */
async function everywhere<I>(
  example: string,
  flow: (input: I) => Promise<unknown>,
  input: I,
): Promise<unknown> {
  const plain = await flow(input);
  expect((await runCompiled(fileOf(example), { input })).output).toEqual(plain);
  const { code, document } = await runJson(fileOf(example), ["--input", JSON.stringify(input)]);
  expect([code, document.output]).toEqual([0, plain]);
  return plain;
}

describe("examples/dynamic-flow", () => {
  it("runs the second task after the first, where the condition says so", async () => {
    expect(await everywhere("dynamic-flow", dynamicFlow, { condition: true })).toEqual({
      first: { rows: 3 },
      second: 6,
    });
    expect(await everywhere("dynamic-flow", dynamicFlow, { condition: false })).toEqual({
      first: { rows: 3 },
    });
    const { calls } = await runCompiled(fileOf("dynamic-flow"), { input: { condition: true } });
    expect(calls.map(({ task }) => task)).toEqual(["dummyTask", "anotherTask"]);
  });
});

describe("examples/ml-pipeline", () => {
  it("deploys a model that it trained, since it is right in more than 9 of 10 cases", async () => {
    const input = { columns: ["months", "orders", "complaints", "days"], target };
    const answer = (await everywhere("ml-pipeline", mlPipeline, input)) as {
      deployed: string;
      metrics: { accuracy: number; tested: number };
    };
    expect(answer.metrics.accuracy).toBeGreaterThan(0.9);
    expect(answer.metrics.tested).toBe(150);
    const model = JSON.parse(readFileSync(answer.deployed, "utf8")) as { weights: number[] };
    // What was learned is what the data was made of: habit keeps, complaints and silence drive away.
    const [, orders = 0, complaints = 0, days = 0] = model.weights;
    expect(orders).toBeLessThan(0);
    expect(complaints).toBeGreaterThan(0);
    expect(days).toBeGreaterThan(0);
  });

  it("deploys none that knows too little", async () => {
    const answer = await everywhere("ml-pipeline", mlPipeline, { columns: ["months"], target });
    expect(answer).toMatchObject({ deployed: null });
    expect((answer as { metrics: { accuracy: number } }).metrics.accuracy).toBeLessThan(0.9);
  });
});

describe("examples/api-etl", () => {
  const PAGES = 5;
  let server: Server;
  let api: string;
  let failing: number;
  let asked: number[];

  beforeEach(async () => {
    asked = [];
    failing = 0;
    server = createServer((request, response) => {
      const page = Number(new URL(request.url ?? "/", "http://api").searchParams.get("page"));
      asked.push(page);
      const fails = page === 3 && asked.filter((one) => one === 3).length <= failing;
      response.statusCode = fails ? 503 : 200;
      const rows = [0, 1, 2].map((i) => ({ id: page * 10 + i, customer: `c${i}`, total: i * page }));
      response.end(JSON.stringify({ rows, pages: PAGES }));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const expected = { loaded: 10, revenue: 45 };

  it("gives one answer in Node, compiled and from the CLI", async () => {
    expect(await everywhere("api-etl", apiEtl, { api, target })).toEqual(expected);
    expect(readFileSync(join(target, "orders.jsonl"), "utf8").trim().split("\n")).toHaveLength(10);
  });

  it.each([
    ["plain Node", async (clock: ManualClock) => withEnvironment({ clock }, () => apiEtl({ api, target }))],
    [
      "compiled",
      async (clock: ManualClock) =>
        (await runCompiled(fileOf("api-etl"), { input: { api, target }, clock })).output,
    ],
  ])("page 3 fails twice and is fetched a third time, in %s", async (_, run) => {
    failing = 2;
    const clock = new ManualClock();
    expect(await clock.runUntil(run(clock))).toEqual(expected);
    expect(asked.filter((page) => page === 3)).toHaveLength(3);
    expect(asked.filter((page) => page !== 3)).toHaveLength(PAGES - 1);
  });

  it("a page that goes on failing ends the flow with its error, after four attempts, in both", async () => {
    failing = 100;
    for (const run of [
      (clock: ManualClock) => withEnvironment({ clock }, () => apiEtl({ api, target })),
      (clock: ManualClock) => runCompiled(fileOf("api-etl"), { input: { api, target }, clock }),
    ]) {
      asked = [];
      const clock = new ManualClock();
      await expect(clock.runUntil(run(clock) as Promise<unknown>)).rejects.toThrow("page 3: HTTP 503");
      expect(asked.filter((page) => page === 3)).toHaveLength(4);
    }
  });
});

describe("examples/order-routing", () => {
  const order = (id: string, lines: [string, number][]) => ({
    id,
    distances: { north: 300, south: 40, west: 120 },
    lines: lines.map(([sku, quantity]) => ({ sku, quantity })),
  });

  it.each([
    [
      "from the nearest warehouse",
      [order("o1", [["a", 2]])],
      { "south/a": 5, "north/a": 5 },
      { parcels: 1, missing: 0 },
    ],
    [
      "from several, and what is missing",
      [
        order("o1", [
          ["a", 9],
          ["b", 1],
        ]),
        order("o2", [["a", 3]]),
      ],
      { "south/a": 4, "west/a": 3, "north/a": 3 },
      { parcels: 4, missing: 2 },
    ],
    ["nothing at all", [], {}, { parcels: 0, missing: 0 }],
  ])("%s", async (_, orders, stock, counts) => {
    const answer = (await everywhere("order-routing", routeOrders, {
      orders,
      stock: stock as Record<string, number>,
    })) as {
      parcels: unknown[];
      missing: unknown[];
    };
    expect({ parcels: answer.parcels.length, missing: answer.missing.length }).toEqual(counts);
  });
});

describe("examples/rate-sheet", () => {
  it.each([
    ["standard", 60, 0],
    ["contract", 60, 0.1],
    ["partner", 130, 0.15],
  ] as const)("for a %s customer", async (customer, length, discount) => {
    const input = { weights: [1, 2.5, 10, 31.5], fuel: 7.25, customer, length };
    const answer = (await everywhere("rate-sheet", rateSheet, input)) as { discount: number; sheet: string };
    expect(answer.discount).toBeCloseTo(discount, 10);
    expect(answer.sheet.split("\n")).toHaveLength(3);
  });
});

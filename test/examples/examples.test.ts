import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bookTrip } from "../../examples/booking-saga/flow.ts";
import { orderPipeline } from "../../examples/order-pipeline/flow.ts";
import { processPipeline } from "../../examples/process-pipeline/flow.ts";
import { countTransitions } from "../../sdk/cli/run/run-states.ts";
import { runCompiled } from "../../sdk/testing/index.ts";
import { root, runJson } from "../cli/cli.ts";

const orders = join(root, "examples/order-pipeline/flow.ts");
const article = join(root, "examples/process-pipeline/flow.ts");
const target = mkdtempSync(join(tmpdir(), "runlet-orders-test-"));
const file = join(target, "orders-by-month.jsonl");
afterAll(() => rmSync(target, { recursive: true, force: true }));

describe("examples/order-pipeline", () => {
  it.each([{ target }, { target, country: "DE" }, { target, country: "XX" }])(
    "gives one answer in Node and compiled: %j",
    async (input) => {
      rmSync(file, { force: true });
      const plain = await orderPipeline(input);
      const written = plain.loaded === 0 ? undefined : readFileSync(file, "utf8");
      rmSync(file, { force: true });
      const compiled = await runCompiled(orders, { input });
      expect(compiled.output).toEqual(plain);
      if (written !== undefined) expect(readFileSync(file, "utf8")).toBe(written);
    },
  );

  it("the CLI gives the same, in processes of its own", async () => {
    const { code, document } = await runJson(orders, ["--input", JSON.stringify({ target })]);
    expect(code).toBe(0);
    expect(document.output).toEqual(await orderPipeline({ target }));
    expect(document.output).toMatchObject({ totals: { orders: 3000 } });
    expect(document.states.filter(({ name }) => name === "readCategory")).toHaveLength(6);
  });

  it("costs 26 transitions, the start included, for six categories", async () => {
    const { history } = await runCompiled(orders, { input: { target } });
    expect(countTransitions(history)).toBe(26);
  });
});

describe("examples/booking-saga", () => {
  const prices = { flight: 60, hotel: 30, car: 20 };

  it.each([
    [200, { left: 90, undone: [] }],
    [100, { undone: ["hotel-30 cancelled", "flight-60 cancelled"], reason: "car costs 20, 10 left" }],
    [10, { booked: [], undone: [], reason: "flight costs 60, 10 left" }],
  ])("with a budget of %i, Node and compiled alike", async (budget, expected) => {
    const plain = await bookTrip({ budget, prices });
    expect(plain).toMatchObject(expected);
    const compiled = await runCompiled(join(root, "examples/booking-saga/flow.ts"), {
      input: { budget, prices },
    });
    expect(compiled.output).toEqual(plain);
  });
});

describe("examples/process-pipeline", () => {
  it("gives one answer in Node, compiled and from the CLI, in two states", async () => {
    const plain = await processPipeline();
    expect(plain).toEqual({ orders: 1320, users: 935.0000000000001 });
    const compiled = await runCompiled(article);
    expect(compiled.output).toEqual(plain);
    expect(countTransitions(compiled.history)).toBe(3);
    expect((await runJson(article)).document.output).toEqual(plain);
  });
});

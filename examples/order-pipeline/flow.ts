import { createHmac } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backoff, flow, secret, task } from "runlet";
import * as z from "zod";

interface Order {
  id: number;
  date: string;
  category: string;
  kind: string;
  quantity: number;
  price: number;
  country: string;
}

/** What one category earned in a month. */
interface Line {
  category: string;
  month: string;
  orders: number;
  revenue: number;
  costs: number;
}

/** The file goes with every task that reads it: `new URL("./file", import.meta.url)` is found when bundling. */
async function readOrders(): Promise<Order[]> {
  const text = await readFile(new URL("./orders.csv", import.meta.url), "utf8");
  const [, ...rows] = text.trim().split("\n");
  return rows.map((row) => {
    const [id, date = "", category = "", kind = "", quantity, price, country = ""] = row.split(",");
    return {
      id: Number(id),
      date,
      category,
      kind,
      quantity: Number(quantity),
      price: Number(price),
      country,
    };
  });
}

const cents = (amount: number): number => Math.round(amount * 100) / 100;

function linesByMonth(orders: Order[], costOf: (order: Order) => number): Line[] {
  const lines = new Map<string, Line>();
  for (const order of orders) {
    const month = order.date.slice(0, 7);
    const line = lines.get(month) ?? { category: order.category, month, orders: 0, revenue: 0, costs: 0 };
    line.orders += 1;
    line.revenue = cents(line.revenue + order.price * order.quantity);
    line.costs = cents(line.costs + costOf(order));
    lines.set(month, line);
  }
  return [...lines.values()].sort((a, b) => a.month.localeCompare(b.month, "en"));
}

/** Looks at all orders: how many there are, and in which categories. */
export const extract = task(
  { retries: 3, retryDelay: backoff({ seconds: 1 }) },
  async (country: string | null) => {
    const orders = (await readOrders()).filter((order) => country === null || order.country === country);
    const kinds = new Map(orders.map((order) => [order.category, order.kind]));
    const categories = [...kinds]
      .map(([name, kind]) => ({ name, kind }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return { count: orders.length, categories };
  },
);

/** The orders of one category. */
export const readCategory = task(async (name: string, country: string | null) =>
  (await readOrders()).filter(
    (order) => order.category === name && (country === null || order.country === country),
  ),
);

/** Digital goods cost their licence: 30 % of the price. */
export const priceDigital = task(async (orders: Order[]) =>
  linesByMonth(orders, (order) => order.price * order.quantity * 0.3),
);

/** Other goods are shipped; perishable ones in cooled boxes. */
export const priceShipped = task(async (orders: Order[], cooled: boolean) =>
  linesByMonth(orders, (order) => (cooled ? 9.5 : 4.2) + (order.country === "JP" ? 6 : 0)),
);

/** Writes the lines to a file, one JSON object a line; signed, it says that nobody changed them. */
export const load = task(
  { retries: 2, secrets: ["signing-key"] },
  async (parts: Line[][], target: string, sign: boolean) => {
    const file = join(target, "orders-by-month.jsonl");
    const lines = parts.flat();
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    await mkdir(target, { recursive: true });
    await writeFile(file, text);
    if (sign)
      await writeFile(`${file}.sig`, createHmac("sha256", secret("signing-key")).update(text).digest("hex"));
    return { file, lines: lines.length };
  },
);

export const summarize = task(async (parts: Line[][]) => {
  const lines = parts.flat();
  const sum = (pick: (line: Line) => number): number =>
    cents(lines.reduce((total, line) => total + pick(line), 0));
  return {
    orders: sum((line) => line.orders),
    revenue: sum((line) => line.revenue),
    costs: sum((line) => line.costs),
  };
});

const input = z
  .object({
    /** Only orders of this country; all where it is null. */
    country: z.string().length(2).nullable().default(null),
    /** The folder that the result is written to. */
    target: z.string().default(join(tmpdir(), "runlet-orders")),
    /** Sign the file with the secret `signing-key`. */
    sign: z.boolean().default(false),
  })
  .prefault({});

/** Orders in, revenue by category and month out: extract, a branch by kind of goods, a map over categories, load, summary. */
export const orderPipeline = flow(
  { input, schedules: [{ expression: "cron(0 6 * * ? *)", timezone: "Europe/Berlin", input: {} }] },
  async ({ country, target, sign }) => {
    const found = await extract(country);
    if (found.count === 0) return { loaded: 0, note: "no orders" };
    const parts = await Promise.all(
      found.categories.map(async (category) => {
        const orders = await readCategory(category.name, country);
        if (category.kind === "digital") return priceDigital(orders);
        return priceShipped(orders, category.kind === "perishable");
      }),
    );
    const loaded = await load(parts, target, sign);
    const totals = await summarize(parts);
    return { loaded: loaded.lines, file: loaded.file, totals };
  },
);

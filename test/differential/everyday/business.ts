import { flow } from "runlet";
import * as helpers from "./helpers.ts";
import { fetchAll, Level, newest, Plan, percent, sum, unique } from "./helpers.ts";
import {
  charge,
  fetchRows,
  getUser,
  notifySlack,
  reserve,
  score,
  sendEmail,
  unreliable,
  upsert,
} from "./tasks.ts";

interface Order {
  id: string;
  customer: string;
  lines: { sku: string; quantity: number; price: number }[];
  coupon?: string | null;
  address?: { country?: string; zip?: string };
}

export const validateOrder = flow(async (order: Order) => {
  if (!order.lines?.length) throw new Error("an order needs lines");
  for (const [i, line] of order.lines.entries()) {
    if (!line.sku) throw new TypeError(`line ${i + 1} has no sku`);
    if (!Number.isInteger(line.quantity) || line.quantity <= 0) {
      throw new RangeError(`line ${i + 1}: quantity ${line.quantity}`);
    }
  }
  const total = order.lines.reduce((t, { quantity, price }) => t + quantity * price, 0);
  const country = order.address?.country ?? "DE";
  const tax = country === "DE" ? 0.19 : country === "CH" ? 0.077 : 0;
  const cents = Math.round(total * (1 + tax) * 100);
  return await charge(order.customer, cents);
});

const DISCOUNTS: Record<string, number> = { SUMMER: 10, VIP: 25 };

export const discount = flow(async (order: Order) => {
  let total = 0;
  for (const { quantity, price } of order.lines) total += quantity * price;
  const percentOff = order.coupon ? (DISCOUNTS[order.coupon] ?? 0) : 0;
  if (order.coupon && !percentOff) console.warn("unknown coupon", order.coupon);
  const after = Number((total * (1 - percentOff / 100)).toFixed(2));
  const receipt = await charge(order.customer, Math.trunc(after * 100));
  return { total, after, saved: +(total - after).toFixed(2), receipt: receipt.id };
});

export const routeOrder = flow(async (order: Order) => {
  const total = sum(order.lines.map((l) => l.quantity * l.price));
  let queue: string;
  switch (true) {
    case total > 1000:
      queue = "vip";
      break;
    case order.address?.country !== undefined && order.address.country !== "DE":
      queue = "export";
      break;
    default:
      queue = "standard";
  }
  const ids = await Promise.all(
    order.lines.map(async ({ sku, quantity }) => (await reserve(sku, quantity)).id),
  );
  await upsert(queue, ids);
  return { queue, ids };
});

export const splitByWarehouse = flow(async (order: Order) => {
  const warehouseOf = (sku: string): string => (sku < "m" ? "north" : "south");
  const shipments = order.lines.reduce(
    (acc, line) => {
      const key = warehouseOf(line.sku);
      return { ...acc, [key]: [...(acc[key] ?? []), line.sku] };
    },
    {} as Record<string, string[]>,
  );
  for (const [warehouse, skus] of Object.entries(shipments)) {
    await reserve(warehouse, skus.length);
  }
  return shipments;
});

export const onboarding = flow(
  async ({ user: id, steps = ["welcome", "tips"] }: { user: string; steps?: string[] }) => {
    const user = await getUser(id);
    const { email, plan } = user;
    if (!email) return { skipped: true };
    const isPro = plan === Plan.Pro;
    for (const step of isPro ? [...steps, "concierge"] : steps) {
      await sendEmail(
        email,
        `${step[0]?.toUpperCase()}${step.slice(1)}`,
        isPro ? "Dear customer" : undefined,
      );
    }
    return { skipped: false, sent: steps.length + (isPro ? 1 : 0) };
  },
);

export const planCounts = flow(async ({ ids }: { ids: string[] }) => {
  const users = await Promise.all(unique(ids).map((id) => getUser(id)));
  const counts = { [Plan.Free]: 0, [Plan.Pro]: 0 };
  for (const { plan } of users) {
    if (plan === Plan.Free || plan === Plan.Pro) counts[plan] += 1;
  }
  return { ...counts, share: percent(counts[Plan.Pro], users.length) };
});

export const severity = flow(async ({ value }: { value: number }) => {
  const level = value > 90 ? Level.High : value > 50 ? Level.Mid : Level.Low;
  if (level >= Level.Mid) await notifySlack(`level ${Level[level]} (${level})`);
  return { level, name: Level[level] };
});

export const allPages = flow(async ({ limit }: { limit: number }) => {
  const first = await fetchAll(limit);
  const rest = await fetchAll(100, 5);
  console.log("pages", first.length, rest.length);
  return { first: first.map((r) => r.id), total: helpers.sum(rest.map((r) => r.total)) };
});

export const newestOf = flow(async ({ sources }: { sources: string[] }) => {
  const at = await newest(sources);
  return at ?? "never";
});

export const namespaceHelpers = flow(async ({ ids }: { ids: string[] }) => {
  const rows = await helpers.fetchAll(ids.length);
  return helpers.percent(helpers.unique(ids).length, rows.length);
});

export const priceList = flow(
  async ({ skus, currency = "EUR" }: { skus: string[]; currency?: "EUR" | "USD" }) => {
    const rates = { EUR: 1, USD: 1.1 } as const;
    const prices = new Map<string, number>();
    for (const sku of skus) {
      if (!prices.has(sku)) prices.set(sku, (await score(sku)) * rates[currency]);
    }
    return Array.from(prices, ([sku, price]) => ({ sku, price: price.toFixed(2) }));
  },
);

export const inventory = flow(async ({ moves }: { moves: { sku: string; delta: number }[] }) => {
  const stock: Record<string, number> = {};
  for (const { sku, delta } of moves) {
    stock[sku] ??= 10;
    stock[sku] += delta;
    if (stock[sku]! < 0) {
      await notifySlack(`${sku} is oversold by ${-stock[sku]!}`);
      stock[sku] = 0;
    }
  }
  await upsert("stock", Object.entries(stock));
  return stock;
});

export const loyalty = flow(async ({ ids }: { ids: string[] }) => {
  const points: { id: string; points: number }[] = [];
  for (const id of ids) {
    const user = await getUser(id).catch(() => null);
    if (!user) continue;
    points.push({ id, points: user.plan === "pro" ? 20 : 10 });
  }
  return points;
});

export const subscription = flow(async ({ start, months }: { start: string; months: number }) => {
  const begin = new Date(start);
  const invoices: string[] = [];
  for (let m = 0; m < months; m++) {
    const due = new Date(Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + m, 1));
    const { id } = await charge("sub", 500 + m);
    invoices.push(`${due.toISOString().split("T")[0]} ${id}`);
  }
  return invoices;
});

export const invoices = flow(
  async ({ customers }: { customers: { name: string; hours: number[]; rate?: number }[] }) => {
    const lines: string[] = [];
    let grandTotal = 0;
    for (const { name, hours, rate = 80 } of customers) {
      const worked = hours.reduce((a, b) => a + b, 0);
      const amount = worked * rate;
      if (amount === 0) continue;
      grandTotal += amount;
      lines.push(`${name.padEnd(10, ".")}${amount.toFixed(2).padStart(10)}`);
      await sendEmail(`${name.toLowerCase().replaceAll(" ", ".")}@x.org`, "Invoice", lines[lines.length - 1]);
    }
    return { text: lines.join("\n"), grandTotal };
  },
);

export const fraud = flow(async ({ order, history }: { order: Order; history: number[] }) => {
  const total = order.lines.reduce((t, l) => t + l.price * l.quantity, 0);
  const mean = history.length > 0 ? history.reduce((a, b) => a + b) / history.length : 0;
  const deviation = Math.sqrt(
    history.map((h) => (h - mean) ** 2).reduce((a, b) => a + b, 0) / (history.length || 1),
  );
  const reasons: string[] = [];
  if (total > mean + 3 * deviation && history.length >= 3) reasons.push("unusual amount");
  if (!order.address?.zip?.match(/^\d{5}$/)) reasons.push("odd zip");
  if ((await score(order.customer)) > 4) reasons.push("score");
  const risk = reasons.length / 3;
  return risk > 0.5
    ? { blocked: true, reasons }
    : { blocked: false, charge: await charge(order.customer, total) };
});

export const assignTickets = flow(async ({ tickets, agents }: { tickets: string[]; agents: string[] }) => {
  const load = new Map<string, number>(agents.map((a) => [a, 0]));
  const assignments: [string, string][] = [];
  for (const ticket of tickets) {
    const [agent] = [...load.entries()].sort(([, a], [, b]) => a - b)[0] ?? [];
    if (agent === undefined) throw new Error("no agents");
    load.set(agent, load.get(agent)! + (await score(ticket)));
    assignments.push([ticket, agent]);
  }
  return { assignments, load: Object.fromEntries(load) };
});

export const retryOrders = flow(async ({ orders }: { orders: string[] }) => {
  const queue = [...orders];
  const done: string[] = [];
  let turns = 0;
  while (queue.length > 0 && turns++ < 10) {
    const order = queue.shift()!;
    try {
      done.push(await unreliable(order, 2));
    } catch {
      queue.push(order);
    }
  }
  return { done, left: queue, turns };
});

export const statusMachine = flow(async ({ events }: { events: string[] }) => {
  type State = "new" | "paid" | "shipped" | "done";
  const transitions: Record<State, Partial<Record<string, State>>> = {
    new: { pay: "paid" },
    paid: { ship: "shipped" },
    shipped: { deliver: "done" },
    done: {},
  };
  let state: State = "new";
  const log: string[] = [];
  for (const event of events) {
    const next: State | undefined = transitions[state][event];
    if (!next) {
      log.push(`ignored ${event} in ${state}`);
      continue;
    }
    await notifySlack(`${state} -> ${next}`);
    state = next;
  }
  return { state, log };
});

export const budgets = flow(async ({ source, limit }: { source: string; limit: number }) => {
  let spent = 0;
  const kept = [];
  for (const { id, total } of await fetchRows(source)) {
    if (total <= 0) continue;
    if (spent + total > limit) break;
    spent += total;
    kept.push(id);
  }
  await upsert("kept", kept);
  return { spent, kept, left: limit - spent };
});

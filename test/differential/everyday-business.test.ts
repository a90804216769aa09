import { everyday } from "./everyday/run.ts";

const line = (sku: string, quantity: number, price: number) => ({ sku, quantity, price });
const order = (lines: unknown, more: object = {}) => ({ id: "o1", customer: "c1", lines, ...more });
const orders = [
  order([line("a", 2, 10), line("n", 1, 5.5)], { address: { country: "CH", zip: "80331" } }),
  order([line("z", 1, 2_000)], { coupon: "VIP" }),
  order([line("a", 1, 1)], { coupon: "NOPE", address: {} }),
];
const bad = [
  order([]),
  order(null),
  order([line("", 1, 1)]),
  order([line("a", 0.5, 1)]),
  order([line("a", 9, 1)]),
];

everyday("business", {
  validateOrder: [...orders, ...bad],
  discount: [...orders, order([])],
  routeOrder: [...orders, order([line("a", 9, 1)])],
  splitByWarehouse: [...orders, order([])],
  onboarding: [{ user: "u1" }, { user: "u2", steps: ["a"] }, { user: "u0" }, { user: "missing" }],
  planCounts: [{ ids: ["u1", "u2", "u1"] }, { ids: [] }],
  severity: [{ value: 95 }, { value: 60 }, { value: 5 }],
  allPages: [{ limit: 100 }, { limit: 5 }],
  newestOf: [{ sources: ["a", "bc"] }, { sources: [] }, { sources: ["empty"] }],
  namespaceHelpers: [{ ids: ["a", "b", "a"] }, { ids: [] }],
  priceList: [{ skus: ["a", "bb", "a"] }, { skus: ["ccc"], currency: "USD" }],
  inventory: [
    {
      moves: [
        { sku: "a", delta: -3 },
        { sku: "b", delta: -11 },
        { sku: "a", delta: -9 },
      ],
    },
    { moves: [] },
  ],
  loyalty: [{ ids: ["u1", "missing", "u2"] }],
  subscription: [
    { start: "2024-11-15T00:00:00Z", months: 3 },
    { start: "2024-01-31T00:00:00Z", months: 0 },
  ],
  invoices: [
    {
      customers: [
        { name: "Ann Bee", hours: [1, 2] },
        { name: "Cy", hours: [] },
        { name: "Dee", hours: [4], rate: 99.5 },
      ],
    },
  ],
  fraud: [
    { order: orders[0], history: [10, 11, 12] },
    { order: orders[1], history: [10, 11, 12] },
    { order: orders[2], history: [] },
  ],
  assignTickets: [
    { tickets: ["t", "uu", "vvv"], agents: ["ann", "bob"] },
    { tickets: ["t"], agents: [] },
    { tickets: [], agents: [] },
  ],
  retryOrders: [{ orders: ["a", "b", "c"] }, { orders: [] }],
  statusMachine: [{ events: ["pay", "ship", "pay", "deliver"] }, { events: [] }],
  budgets: [
    { source: "abc", limit: 100 },
    { source: "abc", limit: 100_000 },
    { source: "empty", limit: 1 },
  ],
});

import { everyday } from "./everyday/run.ts";

everyday("operations", {
  retryByHand: [{ failures: 0 }, { failures: 2 }, { failures: 9 }],
  retryFor: [{ failures: 0 }, { failures: 1 }, { failures: 9 }],
  retryHelper: [
    { failures: 0, times: 3 },
    { failures: 2, times: 3 },
    { failures: 9, times: 2 },
  ],
  fallback: [
    { first: "a", second: "b" },
    { first: "down", second: "b" },
    { first: "down", second: "down" },
  ],
  poll: [
    { job: "good", done: 3 },
    { job: "bad", done: 5 },
    { job: "good", done: 50 },
  ],
  pollWithDeadline: [{ done: 2 }, { done: 1 }],
  notifyOnFailure: [{ source: "abc" }, { source: "down" }],
  cleanUp: [
    { what: "a", quantity: 1 },
    { what: "a", quantity: 9 },
  ],
  saga: [
    { customer: "c", items: [{ sku: "a", quantity: 1 }], cents: 100 },
    {
      customer: "c",
      items: [
        { sku: "a", quantity: 1 },
        { sku: "b", quantity: 2 },
      ],
      cents: 99_999,
    },
    {
      customer: "c",
      items: [
        { sku: "a", quantity: 1 },
        { sku: "b", quantity: 9 },
      ],
      cents: 1,
    },
  ],
  sagaWithFunctions: [
    { quantity: 1, cents: 5 },
    { quantity: 9, cents: 5 },
    { quantity: 1, cents: 99_999 },
  ],
  partialFailure: [{ urls: ["a", "bad", "c"] }, { urls: ["bad"] }, { urls: ["a"] }],
  continueOnError: [{ ids: ["u1", "missing", "u0"] }, { ids: [] }],
  circuitBreaker: [{ sources: ["a", "down", "down", "b"] }, { sources: ["down", "a", "down", "b"] }],
  firstThatWorks: [{ sources: ["down", "empty", "ab"] }, { sources: ["down"] }],
  approvalGate: [
    { cents: 5, answers: [] },
    { cents: 5_000, answers: [{ approved: true, by: "ann" }] },
    { cents: 5_000, answers: [{ approved: false }] },
  ],
  multiTenant: [
    {
      tenants: [
        { name: "x", sources: ["a", "down"] },
        { name: "y", sources: ["b"], enabled: false },
        { name: "z", sources: [] },
      ],
    },
    { tenants: [] },
  ],
  errorsByKind: [
    {
      steps: [
        { what: "a", quantity: 1 },
        { what: "b", quantity: 9 },
        { what: "c", quantity: -1 },
      ],
    },
  ],
  nestedTry: [{ source: "abc" }, { source: "empty" }, { source: "down" }],
  rateLimited: [{ ids: ["u1", "u2", "u0", "u4"] }, { ids: [] }],
});

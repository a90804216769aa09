import { everyday } from "./everyday/run.ts";

everyday("etl", {
  cursorPages: [{ size: 3 }, { size: 20 }, { size: 10 }],
  pagesUntilEmpty: [
    { size: 3, max: 10 },
    { size: 4, max: 2 },
    { size: 1, max: 1 },
  ],
  pagesInParallel: [{ pages: 0 }, { pages: 3 }],
  dedupe: [{ sources: ["abc", "de", "abc"] }, { sources: [] }, { sources: ["down"] }],
  groupByCustomer: [{ source: "abc" }, { source: "empty" }],
  groupWithReduce: [{ source: "abc" }, { source: "empty" }, { source: "down" }],
  batches: [
    { source: "abc", size: 3 },
    { source: "empty", size: 3 },
    { source: "a", size: 7 },
  ],
  batchesInParallel: [{ size: 2 }, { size: 10 }],
  incremental: [
    { since: null, source: "abc" },
    { since: "2024-01-15T00:00:00.000Z", source: "abc" },
    { since: "2030-01-01T00:00:00.000Z", source: "abc" },
  ],
  dateWindows: [
    { from: "2024-01-01T00:00:00Z", to: "2024-01-20T00:00:00Z", days: 7 },
    { from: "2024-01-05T00:00:00Z", to: "2024-01-01T00:00:00Z", days: 7 },
  ],
  csvImport: [{ path: "a.csv" }, { path: "none.txt" }],
  joinSources: [
    { left: "ab", right: "abc" },
    { left: "empty", right: "a" },
    { left: "down", right: "a" },
  ],
  normalise: [
    { docs: [{ id: "1", items: [{ sku: "a", qty: 2 }, { sku: "b" }] }, { id: "2" }] },
    { docs: [] },
    { docs: [{ id: "3", items: [{ sku: null }] }] },
  ],
  diff: [
    { before: "ab", after: "abc" },
    { before: "abc", after: "abc" },
    { before: "empty", after: "a" },
  ],
  countByStatus: [{}],
  topN: [{ n: 3 }, { n: 0 }],
  jsonFile: [{ path: "a.json" }, { path: "a.csv" }],
  logLevels: [{ path: "a.log" }, { path: "a.txt" }],
});

import { everyday } from "./everyday/run.ts";

everyday(
  "reports",
  {
    dailyReport: [{ source: "abc" }, { source: "empty" }],
    markdownTable: [{ ids: ["u1", "u0"] }, { ids: [] }],
    stats: [{ sources: ["a", "bc"] }, { sources: ["empty"] }, { sources: [] }],
    histogram: [
      { source: "abc", width: 20 },
      { source: "empty", width: 5 },
    ],
    pivot: [{ source: "abc" }, { source: "empty" }],
    tagCloud: [{ source: "abc" }, { source: "empty" }],
    configMerge: [{ name: "override" }, { name: "none", flags: { dark: true } }],
    featureFlags: [{ name: "base" }, { name: "override" }, { name: "none" }],
    deepDefaults: [{ name: "base" }, { name: "override" }, { name: "none" }],
    trend: [{ sources: ["a", "empty"] }],
    weekly: [{ day: "2024-01-10" }, { day: "2024-01-28" }],
    crawl: [
      { urls: ["abcdef", "x"], depth: 3 },
      { urls: [], depth: 1 },
      { urls: ["bad"], depth: 1 },
    ],
    sentiment: [{ texts: ["Great stuff!", "  ", "meh"] }, { texts: [] }],
    matrixGrid: [
      { xs: [1, 2], ys: ["a", "bb"] },
      { xs: [], ys: [] },
    ],
    wordCount: [{ paths: ["a.log", "a.csv"] }],
    mapReduce: [{ chunks: [["a", "bb"], ["ccc"]] }, { chunks: [] }],
    pipelineOfSteps: [
      { value: 3, steps: ["double", "inc", "score"] },
      { value: 1, steps: ["nope"] },
    ],
    sampleRows: [{ every: 1 }, { every: 2 }],
    heartbeat: [{ times: 3 }, { times: 0 }],
    currencyReport: [{ amounts: [1, 2.5, -1000] }],
    localeNumbers: [{ amounts: [1234.5, 1] }],
  },
  {
    refused: {
      wordCount: "RLT1309",
      localeNumbers: "RLT1311",
    },
  },
);

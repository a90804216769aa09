import { everyday } from "./everyday/run.ts";

everyday(
  "misc",
  {
    idempotentLoad: [{ source: "abc" }, { source: "empty" }],
    signedUrl: [{ path: "/a b", user: "ann&co" }],
    basicAuth: [{ user: "ann", password: "sécret" }],
    sizeCheck: [
      { text: "häppy 😀", max: 20 },
      { text: "häppy 😀", max: 3 },
    ],
    immediately: [{ a: 11 }, { a: 7 }, { a: 1 }],
    optionalChain: [
      { user: { id: "u1", boss: "u2" }, key: "k" },
      { user: { id: "u0" }, key: "" },
      { user: null, key: "k" },
      { key: "k" },
    ],
    lazyDefaults: [{}, { limit: 0, label: "x", cache: { x: 1, n: 2 } }, { label: "" }],
    defaultParameters: [{ names: ["a", "b"] }, { names: [] }],
    localFunctions: [{ ids: ["u1", "u0", "missing"] }, { ids: [] }],
    switchOnAwait: [
      { kind: "page", n: 3 },
      { kind: "list", n: 0 },
      { kind: "score", n: 0 },
      { kind: "else", n: 0 },
    ],
    doWhileAwait: [{ limit: 4 }, { limit: 0 }, { limit: 50 }],
    fanOutFanIn: [{ user: "u1" }, { user: "missing" }],
    futures: [
      { a: "abc", b: "de" },
      { a: "down", b: "a" },
      { a: "a", b: "down" },
    ],
    conditionalTask: [{ rows: [1, 2] }, { dryRun: true, rows: [1] }],
    timestamps: [{ source: "abc" }, { source: "empty" }],
    groupedWrite: [{ source: "abc" }, { source: "empty" }],
    tree: [
      { root: { name: "a", children: [{ name: "b", children: [{ name: "c" }] }, { name: "d" }] } },
      { root: { name: "x" } },
    ],
    keepLatest: [{ sources: ["abc", "de"] }, { sources: [] }],
    parseLog: [{ path: "a.log" }, { path: "a.csv" }],
    returnInFinally: [{ quantity: 1 }, { quantity: 4 }, { quantity: 9 }],
    batchWithProgress: [{ keys: ["a", "b"] }, { keys: [] }],
    payments: [{ amounts: [100, 99_999, 5] }, { amounts: [] }],
  },
  {
    refused: { signedUrl: "RLT1105" },
  },
);

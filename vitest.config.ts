import { defineConfig } from "vitest/config";

/** Programs that run in Node and compiled: they share nothing but modules, and loading those anew for each file costs more than the programs. */
const ALIKE = ["test/differential/**/*.test.ts", "test/compiler/**/*.test.ts"];

export default defineConfig({
  test: {
    // Bundles take Runlet from dist/, so `npm test` builds first; a test file is a process of its own, but for those that are alike.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: process.env["RUNLET_FORMS"] ? ["test/forms/recorder.ts"] : [],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", NO_COLOR: "1" },
    projects: [
      { extends: true, test: { name: "alike", include: ALIKE, isolate: false } },
      { extends: true, test: { name: "alone", include: ["test/**/*.test.ts"], exclude: ALIKE } },
    ],
  },
  resolve: {
    alias: {
      "runlet/testing": new URL("sdk/testing/index.ts", import.meta.url).pathname,
      runlet: new URL("sdk/index.ts", import.meta.url).pathname,
    },
  },
});

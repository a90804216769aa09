import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Bundles take Runlet from dist/, so `npm test` builds first; a test file is a process of its own.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: process.env["RUNLET_FORMS"] ? ["test/forms/recorder.ts"] : [],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", NO_COLOR: "1" },
  },
  resolve: {
    alias: {
      "runlet/testing": new URL("sdk/testing/index.ts", import.meta.url).pathname,
      runlet: new URL("sdk/index.ts", import.meta.url).pathname,
    },
  },
});

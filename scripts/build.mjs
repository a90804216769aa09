// Builds dist/: JavaScript with esbuild (always), declarations with tsc (unless --js).
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, rmSync } from "node:fs";
import { build } from "esbuild";

const entries = {
  index: "sdk/index.ts",
  describe: "sdk/flow/describe.ts",
  compiler: "sdk/compiler/index.ts",
  engine: "sdk/engine/index.ts",
  runtime: "sdk/runtime/index.ts",
  testing: "sdk/testing/index.ts",
  start: "functions/start/handler.ts",
  control: "functions/control/handler.ts",
  cli: "sdk/cli/main.ts",
  "lambda-child": "sdk/local/lambda-host/child.ts",
  cdk: "infra/index.ts",
  "cdk-app": "infra/app.ts",
};

const jsOnly = process.argv.includes("--js");
const present = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)));

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: present,
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  chunkNames: "chunks/[name]-[hash]",
  // middy is the one library that is built in: only the wrapper of tasks uses it, and that ends up in bundles anyway.
  external: [
    "commander",
    "esbuild",
    "hyparquet",
    "jsonata",
    "oxc-parser",
    "picocolors",
    "ulid",
    "zod",
    "aws-cdk-lib",
    "constructs",
    "cdk-nag",
    "@aws-sdk/*",
  ],
  logLevel: "warning",
});
// Lambda functions of the control plane that need nothing of a project: deployed as they are, one folder each.
await build({
  entryPoints: {
    "recorder/index": "functions/recorder/handler.ts",
    "sweep/index": "functions/sweep/handler.ts",
  },
  outdir: "dist/functions",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["@aws-sdk/*"],
  logLevel: "warning",
});
cpSync("sdk/cli/template", "dist/template", { recursive: true });
cpSync("sdk/engine/test-state/aws-results.bin", "dist/aws-results.bin");
if (existsSync("dist/cli.js")) chmodSync("dist/cli.js", 0o755);
if (!jsOnly) execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });

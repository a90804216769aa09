// Runs a folder of recorded cases on the engine and says what agrees. `node scripts/conformance.mjs DIR [--json FILE] [--verbose]`
import { build } from "esbuild";

await build({
  entryPoints: ["test/conformance/runner/main.ts"],
  outfile: "dist/conformance.mjs",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["jsonata", "ulid"],
  logLevel: "warning",
});
const { main } = await import(new URL("../dist/conformance.mjs", import.meta.url).href);
process.exitCode = await main(process.argv.slice(2));
process.exit();

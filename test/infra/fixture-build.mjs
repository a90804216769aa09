import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const fixture = join(root, "test", "infra", "fixtures", "orders");

/** As bundles for Lambda are made: one file, ESM, without the SDK, which the runtime has. */
const bundle = (entry, outfile) =>
  build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node24",
    external: ["@aws-sdk/*"],
    absWorkingDir: root,
    logLevel: "silent",
  });

/**
 * A build as the compiler makes one, in a new temporary folder: the hand-made fixture with a real start door, and
 * the control plane's functions beside it.
 *
 * @returns {Promise<{ build: string, controlPlane: string, remove(): void }>}
 */
export async function makeFixtureBuild() {
  const folder = mkdtempSync(join(tmpdir(), "runlet-fixture-"));
  const [target, controlPlane] = [join(folder, "build"), join(folder, "control-plane")];
  cpSync(fixture, target, { recursive: true, filter: (file) => !file.endsWith("entry.ts") });
  await Promise.all([
    bundle(join(fixture, "functions/start/entry.ts"), join(target, "functions/start/index.mjs")),
    ...["recorder", "sweep"].map((name) =>
      bundle(join(root, "functions", name, "handler.ts"), join(controlPlane, name, "index.mjs")),
    ),
  ]);
  return { build: target, controlPlane, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

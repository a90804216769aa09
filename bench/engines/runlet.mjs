// Runlet: flows in TypeScript, compiled, on the durable engine, each task in a process of the host that `runlet run` uses.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { serve, WORKLOADS } from "../workloads.mjs";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(process.env.RUNLET_BENCH_DIRECTORY ?? tmpdir(), "runlet-bench-engine-"));

const calls = (steps, n) =>
  Array.from({ length: steps }, (_, i) => `  const s${i} = await fib${n}(${i});`).join("\n");
const sum = (steps) => Array.from({ length: steps }, (_, i) => `s${i}`).join(" + ");
const source = `import { flow, range, task } from "runlet";
const fibo = (n: number): number => (n <= 1 ? n : fibo(n - 1) + fibo(n - 2));
export const fib10 = task(async (_: number) => fibo(10));
export const fib33 = task(async (_: number) => fibo(33));
export const total = task(async (all: number[]) => all.reduce((sum, one) => sum + one, 0));
${Object.entries(WORKLOADS)
  .map(([name, { steps, wide, n }]) =>
    wide
      ? `export const ${name} = flow(async () => (await fib${n}.map(range(1, ${wide}))).reduce((sum, one) => sum + one, 0));`
      : `export const ${name} = flow(async () => {\n${calls(steps, n)}\n  return ${sum(steps)};\n});`,
  )
  .join("\n")}
`;

async function bundled(entry) {
  const outfile = join(folder, `${entry.replaceAll("/", "-")}.mjs`);
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["jsonata", "ulid", "zod", "esbuild", "oxc-parser"],
    absWorkingDir: root,
    banner: {
      js: `import { createRequire as cr } from "node:module"; const require = cr("${root}/package.json");`,
    },
    plugins: [externals],
  });
  return import(pathToFileURL(outfile).href);
}
/** Libraries are found from here, wherever the bundle lies. */
const externals = {
  name: "externals",
  setup(on) {
    on.onResolve({ filter: /^(jsonata|ulid|zod)$/ }, ({ path }) => ({
      path: import.meta.resolve(path),
      external: true,
    }));
  },
};

/** How long calls of tasks took as the host sees it, all together. */
function timed(host) {
  const { invoke } = host;
  let millis = 0;
  host.invoke = async (...args) => {
    const begin = performance.now();
    const outcome = await invoke.apply(host, args);
    millis += performance.now() - begin;
    return outcome;
  };
  return () => millis;
}

async function open() {
  const file = join(folder, "flows.ts");
  writeFileSync(file, source);
  const { compileFile } = await import("../../dist/compiler.js");
  const load = async (path) => (await import(pathToFileURL(path).href)).handler({ op: "describe" });
  const buildDir = join(folder, "build");
  const compiled = await compileFile(file, { outDir: buildDir, load });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
  const { openDurableCloud } = await bundled("sdk/local/durable-cloud.ts");
  const { openBuild } = await bundled("sdk/local/local-build.ts");
  const { createLambdaHost } = await bundled("sdk/local/lambda-host/index.ts");
  const host = createLambdaHost({
    environment: { RUNLET_OBJECTS: join(folder, "objects") },
    childFile: join(root, "dist/lambda-child.js"),
  });
  const callMillis = timed(host);
  const cloud = await openDurableCloud({
    directory: join(folder, "journal"),
    controlFile: join(folder, "control.json"),
    owner: "bench",
    openBuild: (dir) => openBuild({ buildDir: dir, host, objectsDir: join(folder, "objects") }),
  });
  let runs = 0;
  return {
    async start(flow) {
      const runId = `run-${process.pid}-${++runs}`;
      const run = await cloud.start({ flow, runId, input: {}, note: { build: buildDir, file } });
      const result = await run.done;
      if (result.status !== "SUCCEEDED") throw new Error(JSON.stringify(result));
      return result.output;
    },
    counts: () => {
      const { fsyncs, records, bytes, syncMillis } = cloud.stats();
      return { fsyncs, records, bytes, syncMillis, callMillis: callMillis() };
    },
    async close() {
      await cloud.close();
      await host.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

await serve(open);

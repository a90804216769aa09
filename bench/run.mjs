// Figures of the walking skeleton, with the machine's load. Times are printed, never asserted: compare ratios of one run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { analyse, compileFile } from "../dist/compiler.js";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "runlet-bench-"));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const spread = (numbers) =>
  `median ${median(numbers).toFixed(1)}, ${Math.min(...numbers).toFixed(1)} to ${Math.max(...numbers).toFixed(1)}`;
const load = () =>
  `load ${loadavg()
    .map((value) => value.toFixed(2))
    .join(" ")} on ${availableParallelism()} cores`;

const one = join(folder, "one.ts");
writeFileSync(
  one,
  'import { flow, task } from "runlet";\nexport const t = task(async () => 1);\nexport const main = flow(async () => await t());\n',
);
const source = (i) => `import { backoff, flow, task } from "runlet";
export const a${i} = task({ retries: 2, retryDelay: backoff({ seconds: 2 }) }, async (n: number) => ({ total: n, items: [1, 2, 3] }));
export const b${i} = task(async (x: number) => x * 2);
export const c${i} = task(async (rs: number[]) => rs.length);
export const flow${i} = flow(async (input: { n: number }) => {
  const x = await a${i}(input.n);
  if (x.total > 10) {
    const rs = await Promise.all(x.items.map((item) => b${i}(item)));
    const z = await c${i}(rs);
    return { z, label: \`\${x.total} of \${input.n}\` };
  }
  return { small: x.total };
});
`;
const ten = Array.from({ length: 10 }, (_, i) => {
  const path = join(folder, `flow${i}.ts`);
  writeFileSync(path, source(i));
  return path;
});
const all = join(folder, "all.ts");
writeFileSync(
  all,
  `import { backoff, flow, task } from "runlet";\n${Array.from({ length: 10 }, (_, i) => source(i).split("\n").slice(1).join("\n")).join("\n")}`,
);

function time(body) {
  const start = performance.now();
  body();
  return performance.now() - start;
}
async function timeAsync(body) {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

const loadModule = async (file) => (await import(`${file}?${Math.random()}`)).handler({ op: "describe" });
const compile = (path, i) => compileFile(path, { outDir: join(folder, `build-${i}`), load: loadModule });

console.log(load());
const cold = Array.from({ length: 7 }, () =>
  time(() => spawnSync(process.execPath, [join(root, "dist/cli.js"), "run", one, "--json"], { cwd: folder })),
);
const node = Array.from({ length: 7 }, () => time(() => spawnSync(process.execPath, ["-e", "0"])));
console.log(
  `runlet run, a one-task flow, cold, from process start to result: ${spread(cold)} ms (an empty Node process: ${spread(node)} ms)`,
);

for (const path of ten) analyse(path);
console.log(
  `ten flows in ten files, warm, read, checked and lowered: ${spread(Array.from({ length: 9 }, () => time(() => ten.map((path) => analyse(path)))))} ms`,
);
await compile(all, "warm");
const whole = [];
for (let i = 0; i < 7; i++) whole.push(await timeAsync(() => compile(all, "warm")));
console.log(
  `ten flows in one file, warm, the whole compile with 41 bundles, definitions and manifest: ${spread(whole)} ms`,
);
await Promise.all(ten.map(compile));
const separate = [];
for (let i = 0; i < 7; i++) separate.push(await timeAsync(() => Promise.all(ten.map(compile))));
console.log(`ten flows in ten files, warm, the whole compile of each: ${spread(separate)} ms`);
console.log(load());
rmSync(folder, { recursive: true, force: true });

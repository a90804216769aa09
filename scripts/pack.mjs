// Packs Runlet, installs the tarball into an empty folder, and uses it there as a newcomer does.
// Needs the npm registry. The last line is `N passed, N failed`.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "runlet-pack-"));
const counts = { passed: 0, failed: 0 };
const MOST_MB = 60;

const run = (command, args, cwd, env = {}) =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...env },
  });

function check(title, body) {
  try {
    const seen = body();
    counts.passed++;
    console.log(`ok      ${title}${seen === undefined ? "" : `: ${seen}`}`);
  } catch (error) {
    counts.failed++;
    console.log(
      `FAILED  ${title}: ${[error.stdout, error.stderr].filter(Boolean).join("\n") || error.message}`,
    );
  }
}

function sizeOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

run("node", ["scripts/build.mjs"], root);
const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], root));
const tarball = join(folder, packed.filename);
const user = join(folder, "user");
run("mkdir", ["-p", user], folder);
writeFileSync(join(user, "package.json"), '{ "name": "user", "private": true, "type": "module" }\n');

check("only what is meant to be shipped is in the tarball", () => {
  const stray = packed.files
    .map(({ path }) => path)
    .filter((path) => !/^(dist\/|README\.md$|LICENSE$|package\.json$)/.test(path));
  if (stray.length > 0) throw new Error(stray.join(", "));
  return `${packed.files.length} files, ${(packed.size / 1e6).toFixed(1)} MB packed`;
});
check("installs into an empty folder, without a warning", () => {
  const output = run("npm", ["install", "--no-audit", "--no-fund", "--omit=peer", tarball], user);
  return output.trim().split("\n").at(-1);
});
check(`takes at most ${MOST_MB} MB without aws-cdk-lib`, () => {
  const megabytes = sizeOf(join(user, "node_modules")) / 1e6;
  if (megabytes > MOST_MB) throw new Error(`${megabytes.toFixed(1)} MB`);
  return `${megabytes.toFixed(1)} MB`;
});
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
for (const entry of Object.keys(manifest.exports).filter(
  (key) => key !== "./package.json" && key !== "./cdk",
)) {
  const specifier = entry.replace(/^\./, "runlet");
  check(`import ${specifier}`, () => {
    const script = `const m = await import(${JSON.stringify(specifier)}); console.log(Object.keys(m).join(" "))`;
    return run("node", ["--input-type=module", "-e", script], user).trim();
  });
}
check("types resolve for a user's compiler", () => {
  writeFileSync(
    join(user, "types.ts"),
    `import { flow, task } from "runlet";
import { compileFile } from "runlet/compiler";
import { createEngine } from "runlet/engine";
import { createTaskHandler } from "runlet/runtime";
import { runCompiled } from "runlet/testing";
export const t = task(async (n: number) => ({ n, when: undefined as string | undefined }));
export const f = flow(async (input: { n: number }) => (await t(input.n)).n);
export const n: Promise<number> = f({ n: 1 });
// @ts-expect-error the input is typed
f({ n: "1" });
export const all = [compileFile, createEngine, createTaskHandler, runCompiled];
`,
  );
  run("npm", ["install", "--no-audit", "--no-fund", "typescript@7.0.2", "@types/node@20.19.25"], user);
  run("npx", ["tsc", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "types.ts"], user);
});
check("runlet init makes a project", () => run("npx", ["runlet", "init", "app"], user).split("\n")[0]);
const app = join(user, "app");
check("npm install in it", () =>
  run("npm", ["install", "--no-audit", "--no-fund"], app).trim().split("\n").at(-1),
);
check("npm start in it", () => {
  const output = run("npm", ["start", "--silent"], app);
  if (!output.includes("Hello, Ada!")) throw new Error(output);
  return output.trim().replace(/\s+/g, " ");
});
check("npm test in it", () => /Tests\s+.*$/m.exec(run("npm", ["test", "--silent"], app))?.[0]);
check("npx tsc in it", () => run("npx", ["tsc", "-p", "."], app));
check("npx cdk synth in it", () => {
  const output = run("npx", ["cdk", "synth", "--quiet", "--no-notices"], app);
  const template = readdirSync(join(app, "cdk.out")).find((name) => name.endsWith(".template.json"));
  if (!template) throw new Error(output);
  return template;
});

rmSync(folder, { recursive: true, force: true });
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;

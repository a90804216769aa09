import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { cli, root, workspace } from "./cli.ts";

const ROWS = 12;
const BATCH = 3;
/** Copies rows after a cursor, batch by batch; the insert lingers, so that it can be killed before the cursor is written. */
const files = workspace({
  "package.json": '{ "name": "sync-test", "type": "module" }',
  "sync.ts": `import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { flow, task } from "runlet";
type Batch = { folder: string; from: number; rows: number[] };
export const fetchRows = task(async ({ folder, from }: { folder: string; from: number }) => {
  const rows = Array.from({ length: ${ROWS} }, (_, n) => n + 1).filter((row) => row > from).slice(0, ${BATCH});
  return { folder, from, rows };
});
export const insertRows = task(async ({ folder, rows }: Batch) => {
  appendFileSync(folder + "/inserts", rows.join(",") + "\\n");
  // An insert by key, as any table with a primary key has it: the same row twice is one row.
  for (const row of rows) if (!existsSync(folder + "/table/" + row)) writeFileSync(folder + "/table/" + row, "");
  await new Promise((done) => setTimeout(done, 400));
  return rows.length;
});
export const writeCursor = task(async ({ folder, cursor }: { folder: string; cursor: number }) => {
  const before = existsSync(folder + "/cursor") ? Number(readFileSync(folder + "/cursor", "utf8")) : 0;
  if (cursor < before) throw new Error("the cursor went back");
  writeFileSync(folder + "/cursor", String(cursor));
  return cursor;
});
export const sync = flow(async ({ folder }: { folder: string }) => {
  let cursor = 0;
  let total = 0;
  for (;;) {
    const batch = await fetchRows({ folder, from: cursor });
    if (batch.rows.length === 0) break;
    total = total + (await insertRows(batch));
    cursor = await writeCursor({ folder, cursor: cursor + batch.rows.length });
  }
  return { total, cursor };
});
`,
});
afterAll(() => files.remove());

it("an incremental sync killed between insert and cursor, each time: nothing lost, nothing doubled", async () => {
  const folder = join(files.folder, "target");
  mkdirSync(join(folder, "table"), { recursive: true });
  const data = join(files.folder, "data");
  const inserts = (): string[] =>
    existsSync(join(folder, "inserts"))
      ? readFileSync(join(folder, "inserts"), "utf8").trim().split("\n")
      : [];
  let args = ["run", files.path("sync.ts"), "--data", data, "--input", JSON.stringify({ folder })];
  for (let kill = 0; kill < ROWS / BATCH; kill++) {
    const before = new Set(inserts()).size;
    const child = spawn(process.execPath, [join(root, "dist/cli.js"), ...args], { stdio: "ignore" });
    const closed = new Promise((resolve) => child.on("close", resolve));
    // A batch that was not inserted before: the insert is done now, and its cursor is not written.
    while (new Set(inserts()).size === before) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill("SIGKILL");
    await closed;
    args = ["resume", data];
  }
  const { code, stdout } = await cli(["resume", data, "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).runs).toMatchObject([
    { status: "COMPLETED", output: { total: ROWS, cursor: ROWS } },
  ]);
  expect(readdirSync(join(folder, "table"))).toHaveLength(ROWS);
  expect(new Set(inserts()).size).toBe(ROWS / BATCH);
  // Each insert that was under way ran again, once for the kill, and no other.
  expect(inserts().length).toBe((2 * ROWS) / BATCH);
  expect(readFileSync(join(folder, "cursor"), "utf8")).toBe(String(ROWS));
});

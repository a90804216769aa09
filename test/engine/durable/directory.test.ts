import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openEngine } from "../../../sdk/engine/index.ts";
import type { RunletError } from "../../../sdk/model/runlet-error.ts";
import { rejection } from "../../journal/harness.ts";
import { LAMBDA, machine, ok } from "../run.ts";

/** Data directories as users give them, on the machine's own file systems. */
const root = mkdtempSync(join(tmpdir(), "runlet-directory-"));
const mounts: string[] = [];
afterAll(() => {
  for (const mount of mounts) spawnSync("umount", ["-l", mount]);
  rmSync(root, { recursive: true, force: true });
});

const one = machine({ A: { Type: "Task", Resource: LAMBDA, End: true } } as never) as never;

/** Opens an engine, runs once, and opens it anew. @returns the names of the runs that are there then */
async function works(directory: string): Promise<string[]> {
  const open = () => openEngine({ directory, integration: async () => ok("done") });
  const first = await open();
  const run = await first.start({ definition: one, name: `run-${Math.random()}` });
  expect(await run.done).toMatchObject({ status: "SUCCEEDED" });
  await first.close();
  const second = await open();
  const names = second.list().map(({ name }) => name);
  await second.close();
  return names;
}

/** A file system of its own, or nothing where this user may make none. */
function mounted(name: string, options: string): string | undefined {
  const at = join(root, name);
  mkdirSync(at);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", at]).status !== 0) return undefined;
  mounts.push(at);
  return at;
}

const refusal = (directory: string): Promise<RunletError> =>
  rejection(openEngine({ directory, integration: async () => ok("done") }));

describe("a data directory", () => {
  test("that is a file, lies in a file or is a link to nowhere is refused, and stays what it is", async () => {
    const file = join(root, "file");
    writeFileSync(file, "mine");
    const link = join(root, "nowhere");
    symlinkSync(join(root, "is", "not", "there"), link);
    for (const directory of [file, join(file, "below"), link, join(link, "below")]) {
      const { code, message } = await refusal(directory);
      expect([directory, code]).toEqual([directory, "RLT6005"]);
      expect(message).toMatch(/EEXIST|ENOTDIR|ENOENT/);
    }
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  test("with files of somebody else is used beside them, and none of them is touched", async () => {
    const directory = join(root, "foreign");
    mkdirSync(directory);
    const foreign = [
      "notes.txt",
      "draft.tmp",
      "segment-x.journal",
      "owner-me.json",
      "engine",
      "a.snap",
      ".git",
    ];
    for (const name of foreign) writeFileSync(join(directory, name), name);
    mkdirSync(join(directory, "folder.tmp"));
    const segment = "segment-00000001-00000001.journal";
    const names = ["JOURNAL", "ENGINE", "owner-00000001.json", segment, `quarantine-${segment}-from-64`];
    const unfinished = names.map((name) => `${name}.0123456789ab.tmp`);
    for (const name of unfinished) writeFileSync(join(directory, name), "ours, of a process that died");
    expect(await works(directory)).toHaveLength(1);
    expect(await works(directory)).toHaveLength(2);
    for (const name of foreign) expect(readFileSync(join(directory, name), "utf8")).toBe(name);
    expect(readdirSync(directory)).toContain("folder.tmp");
    for (const name of unfinished) expect(readdirSync(directory)).not.toContain(name);
  });

  test("whose markers are no files, or say nothing, is refused with a code", async () => {
    for (const [name, make, code] of [
      ["ENGINE", mkdirSync, "RLT6005"],
      ["JOURNAL", mkdirSync, "RLT6005"],
      ["ENGINE", (path: string) => writeFileSync(path, ""), "RLT6002"],
      ["JOURNAL", (path: string) => writeFileSync(path, ""), "RLT6003"],
    ] as const) {
      const directory = mkdtempSync(join(root, "marker-"));
      make(join(directory, name));
      expect([name, (await refusal(directory)).code]).toEqual([name, code]);
      rmSync(join(directory, name), { recursive: true });
      expect(await works(directory)).toHaveLength(1);
    }
  });

  test("on another file system, behind a link, is used", async (context) => {
    const other = mounted("other", "size=4m");
    if (other === undefined) return context.skip();
    const link = join(root, "link");
    symlinkSync(join(other), link);
    expect(await works(join(link, "a", "b"))).toHaveLength(1);
    expect(readdirSync(join(other, "a", "b"))).toContain("JOURNAL");
  });

  test("without room for the first segment is refused, and used when there is room", async (context) => {
    const small = mounted("small", "size=64k");
    if (small === undefined) return context.skip();
    // A page more each time: whichever of its files there is no room for, the refusal is the same.
    const refused: string[] = [];
    for (const filler of filled(small)) {
      const engine = await openEngine({
        directory: join(small, "data"),
        integration: async () => ok("done"),
      }).catch((error: RunletError) => error);
      if ("close" in engine) {
        await engine.close();
        break;
      }
      refused.push(engine.code);
      expect(engine.message).toContain("ENOSPC");
      rmSync(filler);
    }
    expect(refused.length).toBeGreaterThan(2);
    expect(new Set(refused)).toEqual(new Set(["RLT6005"]));
    for (const name of readdirSync(small)) if (name.startsWith("filler")) rmSync(join(small, name));
    expect(await works(join(small, "data"))).toHaveLength(1);
  });

  test("that can be read only is refused, and used when it can be written", async (context) => {
    const fixed = mounted("fixed", "size=1m");
    if (fixed === undefined) return context.skip();
    expect(await works(fixed)).toHaveLength(1);
    const before = readdirSync(fixed);
    expect(spawnSync("mount", ["-o", "remount,ro", fixed]).status).toBe(0);
    const { code, message } = await refusal(fixed);
    expect([code, message]).toEqual(["RLT6005", expect.stringContaining("EROFS")]);
    expect((await refusal(join(fixed, "new"))).code).toBe("RLT6005");
    expect(readdirSync(fixed)).toEqual(before);
    expect(spawnSync("mount", ["-o", "remount,rw", fixed]).status).toBe(0);
    expect(await works(fixed)).toHaveLength(2);
  });
});

/** Fills a file system with files of a page. */
function filled(at: string): string[] {
  const made: string[] = [];
  for (;;) {
    const name = join(at, `filler${made.length}`);
    try {
      writeFileSync(name, Buffer.alloc(4_096));
    } catch {
      rmSync(name, { force: true });
      return made;
    }
    made.push(name);
  }
}

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built CLI as a user does. */
export function cli(
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<CliResult> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [join(root, "dist/cli.js"), ...args], {
      cwd: options.cwd ?? root,
      env: { ...process.env, NO_COLOR: "1", ...options.env },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}

export interface JsonDocument {
  status: string;
  output?: unknown;
  error?: { name: string; message: string; diagnostics?: { code: string; line: number; column: number }[] };
  runId: string | null;
  states: { name: string; type: string; status: string; startedAt: string; endedAt: string }[];
}

/** `runlet run --json`: stdout must be exactly one JSON document. */
export async function runJson(
  file: string,
  args: string[] = [],
): Promise<CliResult & { document: JsonDocument }> {
  const result = await cli(["run", file, "--json", ...args]);
  return { ...result, document: JSON.parse(result.stdout) as JsonDocument };
}

/** A temporary folder with files in it; removed by `remove`. */
export function workspace(files: Record<string, string>): {
  folder: string;
  path(name: string): string;
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), "runlet-cli-"));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return {
    folder,
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

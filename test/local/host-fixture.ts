import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll } from "vitest";
import {
  createLambdaHost,
  type FunctionSpec,
  type InvokeOutcome,
  type LambdaHost,
  type LambdaHostOptions,
  type LogLine,
} from "../../sdk/local/lambda-host/index.ts";
import type { Json } from "../../sdk/model/json.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const HOST_FOLDER = fileURLToPath(new URL("../../sdk/local/lambda-host/", import.meta.url));

let built: Promise<string> | undefined;

/** The child process's program, built from source, so that tests never run an old one. */
export function childFile(): Promise<string> {
  built ??= buildEntry("child.ts");
  return built;
}

/** A file of the host as a program of its own. */
export async function buildEntry(name: string): Promise<string> {
  const folder = await temporaryFolder();
  const outfile = join(folder, name.replace(/\.ts$/, ".mjs"));
  const entryPoints = [join(HOST_FOLDER, name)];
  await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm" });
  return outfile;
}

/** Writes a bundle whose handler has this body; `event` and `context` are there. */
export async function bundle(body: string, head = ""): Promise<string> {
  return source(`${head}\nexport const handler = async (event, context) => {\n${body}\n};\n`);
}

export async function source(text: string): Promise<string> {
  const folder = await temporaryFolder();
  const file = join(folder, "index.mjs");
  await writeFile(file, text);
  return file;
}

export interface TestHost extends LambdaHost {
  lines: LogLine[];
  /** Registers a function with this body. */
  add(name: string, body: string, changes?: Partial<FunctionSpec> & { head?: string }): Promise<void>;
}

const hosts: LambdaHost[] = [];
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.close()));
});

/** A host that is closed after the tests of the file. */
export async function testHost(options: Partial<LambdaHostOptions> = {}): Promise<TestHost> {
  const lines: LogLine[] = [];
  const host = createLambdaHost({
    environment: {},
    childFile: await childFile(),
    onLog: (line) => void lines.push(line),
    ...options,
  });
  hosts.push(host);
  return Object.assign(host, {
    lines,
    async add(
      name: string,
      body: string,
      { head, ...changes }: Partial<FunctionSpec> & { head?: string } = {},
    ) {
      const bundleFile = await bundle(body, head);
      host.register(name, { bundleFile, timeoutSeconds: 30, memoryMb: 256, environment: {}, ...changes });
    },
  });
}

export function outputOf(outcome: InvokeOutcome): Json {
  if (!outcome.ok) throw new Error(`${outcome.error}: ${outcome.cause}`);
  return outcome.output;
}

/** Error name and the report behind it. */
export function errorOf(outcome: InvokeOutcome): { error: string; errorMessage: string; trace?: string[] } {
  if (outcome.ok) throw new Error(`Answered ${JSON.stringify(outcome.output)}.`);
  const report = JSON.parse(outcome.cause) as { errorType: string; errorMessage: string; trace?: string[] };
  if (report.errorType !== outcome.error) throw new Error(`${outcome.error} is not ${report.errorType}`);
  const { errorMessage, trace } = report;
  return { error: outcome.error, errorMessage, ...(trace ? { trace } : {}) };
}

/** Waits, by short looks, until something is so. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`It did not come about within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether a process runs; one that is dead but not yet waited for by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc/self/stat") || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

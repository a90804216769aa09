import { AsyncLocalStorage } from "node:async_hooks";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { build, transform } from "esbuild";
import { afterAll } from "vitest";
import type { Paths } from "../../sdk/compiler/emit/context.ts";
import type { HistoryEvent } from "../../sdk/engine/index.ts";
import type { WaitRequest } from "../../sdk/flow/wait-request.ts";
import { sleepOn } from "../../sdk/model/clock.ts";
import { type CompiledFile, compileFlows, ManualClock } from "../../sdk/testing/index.ts";
import { ODD, PRELUDE } from "./prelude.ts";
import { provenFlows } from "./refusing.ts";
import { NO_INPUT } from "./values.ts";

const root = resolve(import.meta.dirname, "../..");

/** One call of a task, one entry an attempt. */
export interface Call {
  task: string;
  args: string;
  attempt: number;
  /** Milliseconds on the run's clock, from its start. */
  at: number;
  began: number;
  ended: number;
}

/** How a run ended, as it is compared. */
export interface Outcome {
  end: { value: string } | { name: string; message: string };
  calls: Call[];
  /** What the flow wrote with `console`, in order. */
  lines: string[];
}

interface Recording {
  clock: ManualClock;
  start: number;
  calls: Call[];
  tick: number;
  running: number;
  latency: () => number;
  lines: string[];
}

const recordings = new AsyncLocalStorage<Recording>();

(globalThis as { runletDifferential?: unknown }).runletDifferential = {
  /** Called by every task of a program; takes as many turns as the run's latency says. */
  async call(task: string, args: unknown, attempt: number): Promise<void> {
    const recording = recordings.getStore();
    if (!recording) throw new Error("A task ran outside a recorded run.");
    const one: Call = {
      task,
      args: JSON.stringify(args),
      attempt,
      at: recording.clock.now() - recording.start,
      began: recording.tick++,
      ended: Number.POSITIVE_INFINITY,
    };
    recording.calls.push(one);
    recording.running++;
    for (let turns = recording.latency(); turns > 0; turns--) await undefined;
    recording.running--;
    one.ended = recording.tick++;
  },
  /**
   * Whoever answers waits. Of an input: the `answers` that are shown, one a time asked, each after so many seconds;
   * of an event: its name says after how many seconds it comes, such as `paid@30`.
   */
  async answer({ kind, message, show }: WaitRequest): Promise<unknown> {
    const recording = recordings.getStore();
    if (!recording) throw new Error("A flow waited outside a recorded run.");
    const key = `${kind} ${message}`;
    const asked = recording.calls.filter(({ task, args }) => task === "asked" && args === key).length;
    const at = recording.clock.now() - recording.start;
    recording.calls.push({
      task: "asked",
      args: key,
      attempt: 0,
      at,
      began: recording.tick++,
      ended: recording.tick++,
    });
    const { answers = [], after = 0 } = (show ?? {}) as { answers?: unknown[]; after?: number };
    const seconds = kind === "event" ? Number(message.split("@")[1] ?? Number.NaN) : after;
    if (Number.isNaN(seconds) || (kind !== "event" && asked >= answers.length)) return undefined;
    if (seconds > 0) await sleepOn(recording.clock, seconds * 1_000);
    if (kind === "event") return { came: message };
    const given = answers[asked];
    if (given === "throw") throw new RangeError("nobody there");
    return given;
  },
  /** How many calls of a task came before this one in the run. */
  count: (task: string): number =>
    (recordings.getStore()?.calls.filter((one) => one.task === task).length ?? 0) - 1,
  odd: (kind: string): unknown => ODD[kind]?.(),
};

const answer = (request: WaitRequest): unknown =>
  (
    globalThis as unknown as { runletDifferential: { answer(one: WaitRequest): unknown } }
  ).runletDifferential.answer(request);

for (const level of ["debug", "error", "info", "log", "warn"] as const) {
  const write = console[level].bind(console);
  console[level] = (...args: unknown[]): void => {
    const recording = recordings.getStore();
    if (recording) recording.lines.push(`${level}: ${format(...args)}`);
    else write(...args);
  };
}

/** Jitter is drawn from here in both forms. */
const random = (): number => 0.375;

type Flow = (...input: unknown[]) => Promise<unknown>;
interface PlainModule {
  flows: Record<string, Flow>;
  withEnvironment: <T>(changes: object, body: () => T) => T;
}

/** A file of programs, in both forms. */
export interface Programs {
  /** The flow called in Node, as plain TypeScript. */
  plain(flow: string, input: unknown, latency?: () => number): Promise<Outcome>;
  compiled(flow: string, input: unknown, paths?: Paths, latency?: () => number): Promise<Outcome>;
  file(paths?: Paths): Promise<CompiledFile>;
  /** The flows that compile with `inlineSteps: "refuse"`. */
  proven(): ReadonlySet<string>;
  /** What a compiled run went through, however it ends. */
  history(flow: string, input: unknown): Promise<readonly HistoryEvent[]>;
  close(): void;
}

/**
 * Writes the files to a folder and opens `main.ts` in both forms; compiling happens once for each form of the paths.
 *
 * @param files by name; `main.ts` gets the prelude
 */
export async function openPrograms(
  files: Record<string, string>,
  options: { segmentEvents?: number } = {},
): Promise<Programs> {
  const folder = mkdtempSync(join(tmpdir(), "runlet-differential-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const written = { ...files, "main.ts": `${PRELUDE}\n${files["main.ts"] ?? ""}` };
  for (const [name, text] of Object.entries(written)) writeFileSync(join(folder, name), text);
  const main = join(folder, "main.ts");
  const plain = await importPlain(folder, written);
  const compiled = new Map<Paths, Promise<CompiledFile>>();
  const file = (paths: Paths = "fast"): Promise<CompiledFile> => {
    const known = compiled.get(paths) ?? compileFlows(main, { ...options, paths, single: true });
    compiled.set(paths, known);
    return known;
  };
  let proven: ReadonlySet<string> | undefined;
  return {
    file,
    proven() {
      proven ??= provenFlows(files["main.ts"] ?? "", folder);
      return proven;
    },
    plain: (flow, input, latency) =>
      record(latency, async (clock, recording) => {
        const args = input === NO_INPUT ? [] : [input];
        const running = plain.withEnvironment({ clock, random, answer }, () =>
          (plain.flows[flow] as Flow)(...args),
        );
        try {
          return await clock.runUntil(running);
        } finally {
          await settle(clock, recording); // siblings of a failed map item go on
        }
      }),
    async compiled(flow, input, paths, latency) {
      const opened = await file(paths);
      return record(latency, async (clock) => {
        const given = input === NO_INPUT ? {} : { input };
        return (await clock.runUntil(opened.run({ flow, clock, random, answer, ...given }))).output;
      });
    },
    async history(flow, input) {
      const opened = await file();
      let told: readonly HistoryEvent[] = [];
      await record(undefined, async (clock) => {
        const given = input === NO_INPUT ? {} : { input };
        const onEnd = (history: readonly HistoryEvent[]): void => {
          told = history;
        };
        return (await clock.runUntil(opened.run({ flow, clock, onEnd, ...given }))).output;
      });
      return told;
    },
    close() {
      for (const one of compiled.values())
        one.then(
          (opened) => opened.close(),
          () => undefined,
        );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const leavings: string[] = [];
afterAll(() => {
  for (const folder of leavings) rmSync(folder, { recursive: true, force: true });
});

let runlet: Promise<string> | undefined;

/** Runlet for plain programs, one file from its source: nothing of the compiler is in it. */
async function plainRunlet(): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), "runlet-plain-")), "runlet.mjs");
  leavings.push(dirname(outfile));
  const contents = `export * from "./sdk/index.ts";\nexport { withEnvironment } from "./sdk/flow/environment.ts";`;
  await build({
    stdin: { contents, resolveDir: root },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["zod"],
    logLevel: "silent",
  });
  return pathToFileURL(outfile).href;
}

/** The author's files without their types, each by itself, as Node runs them: a bundler would rename what hides a name. */
async function importPlain(folder: string, files: Record<string, string>): Promise<PlainModule> {
  runlet ??= plainRunlet();
  const url = await runlet;
  for (const [name, text] of Object.entries(files)) {
    const { code } = await transform(text, { loader: "ts", target: "node20" });
    const linked = code
      .replaceAll(/from "runlet"/g, `from ${JSON.stringify(url)}`)
      .replaceAll(/from "\.\/(\w+)(\.[jt]s)?"/g, 'from "./$1.mjs"');
    writeFileSync(join(folder, name.replace(/\.ts$/, ".mjs")), linked);
  }
  const flows = (await import(pathToFileURL(join(folder, "main.mjs")).href)) as Record<string, Flow>;
  const { withEnvironment } = (await import(url)) as Pick<PlainModule, "withEnvironment">;
  return { flows, withEnvironment };
}

async function record(
  latency: (() => number) | undefined,
  run: (clock: ManualClock, recording: Recording) => Promise<unknown>,
): Promise<Outcome> {
  const clock = new ManualClock();
  const start = clock.now();
  const recording: Recording = {
    clock,
    start,
    calls: [],
    tick: 0,
    running: 0,
    latency: latency ?? (() => 0),
    lines: [],
  };
  const end = await recordings.run(recording, async () => {
    try {
      return { value: JSON.stringify(await run(clock, recording)) };
    } catch (thrown) {
      const { name, message } = thrown as Error;
      return { name, message };
    }
  });
  return { end, calls: recording.calls, lines: recording.lines };
}

async function settle(clock: ManualClock, recording: Recording): Promise<void> {
  for (let idle = 0; idle < 3; idle++) {
    await new Promise((done) => setImmediate(done));
    if (recording.running > 0 || clock.step()) idle = 0;
  }
}

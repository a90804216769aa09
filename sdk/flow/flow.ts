import { randomUUID } from "node:crypto";
import { sleepOn } from "../model/clock.ts";
import { toError, toFailure } from "../model/failure.ts";
import { crossBoundary, type Json } from "../model/json.ts";
import { MOST_FLOW_DEPTH } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import { checkOptions, reportProblems } from "./definition-problems.ts";
import { environment, withEnvironment } from "./environment.ts";
import { type FlowOptions, type FlowSettings, flowSettings } from "./flow-options.ts";
import { begun, untilAllEnded } from "./future.ts";
import type { Serialized } from "./serialized.ts";
import { parseWith, type SchemaInput, type SchemaOutput, type StandardSchemaV1 } from "./standard-schema.ts";
import { isInTask } from "./task-context.ts";

/** A pipeline: called in Node it runs as plain TypeScript; compiled it becomes a state machine. */
export interface Flow<Args extends unknown[] = unknown[], Result = unknown> {
  (...args: Args): Promise<Serialized<Awaited<Result>>>;
  readonly kind: "flow";
  readonly settings: FlowSettings;
  readonly schema: StandardSchemaV1 | undefined;
  /** What the flow's body will see of this input: checked, defaults filled in. `undefined` means "called without". */
  parseInput(input: unknown): Promise<Json | undefined>;
  /**
   * Starts a run and does not wait for it: its end is no concern of whoever started it. In plain Node it goes on in
   * this process; a failure there is a warning.
   *
   * @returns the id of the run, once it is accepted
   * @throws RunletError RLT2004 for input that the schema refuses; RLT4007 inside a task, which may not start runs
   * @example const { runId } = await nightly.start({ day: "2026-03-01" });
   */
  start(...args: Args): Promise<{ runId: string }>;
}

/**
 * Makes a flow of an async function. Its body calls tasks; Runlet compiles it, so it may hold what
 * `docs/language.md` lists, and anything else is refused when it is compiled, with the line and the mend.
 *
 * @param options input schema, schedules, name; see {@link FlowOptions}
 * @param fn takes at most one argument, the input
 * @throws RunletError RLT4002 for unknown or invalid options; when called: RLT2004 for input that the schema refuses
 * @example
 * export const etl = flow({ input: z.object({ pages: z.number() }) }, async ({ pages }) => {
 *   const rows = await fetchPage.map(range(1, pages));
 *   return { loaded: await load(rows) };
 * });
 */
export function flow<Args extends [] | [unknown], Result>(fn: (...args: Args) => Result): Flow<Args, Result>;
export function flow<Schema extends StandardSchemaV1, Result>(
  options: FlowOptions<Schema> & { readonly input: Schema },
  fn: (input: SchemaOutput<Schema>) => Result,
): Flow<
  undefined extends SchemaInput<Schema> ? [input?: SchemaInput<Schema>] : [input: SchemaInput<Schema>],
  Result
>;
export function flow<Args extends [] | [unknown], Result>(
  options: FlowOptions & { readonly input?: never },
  fn: (...args: Args) => Result,
): Flow<Args, Result>;
export function flow(first: unknown, second?: unknown): Flow {
  const [options, fn] = typeof first === "function" ? [{}, first] : [first as FlowOptions, second];
  const wrong = checkOptions(options, "A flow");
  const { settings, problems } =
    wrong.length > 0 ? { ...flowSettings({}), problems: wrong } : flowSettings(options);
  if (typeof fn !== "function") problems.push("A flow needs a function: flow(fn) or flow(options, fn).");
  const schema = wrong.length > 0 ? undefined : options.input;
  const parseInput = async (input: unknown): Promise<Json | undefined> => {
    const crossed = input === undefined ? undefined : crossBoundary(input, "input of a flow");
    return schema ? await parseWith(schema, crossed, "input of a flow") : crossed;
  };
  const run = (input: Json | undefined, depth: number): Promise<unknown> => {
    const calls = new Set<Promise<unknown>>();
    const body = fn as (...args: unknown[]) => unknown;
    return withEnvironment({ depth, calls }, () =>
      untilAllEnded(calls, () => runBody(body, settings.retry, input)),
    );
  };
  const runWithin = async (depth: number, args: readonly unknown[]): Promise<unknown> => {
    try {
      checkDepth(depth);
      return await run(await parseInput(args[0]), depth + 1);
    } catch (thrown) {
      throw toError(toFailure(thrown));
    }
  };
  const call = (...args: unknown[]): Promise<unknown> => {
    const { depth } = environment();
    const running = runWithin(depth, args);
    return depth > 0 ? begun(running) : running;
  };
  const start = async (...args: unknown[]): Promise<{ runId: string }> => {
    refuseInTask(settings.name);
    const input = await parseInput(args[0]);
    const runId = `direct-${randomUUID()}`;
    run(input, 1).catch((thrown: unknown) => {
      const { name, message } = toFailure(thrown);
      process.emitWarning(`The run ${runId}, which nobody waits for, failed: ${name}: ${message}`);
    });
    return { runId };
  };
  const made = Object.assign(call, { kind: "flow" as const, settings, schema, parseInput, start }) as Flow;
  reportProblems(made, problems);
  return made;
}

/** A run may stand within so many others, in all three ways of running. */
function checkDepth(depth: number): void {
  if (depth < MOST_FLOW_DEPTH) return;
  throw new RunletError("RLT2011", `A flow was called within ${depth} others.`);
}

function refuseInTask(name = "flow"): void {
  if (!isInTask()) return;
  throw new RunletError("RLT4007", `${name}.start(…) was called inside a task.`, {
    mend: "Start the run from the flow: a task has no permission to start runs, and would end before them.",
  });
}

/** The body, and again after failures as the flow's retries say; each time with its own copy of the input. */
async function runBody(
  body: (...args: unknown[]) => unknown,
  { delays, names }: FlowSettings["retry"],
  input: Json | undefined,
): Promise<unknown> {
  const text = input === undefined ? undefined : JSON.stringify(input);
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await (text === undefined ? body() : body(JSON.parse(text)));
      return crossBoundary(result, "result of a flow");
    } catch (thrown) {
      const { name } = toFailure(thrown);
      const isWorthIt = name !== "RunletError" && name !== "FinalError" && (names?.includes(name) ?? true);
      if (attempt >= delays.length || !isWorthIt) throw thrown;
      await sleepOn(environment().clock, (delays[attempt] ?? 1) * 1_000);
    }
  }
}

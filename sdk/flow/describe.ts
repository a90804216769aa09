import { writeFileSync } from "node:fs";
import type { Json } from "../model/json.ts";
import { collectDefinitionProblems, problemsOf } from "./definition-problems.ts";
import type { Flow } from "./flow.ts";
import type { FlowSettings } from "./flow-options.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";
import type { Task } from "./task.ts";
import type { TaskSettings } from "./task-options.ts";

/**
 * What the compiler asks of a loaded module: settings that only running it can tell, since options may be computed.
 * Imported before the author's module, so that mistakes in its definitions are collected, not thrown.
 */
collectDefinitionProblems();

export interface Description {
  tasks: Record<string, { settings: TaskSettings; problems: readonly string[] } | null>;
  flows: Record<
    string,
    { settings: FlowSettings; problems: readonly string[]; hasSchema: boolean; inputSchema?: Json } | null
  >;
}

export type DescribeEvent =
  | { op: "describe" }
  /** Whether a task tries again after an error; for mocks, which stand in for the task in the same process. */
  | { op: "retryIf"; task: string; error: Error; attempt: number }
  /** What the schema of a wait for input says of an answer. */
  | { op: "checkAnswer"; key: string; value: Json }
  /** With `answerFile` the answer, which may be larger than a function answers, is written there. */
  | { op: "parseInput"; flow: string; input?: Json; answerFile?: string };

/** The handler of the definitions bundle; it has the shape of a Lambda function, so the same host runs it. */
export function createDescribeHandler(
  tasks: Record<string, unknown>,
  flows: Record<string, unknown>,
  schemas: Record<string, StandardSchemaV1> = {},
) {
  return async (event: DescribeEvent): Promise<unknown> => {
    if (event.op === "describe") return describe(tasks, flows);
    if (event.op === "checkAnswer") return schemas[event.key]?.["~standard"].validate(event.value);
    if (event.op === "retryIf") {
      const { retryIf } = tasks[event.task] as Task;
      if (typeof retryIf === "function") return retryIf(event.error, event.attempt);
      return retryIf?.includes(event.error.name) ?? true;
    }
    const parsed = await (flows[event.flow] as Flow).parseInput(event.input);
    const answer = parsed === undefined ? {} : { input: parsed };
    if (event.answerFile === undefined) return answer;
    writeFileSync(event.answerFile, JSON.stringify(answer), { mode: 0o600 });
    return {};
  };
}

function describe(tasks: Record<string, unknown>, flows: Record<string, unknown>): Description {
  const description: Description = { tasks: {}, flows: {} };
  for (const [name, value] of Object.entries(tasks)) {
    description.tasks[name] = isKind<Task>(value, "task")
      ? { settings: value.settings, problems: problemsOf(value) }
      : null;
  }
  for (const [name, value] of Object.entries(flows)) {
    description.flows[name] = isKind<Flow>(value, "flow") ? describeFlow(value) : null;
  }
  return description;
}

function describeFlow(flow: Flow): NonNullable<Description["flows"][string]> {
  const described = {
    settings: flow.settings,
    problems: problemsOf(flow),
    hasSchema: flow.schema !== undefined,
  };
  const inputSchema = jsonSchemaOf(flow.schema);
  return inputSchema === undefined ? described : { ...described, inputSchema };
}

const isKind = <T>(value: unknown, kind: string): value is T =>
  typeof value === "function" && (value as { kind?: unknown }).kind === kind;

/** Standard JSON Schema (https://standardschema.dev); validators without it, and unrepresentable schemas, give none. */
function jsonSchemaOf(schema: unknown): Json | undefined {
  type Convertible = { "~standard"?: { jsonSchema?: { input(options: { target: string }): unknown } } };
  try {
    const converted = (schema as Convertible | undefined)?.["~standard"]?.jsonSchema?.input({
      target: "draft-07",
    });
    return converted === undefined ? undefined : (JSON.parse(JSON.stringify(converted)) as Json);
  } catch {
    return undefined;
  }
}

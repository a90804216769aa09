import pc from "picocolors";
import type { StateMachine } from "../../asl/types.ts";
import {
  type Diagnostic,
  type HistoryEvent,
  type TestStateRequest,
  testState,
  validateDefinition,
  validateStateMachineDefinition,
} from "../../engine/index.ts";
import { isPlainObject, type Json } from "../../model/json.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { givenText, parsedJson, textOf } from "../asl/files.ts";
import { readMocks } from "../asl/mocks.ts";
import { runOnMocks } from "../asl/run.ts";
import { CommandRefused, EXIT, refuseUsage } from "../exit.ts";

const print = (text: string): void => void process.stdout.write(`${text}\n`);

function typeOf(given: string | undefined): "STANDARD" | "EXPRESS" {
  const type = (given ?? "STANDARD").toUpperCase();
  if (type === "STANDARD" || type === "EXPRESS") return type;
  throw refuseUsage(`--type is STANDARD or EXPRESS, not "${given}".`);
}

export interface AslRunOptions {
  input?: string;
  mocks?: string;
  case?: string;
  type?: string;
  history?: boolean;
  json?: boolean;
}

/** `runlet asl run FILE`: runs a definition on mocks, in virtual time; the exit code says how it ended. */
export async function aslRunCommand(file: string, options: AslRunOptions): Promise<number> {
  const definition = parsedJson(textOf(file), file) as StateMachine;
  const type = typeOf(options.type);
  const input = (options.input === undefined ? {} : parsedJson(givenText(options.input), "--input")) as Json;
  const mocks = readMocks(
    options.mocks === undefined ? {} : parsedJson(textOf(options.mocks), options.mocks),
    options.case,
  );
  refuseInvalid(definition, type);
  const { result, history, seconds } = await runOnMocks({ definition, input, mocks, type });
  if (options.json) print(JSON.stringify({ ...result, seconds, ...(options.history ? { history } : {}) }));
  else {
    if (options.history) for (const event of history) print(formatEvent(event));
    const mark = result.status === "SUCCEEDED" ? pc.green("✓") : pc.red("✗");
    print(
      `${mark} ${result.status} ${pc.dim(`after ${seconds} s of its own time, ${history.length} events`)}`,
    );
    if (result.status === "SUCCEEDED") print(JSON.stringify(result.output, null, 2));
    else print(`${result.error ?? "(no error name)"}: ${result.cause ?? ""}`);
  }
  return result.status === "SUCCEEDED" ? EXIT.ok : EXIT.failed;
}

function formatEvent(event: HistoryEvent): string {
  const details: unknown = Object.entries(event).find(([key]) => key.endsWith("EventDetails"))?.[1];
  const name = isPlainObject(details) ? (details["name"] ?? details["error"]) : undefined;
  const previous = pc.dim(`<- ${String(event.previousEventId).padStart(3)}`);
  return `${String(event.id).padStart(4)} ${previous} ${event.type}${name === undefined ? "" : pc.dim(` ${String(name)}`)}`;
}

/** A definition with mistakes does not run; all of them are told at once. */
function refuseInvalid(definition: unknown, type: "STANDARD" | "EXPRESS"): void {
  const problems = validateDefinition(definition, type);
  const [first] = problems;
  if (!first) return;
  const told = problems
    .map(({ code, message, location }) => `\n  ${code} ${location ?? ""} ${message}`)
    .join("");
  const count = problems.length === 1 ? "1 mistake" : `${problems.length} mistakes`;
  throw new CommandRefused(new RunletError(first.code, `The definition has ${count}:${told}\n `));
}

export interface AslValidateOptions {
  type?: string;
  warnings?: boolean;
  json?: boolean;
}

/** `runlet asl validate FILE`: what Step Functions would say of a definition, and what this engine does not run. */
export function aslValidateCommand(file: string, options: AslValidateOptions): number {
  const text = textOf(file);
  const type = typeOf(options.type);
  const severity = options.warnings ? "WARNING" : "ERROR";
  const validation = validateStateMachineDefinition({ definition: text, type, severity });
  const unsupported =
    validation.result === "OK"
      ? validateDefinition(JSON.parse(text), type).filter(({ code }) => code === "RLT3002")
      : [];
  if (options.json) print(JSON.stringify({ ...validation, unsupported }));
  else {
    for (const diagnostic of validation.diagnostics) print(formatDiagnostic(diagnostic));
    for (const { code, message, location } of unsupported)
      print(`${pc.yellow("!")} ${code} ${location ?? ""}: ${message}`);
    print(summary(validation.result === "OK", unsupported.length));
  }
  return validation.result === "OK" ? EXIT.ok : EXIT.failed;
}

function formatDiagnostic({ severity, code, message, location }: Diagnostic): string {
  const mark = severity === "ERROR" ? pc.red("✗") : pc.yellow("!");
  return `${mark} ${code}${location === undefined ? "" : ` ${location}`}: ${message}`;
}

function summary(valid: boolean, unsupported: number): string {
  if (!valid) return `${pc.red("✗")} Step Functions would refuse the definition.`;
  if (unsupported === 0) return `${pc.green("✓")} The definition is valid.`;
  return `${pc.green("✓")} The definition is valid; the local engine does not run what is marked.`;
}

export interface AslTestStateOptions {
  state?: string;
  input?: string;
  mock?: string;
  variables?: string;
  context?: string;
  configuration?: string;
  role?: string;
  level?: string;
}

/** `runlet asl test-state FILE`: TestState of one state, its answer as JSON. */
export async function aslTestStateCommand(file: string, options: AslTestStateOptions): Promise<number> {
  const level = (options.level ?? "INFO").toUpperCase();
  if (level !== "INFO" && level !== "DEBUG" && level !== "TRACE") {
    throw refuseUsage(`--level is INFO, DEBUG or TRACE, not "${options.level}".`);
  }
  const optional = <T>(name: string, given: T | undefined): Record<string, T> =>
    given === undefined ? {} : { [name]: given };
  const text = (given: string | undefined): string | undefined =>
    given === undefined ? undefined : givenText(given);
  const configuration = options.configuration;
  const request: TestStateRequest = {
    definition: textOf(file),
    inspectionLevel: level,
    ...optional("stateName", options.state),
    ...optional("input", text(options.input)),
    ...optional("variables", text(options.variables)),
    ...optional("context", text(options.context)),
    ...optional("roleArn", options.role),
    ...(options.mock === undefined ? {} : { mock: mockOf(parsedJson(givenText(options.mock), "--mock")) }),
    ...(configuration === undefined
      ? {}
      : { stateConfiguration: parsedJson(givenText(configuration), "--configuration") as object }),
  };
  const answer = await testState(request);
  print(JSON.stringify(answer, null, 2));
  return answer.status === "FAILED" ? EXIT.failed : EXIT.ok;
}

/** The service wants the result as text; on a command line it is easier to write as it is. */
function mockOf(given: unknown): NonNullable<TestStateRequest["mock"]> {
  if (!isPlainObject(given)) throw refuseUsage("--mock is a JSON object with result or errorOutput.");
  const { result } = given;
  return result === undefined || typeof result === "string"
    ? given
    : { ...given, result: JSON.stringify(result) };
}

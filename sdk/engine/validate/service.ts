import type { StateMachine } from "../../asl/types.ts";
import { serviceProblems } from "../validate.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { jsonSyntaxProblem } from "./json-syntax.ts";
import { isObject } from "./problems.ts";
import { definitionWarnings } from "./warnings.ts";

/** What ValidateStateMachineDefinition answers. */
export interface Validation {
  result: "OK" | "FAIL";
  diagnostics: Diagnostic[];
  /** Whether there were more than `maxResults`. */
  truncated: boolean;
}

/**
 * ValidateStateMachineDefinition: whether the service would take a definition, with its diagnostics. What the engine
 * does not implement, and AWS takes, is no error here; `validateDefinition` tells that too.
 *
 * @param request.definition the text of the definition, or the definition as a value
 * @param request.type default "STANDARD"
 * @param request.severity the least severity that is told; default "ERROR"
 * @param request.maxResults 1 to 100; 0 and nothing stand for 100
 * @throws RangeError for another maxResults
 * @example
 * validateStateMachineDefinition({ definition: '{"StartAt":"A"}' })
 * // { result: "FAIL", diagnostics: [{ severity: "ERROR", code: "SCHEMA_VALIDATION_FAILED",
 * //   message: "These fields are required: [States]", location: "/" }], truncated: false }
 */
export function validateStateMachineDefinition(request: {
  definition: string | StateMachine;
  type?: "STANDARD" | "EXPRESS";
  severity?: "ERROR" | "WARNING";
  maxResults?: number;
}): Validation {
  const { definition, type = "STANDARD", severity = "ERROR", maxResults = 0 } = request;
  if (!Number.isInteger(maxResults) || maxResults < 0 || maxResults > 100) {
    throw new RangeError("maxResults is a whole number from 0 to 100.");
  }
  const errors = errorsOf(definition, type);
  const machine = errors.length === 0 ? parsed(definition) : undefined;
  const warnings = severity === "WARNING" && machine !== undefined ? definitionWarnings(machine) : [];
  const found = [...errors, ...warnings];
  const most = maxResults === 0 ? 100 : maxResults;
  return {
    result: errors.length > 0 ? "FAIL" : "OK",
    diagnostics: found.slice(0, most),
    truncated: found.length > most,
  };
}

const parsed = (definition: string | StateMachine): unknown =>
  typeof definition === "string" ? JSON.parse(definition) : definition;

function errorsOf(definition: string | StateMachine, type: "STANDARD" | "EXPRESS"): Diagnostic[] {
  if (typeof definition === "string") {
    const problem = definition.trim() === "" ? undefined : jsonSyntaxProblem(definition);
    if (problem) {
      const { message, source: location } = problem;
      return [{ severity: "ERROR", code: "INVALID_JSON_DESCRIPTION", message, location }];
    }
  }
  const machine =
    definition === "" || (typeof definition === "string" && definition.trim() === "")
      ? ""
      : parsed(definition);
  if (!isObject(machine)) {
    const message = "Definition must be a valid JSON object";
    return [{ severity: "ERROR", code: "SCHEMA_VALIDATION_FAILED", message }];
  }
  return serviceProblems(machine, type)
    .filter(({ code }) => code === "RLT3001")
    .map(({ diagnostic: code, message, location }) => ({
      severity: "ERROR" as const,
      code,
      message,
      ...(location === undefined ? {} : { location }),
    }));
}

/**
 * The message with which CreateStateMachine, UpdateStateMachine and TestState refuse a definition (InvalidDefinition).
 *
 * @returns nothing for a definition that the service takes
 */
export function invalidDefinitionMessage(
  definition: string | StateMachine,
  type: "STANDARD" | "EXPRESS" = "STANDARD",
): string | undefined {
  const errors = errorsOf(definition, type);
  return errors.length === 0 ? undefined : invalidDefinition(errors);
}

export function invalidDefinition(diagnostics: readonly Diagnostic[]): string {
  const told = diagnostics.map(({ code, message, location }) =>
    // The parser of JSON names the place in its own words.
    code === "INVALID_JSON_DESCRIPTION"
      ? `${code}: ${message}`
      : `${code}: ${message} at ${location ?? "null"}`,
  );
  return `Invalid State Machine Definition: '${told.join(", ")}'`;
}

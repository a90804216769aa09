/** Codes of the service's diagnostics, as far as a definition alone can cause them. */
export type DiagnosticCode =
  | "DUPLICATE_LABEL_NAME"
  | "DUPLICATE_STATE_NAME"
  | "INVALID_JSON_DESCRIPTION"
  | "INVALID_JSONATA_EXPRESSION"
  | "INVALID_LABEL_NAME"
  | "INVALID_STATE_NAME"
  | "INVALID_VARIABLE_NAME"
  | "MISSING_END_STATE"
  | "MISSING_TRANSITION_TARGET"
  | "RESERVED_VARIABLE_NAME"
  | "SCHEMA_VALIDATION_FAILED"
  | "UNSUPPORTED_JSONATA_EXPRESSION";

/** What is wrong with a definition, and where. */
export interface DefinitionProblem {
  /** RLT3001: AWS refuses it too. RLT3002: AWS takes it and this engine does not implement it. */
  code: "RLT3001" | "RLT3002";
  message: string;
  /** A path as AWS writes it: `/States/Load/Retry[0]/MaxAttempts`. Absent where AWS names none. */
  location?: string;
  /** The service's own code. */
  diagnostic: DiagnosticCode;
}

/** Collects problems in the order in which they are found. */
export class Problems {
  readonly list: DefinitionProblem[] = [];

  /** The definition is not valid. */
  invalid(
    location: string | undefined,
    message: string,
    diagnostic: DiagnosticCode = "SCHEMA_VALIDATION_FAILED",
  ): void {
    const where = location === undefined ? {} : { location: location || "/" };
    this.list.push({ code: "RLT3001", message, ...where, diagnostic });
  }

  /** The definition is valid, and the engine cannot run it. */
  unsupported(location: string, message: string): void {
    this.list.push({ code: "RLT3002", message, location, diagnostic: "SCHEMA_VALIDATION_FAILED" });
  }
}

/** Checks one value and reports what is wrong with it. */
export type Check = (value: unknown, location: string, problems: Problems) => void;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

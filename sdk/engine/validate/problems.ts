/** What is wrong with a definition, and where. */
export interface DefinitionProblem {
  /** RLT3001: AWS refuses it too. RLT3002: AWS takes it and this engine does not implement it. */
  code: "RLT3001" | "RLT3002";
  message: string;
  /** A path as AWS writes it: `/States/Load/Retry[0]/MaxAttempts`. */
  location: string;
}

/** Collects problems in the order in which they are found. */
export class Problems {
  readonly list: DefinitionProblem[] = [];

  /** The definition is not valid. */
  invalid(location: string, message: string): void {
    this.list.push({ code: "RLT3001", message, location });
  }

  /** The definition is valid, and the engine cannot run it. */
  unsupported(location: string, message: string): void {
    this.list.push({ code: "RLT3002", message, location });
  }
}

/** Checks one value and reports what is wrong with it. */
export type Check = (value: unknown, location: string, problems: Problems) => void;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

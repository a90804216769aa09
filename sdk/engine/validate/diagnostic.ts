/** One finding, as the service words it. */
export interface Diagnostic {
  severity: "ERROR" | "WARNING";
  code: string;
  message: string;
  /** `/States/Load/Retry[0]/MaxAttempts`; absent where the service names no place. */
  location?: string;
}

import type { Diagnostic } from "../compiler/index.ts";
import { RunletError } from "../model/runlet-error.ts";

/** 0 only when a run completed, 1 when it failed, 2 on bad usage or a diagnostic. */
export const EXIT = { ok: 0, failed: 1, refused: 2 } as const;

/** A command that cannot go on; `main` prints it, as JSON or for people, and sets the exit code. */
export class CommandRefused extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(error: Error, diagnostics: readonly Diagnostic[] = []) {
    super(error.message, { cause: error });
    this.name = error.name;
    this.diagnostics = diagnostics;
  }
}

export const refuseUsage = (cause: string, mend?: string): CommandRefused =>
  new CommandRefused(new RunletError("RLT4001", cause, mend === undefined ? {} : { mend }));

export function refuseDiagnostics(diagnostics: readonly Diagnostic[]): CommandRefused {
  const count = diagnostics.length === 1 ? "1 mistake" : `${diagnostics.length} mistakes`;
  return new CommandRefused(new RunletError("RLT5003", `The file has ${count}.`), diagnostics);
}

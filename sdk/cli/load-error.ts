import type { Failure } from "../model/failure.ts";
import { RunletError } from "../model/runlet-error.ts";

/** Why a module could not be loaded, in the words of its author rather than of the process that tried. */
export function loadError({ name, message }: Failure, seconds: number): RunletError {
  if (name === "TaskTimedOut") {
    return failed(`did not finish loading within ${seconds} s: something at its top level never settles`);
  }
  if (name === "TaskCrashed") {
    const why = /before it answered: (?:Error: )?(.*?)\.? Mend: /s.exec(message)?.[1] ?? message;
    return failed(`ended its process while it was loaded: ${why}`);
  }
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  if (name === "Runtime.ImportModuleError" && missing !== undefined) {
    return new RunletError("RLT5002", `The module could not be loaded: "${missing}" was not found.`, {
      mend: "Install it in the project (npm install), or correct the import.",
    });
  }
  // What JavaScript's typeof says of a thrown value that is no error.
  if (/^(object|string|number|boolean|undefined|bigint|symbol|function)$/.test(name)) {
    return failed(
      `failed while it was loaded: it threw ${name === "string" ? JSON.stringify(message) : message}`,
    );
  }
  return failed(`failed while it was loaded: ${name}: ${message.trim()}`);
}

const failed = (what: string): RunletError =>
  new RunletError("RLT5002", `The module ${what.replace(/\.?$/, ".")}`);

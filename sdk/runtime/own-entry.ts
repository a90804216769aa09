import { RunletError } from "../model/runlet-error.ts";

/** One for a process, whatever was bundled into it: code of authors' modules calls it by its name. */
interface Shared {
  runlet$own?: (value: unknown) => unknown;
  /** What was refused since the region began: an author's `catch` may have hidden it. */
  runlet$refused?: RunletError | undefined;
}
const shared = globalThis as Shared;

/** What a table of functions gives for a key; its functions are texts by now. */
shared.runlet$own ??= (value) => {
  if (typeof value !== "function") return value;
  shared.runlet$refused = new RunletError(
    "RLT3005",
    "A table is asked for a function that every object has.",
    {
      mend: "Ask for the key first: Object.hasOwn(table, key).",
    },
  );
  throw shared.runlet$refused;
};

/** Runs code, and throws what it refused in it. @throws RunletError RLT3005 */
export async function withOwnEntries<T>(run: () => Promise<T> | T): Promise<T> {
  shared.runlet$refused = undefined;
  const value = await run();
  if (shared.runlet$refused) throw shared.runlet$refused;
  return value;
}

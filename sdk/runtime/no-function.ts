import { RunletError } from "../model/runlet-error.ts";

/**
 * What a call throws of what is no function, in code of the compiler that chooses a function of a table by its place.
 *
 * @throws RunletError RLT3005 for a function that every object has, such as `toString`: nobody chose among those
 */
function noFunction(value: unknown, words: string): TypeError {
  if (typeof value !== "function") return new TypeError(words);
  throw new RunletError("RLT3005", "A function is called that every object has, and not one of a table.", {
    mend: "Ask for the key first: Object.hasOwn(table, key).",
  });
}

(globalThis as Record<string, unknown>)["runlet$noFunction"] = noFunction;

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isPlainObject } from "../../../sdk/model/json.ts";
import type { Case } from "./case.ts";
import type { Verdict } from "./compare.ts";
import type { Actual } from "./execution.ts";

/** A folder's own comparison, laid over ours. */
export interface CorpusCompare {
  /** What is used of `compare.mjs`, or why nothing is. */
  said: string;
  judge(one: Case, actual: Actual, own: Verdict): Verdict;
}

type Compare = (...values: unknown[]) => unknown;

const NAMES = ["compareCase", "compare", "check", "judge", "default"];

/** Loads `compare.mjs` of a folder, where it exports a comparison. */
export async function loadCompare(folder: string): Promise<CorpusCompare> {
  const path = resolve(join(folder, "compare.mjs"));
  const none = (said: string): CorpusCompare => ({ said, judge: (_case, _actual, own) => own });
  if (!existsSync(path)) return none("The folder has no compare.mjs: compared by this runner.");
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (thrown) {
    return none(`compare.mjs cannot be loaded (${(thrown as Error).message}): compared by this runner.`);
  }
  const name = NAMES.find((one) => typeof module[one] === "function");
  if (name === undefined) {
    const found = Object.keys(module).join(", ") || "nothing";
    return none(`compare.mjs exports ${found}, none of ${NAMES.join(", ")}: compared by this runner.`);
  }
  const compare = module[name] as Compare;
  return {
    said: `Compared by ${name} of compare.mjs; where its answer says nothing of a measure, by this runner.`,
    judge: (one, actual, own) => judged(compare, one, actual, own),
  };
}

function judged(compare: Compare, one: Case, actual: Actual, own: Verdict): Verdict {
  const events = actual.history;
  const given = actual.response ?? { ...actual, ...(events ? { events } : {}) };
  const first = /^(?:async )?(?:function\s*\w*\s*)?\(?\s*\{?\s*(\w+)/.exec(String(compare))?.[1] ?? "";
  const recorded = one.raw["expected"] ?? one.raw;
  let answer: unknown;
  try {
    answer = /^(c|one|kase|case|testCase|test)/i.test(first)
      ? compare(one.raw, given)
      : compare(recorded, given);
  } catch {
    return own;
  }
  return read(answer, own);
}

/** What a comparison said: true or false, a list of differences, or a word for each measure. */
function read(answer: unknown, own: Verdict): Verdict {
  if (typeof answer === "boolean") return { ...own, a: answer || "compare.mjs: different" };
  if (Array.isArray(answer)) return { ...own, a: answer.length === 0 || String(answer[0]) };
  if (!isPlainObject(answer)) return own;
  const measures: [keyof Verdict, string[]][] = [
    ["a", ["a", "outcome", "ok", "equal", "pass", "passed", "same"]],
    ["b", ["b", "cause"]],
    ["c", ["c", "types", "eventTypes", "events"]],
    ["d", ["d", "history"]],
  ];
  const made = { ...own };
  for (const [measure, names] of measures) {
    const name = names.find((one) => typeof answer[one] === "boolean");
    if (name !== undefined) made[measure] = (answer[name] as boolean) || `compare.mjs: ${name} differs`;
  }
  return made;
}

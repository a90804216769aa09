import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isPlainObject } from "../../../sdk/model/json.ts";
import type { Case } from "./case.ts";
import type { Verdict } from "./compare.ts";
import type { Actual } from "./execution.ts";
import { type Compare, verdictOf, wirings } from "./wiring.ts";

/** A folder's own comparison, laid over ours. */
export interface CorpusCompare {
  /** What is used of `compare.mjs`, or why nothing is. */
  said: string;
  judge(one: Case, actual: Actual, own: Verdict): Promise<Verdict>;
}

/** Which measures a comparison is about, by its name. */
const ABOUT: [RegExp, (keyof Verdict)[]][] = [
  [/^(compare|check|judge|score|grade|verify|assess)(case|result|all|execution|run)?$|^default$/i, ["a"]],
  [/(outcome|result|status|output|answer|response)s?$/i, ["a"]],
  [/cause/i, ["b"]],
  [/(types|order)$/i, ["c"]],
  [/(history|histories|events)$/i, ["d"]],
];

interface Own {
  name: string;
  compare: Compare;
  measures: (keyof Verdict)[];
}

/** Loads `compare.mjs` of a folder, where it exports comparisons that know a recording as equal to itself. */
export async function loadCompare(folder: string, cases: readonly Case[]): Promise<CorpusCompare> {
  const path = resolve(join(folder, "compare.mjs"));
  const none = (said: string): CorpusCompare => ({ said, judge: async (_case, _actual, own) => own });
  if (!existsSync(path)) return none("The folder has no compare.mjs: compared by this runner.");
  if (!/\bexport\b/.test(readFileSync(path, "utf8")))
    return none("compare.mjs exports nothing: compared by this runner.");
  let module: Record<string, unknown>;
  try {
    module = await importWithoutExit(path);
  } catch (thrown) {
    return none(`compare.mjs cannot be loaded (${(thrown as Error).message}): compared by this runner.`);
  }
  const found = functionsOf(module);
  const wired = (
    await Promise.all(found.map(async (own) => ({ ...own, wire: await wirings(own.compare, cases) })))
  ).filter(({ wire }) => wire !== undefined);
  if (wired.length === 0) {
    const names = found.map(({ name }) => name).join(", ") || Object.keys(module).join(", ") || "nothing";
    return none(
      `compare.mjs exports ${names}: none is a comparison that takes a recording for equal to itself and for different from another. Compared by this runner.`,
    );
  }
  return {
    said: `Compared by ${wired.map(({ name }) => name).join(", ")} of compare.mjs; where it says nothing of a measure, by this runner.`,
    judge: async (one, actual, own) => {
      let verdict = own;
      for (const { wire, measures } of wired) {
        const answer = await wire?.(one, actual);
        if (answer !== undefined) verdict = read(answer, verdict, measures);
      }
      return verdict;
    },
  };
}

function functionsOf(module: Record<string, unknown>): Own[] {
  const spread = isPlainObject(module["default"]) ? { ...module, ...module["default"] } : module;
  return Object.entries(spread).flatMap(([name, value]): Own[] => {
    if (typeof value !== "function") return [];
    const measures = ABOUT.find(([pattern]) => pattern.test(name))?.[1];
    return measures ? [{ name, compare: value as Compare, measures }] : [];
  });
}

/** A script that does its work as it is loaded must not end this one. */
async function importWithoutExit(path: string): Promise<Record<string, unknown>> {
  const { exit } = process;
  process.exit = (() => {
    throw new Error("it ends the process as it is loaded");
  }) as typeof process.exit;
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } finally {
    process.exit = exit;
    process.exitCode = undefined;
  }
}

/** What a comparison said: true or false, a list of differences, or a word for each measure. */
function read(answer: unknown, own: Verdict, measures: (keyof Verdict)[]): Verdict {
  const made = { ...own };
  const say = (said: true | string): Verdict => {
    for (const measure of measures) if (measure === "a" || own[measure] !== undefined) made[measure] = said;
    return made;
  };
  const plain = verdictOf(answer);
  if (plain !== undefined) return say(plain);
  if (!isPlainObject(answer)) return own;
  const words: [keyof Verdict, string[]][] = [
    ["a", ["a", "outcome", "ok", "equal", "equals", "pass", "passed", "same", "match", "matches"]],
    ["b", ["b", "cause"]],
    ["c", ["c", "types", "eventTypes", "order"]],
    ["d", ["d", "history", "fullHistory", "events"]],
  ];
  for (const [measure, names] of words) {
    const name = names.find((one) => one in answer && verdictOf(answer[one]) !== undefined);
    const said = name === undefined ? undefined : verdictOf(answer[name]);
    if (said !== undefined && (measure === "a" || own[measure] !== undefined)) made[measure] = said;
  }
  return made;
}

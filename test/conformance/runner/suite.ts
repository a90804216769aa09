import { CATEGORIES, type Case, type Unreadable } from "./case.ts";
import { compare, type Verdict } from "./compare.ts";
import { type CorpusCompare, loadCompare } from "./corpus-compare.ts";
import { readCorpus } from "./reader.ts";
import { actualOf } from "./run.ts";

export interface Judged {
  case: Case;
  verdict: Verdict;
}

export interface SuiteResult {
  judged: Judged[];
  unreadable: Unreadable[];
  /** How results were compared. */
  compared: string;
}

/** Runs all cases below a folder. */
export async function runSuite(folder: string): Promise<SuiteResult> {
  const { cases, unreadable } = readCorpus(folder);
  const corpus = await loadCompare(folder, cases);
  const judged: Judged[] = [];
  for (const one of cases) judged.push({ case: one, verdict: await judge(one, corpus.judge) });
  judged.sort((x, y) => CATEGORIES.indexOf(x.case.category) - CATEGORIES.indexOf(y.case.category));
  return { judged, unreadable, compared: corpus.said };
}

async function judge(one: Case, corpus: CorpusCompare["judge"]): Promise<Verdict> {
  try {
    const actual = await actualOf(one);
    return await corpus(one, actual, compare(one, actual));
  } catch (thrown) {
    const problem = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    const { events, history } = one.expected;
    return { a: problem, b: problem, ...(events ? { c: problem } : {}), ...(history ? { d: problem } : {}) };
  }
}

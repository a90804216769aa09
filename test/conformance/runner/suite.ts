import { CATEGORIES, type Case, type Unreadable } from "./case.ts";
import { compare, type Verdict } from "./compare.ts";
import { type CorpusCompare, loadCompare } from "./corpus-compare.ts";
import { callsOf } from "./from-history.ts";
import { readCorpus } from "./reader.ts";
import { actualOf } from "./run.ts";

export interface Judged {
  case: Case;
  verdict: Verdict;
  /** Whether the answers of its calls were taken from its history, since its mocks, as read, led elsewhere. */
  byHistory?: true;
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
  for (const one of cases) judged.push(await judgedCase(one, corpus.judge));
  judged.sort((x, y) => CATEGORIES.indexOf(x.case.category) - CATEGORIES.indexOf(y.case.category));
  return { judged, unreadable, compared: corpus.said };
}

/** Mocks in words that this runner does not know read as wrong answers; a recorded history says what the calls came to. */
async function judgedCase(one: Case, corpus: CorpusCompare["judge"]): Promise<Judged> {
  const verdict = await judge(one, corpus);
  const recorded = callsOf(one.expected.history ?? []);
  if (verdict.a === true || one.mocks.length === 0 || recorded.length === 0) return { case: one, verdict };
  const again = await judge({ ...one, mocks: recorded }, corpus);
  return again.a === true ? { case: one, verdict: again, byHistory: true } : { case: one, verdict };
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

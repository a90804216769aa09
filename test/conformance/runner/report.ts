import { CATEGORIES } from "./case.ts";
import type { Verdict } from "./compare.ts";
import type { Judged, SuiteResult } from "./suite.ts";

const MEASURES = ["a", "b", "c", "d"] as const;

/** `passed/all` of one measure, over the cases that say something of it. */
function share(judged: readonly Judged[], measure: keyof Verdict): string {
  const told = judged.filter(({ verdict }) => verdict[measure] !== undefined);
  if (told.length === 0) return "-";
  return `${told.filter(({ verdict }) => verdict[measure] === true).length}/${told.length}`;
}

const isPassed = ({ verdict }: Judged): boolean => verdict.a === true;

function groups(judged: readonly Judged[], key: (one: Judged) => string): Map<string, Judged[]> {
  const found = new Map<string, Judged[]>();
  for (const one of judged) {
    const name = key(one);
    found.set(name, [...(found.get(name) ?? []), one]);
  }
  return found;
}

/** A family passes when all of its cases do. */
function families(judged: readonly Judged[]): string {
  const all = [...groups(judged, (one) => one.case.family).values()];
  return `${all.filter((family) => family.every(isPassed)).length}/${all.length}`;
}

/** What a person reads: a table by category and by family, then what failed, then the sum. */
export function textReport({ judged, unreadable, compared }: SuiteResult, verbose: boolean): string {
  const lines = [
    compared,
    "a: status, output, error · b: cause · c: event types in order · d: full history",
    "",
    row("category", "cases", "families", ...MEASURES, "c, exact"),
  ];
  for (const category of CATEGORIES) {
    const own = judged.filter((one) => one.case.category === category);
    if (own.length === 0) continue;
    const exact = own.filter((one) => one.case.exact);
    lines.push(
      row(
        category,
        `${own.length}`,
        families(own),
        ...MEASURES.map((name) => share(own, name)),
        share(exact, "c"),
      ),
    );
  }
  lines.push("", row("family", "cases", "", ...MEASURES));
  for (const [family, own] of [...groups(judged, (one) => one.case.family)].sort())
    lines.push(row(family, `${own.length}`, "", ...MEASURES.map((name) => share(own, name))));
  const told = judged.filter((one) => (verbose ? MEASURES.some((name) => isBad(one, name)) : !isPassed(one)));
  const byHistory = judged.filter((one) => one.byHistory).length;
  if (byHistory > 0)
    lines.push("", `${byHistory} cases were answered as their histories say: their mocks lead elsewhere.`);
  if (told.length > 0) lines.push("");
  for (const one of told) lines.push(...failure(one, verbose));
  for (const { file, id, problem } of unreadable) lines.push(`not understood: ${file} ${id}: ${problem}`);
  lines.push("", sum({ judged, unreadable, compared }));
  return lines.join("\n");
}

const isBad = ({ verdict }: Judged, name: keyof Verdict): boolean =>
  verdict[name] !== undefined && verdict[name] !== true;

function failure(one: Judged, verbose: boolean): string[] {
  const measures = verbose ? MEASURES : (["a"] as const);
  return measures
    .filter((name) => isBad(one, name))
    .map((name) => `failed (${name}): ${one.case.category} ${one.case.id}\n    ${String(one.verdict[name])}`);
}

const row = (...cells: string[]): string =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(9)))
    .join(" ")
    .trimEnd();

/** The last line; what could not be understood has failed. */
export function sum({ judged, unreadable }: SuiteResult): string {
  const passed = judged.filter(isPassed).length;
  return `${passed} passed, ${judged.length - passed + unreadable.length} failed`;
}

/** What a program reads. */
export function jsonReport({ judged, unreadable, compared }: SuiteResult): object {
  const passed = judged.filter(isPassed).length;
  const table = (own: readonly Judged[]): object => ({
    cases: own.length,
    ...Object.fromEntries(MEASURES.map((name) => [name, share(own, name)])),
  });
  const tables = (key: (one: Judged) => string): object =>
    Object.fromEntries([...groups(judged, key)].map(([name, own]) => [name, table(own)]));
  return {
    passed,
    failed: judged.length - passed + unreadable.length,
    compared,
    categories: tables((one) => one.case.category),
    families: tables((one) => one.case.family),
    cases: judged.map(({ case: one, verdict }) => ({
      id: one.id,
      category: one.category,
      family: one.family,
      file: one.file,
      exact: one.exact,
      ...verdict,
    })),
    unreadable,
  };
}

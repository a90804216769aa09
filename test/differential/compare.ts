import { inspect } from "node:util";
import type { Paths } from "../../sdk/compiler/emit/context.ts";
import type { Call, Outcome, Programs } from "./harness.ts";
import { NO_INPUT } from "./values.ts";

/** Codes by which a run may be refused where plain Node would answer; a program must name the ones that it expects. */
export type Refusal =
  | "RLT2001"
  | "RLT2002"
  | "RLT2003"
  | "RLT2006"
  | "RLT2008"
  | "RLT2009"
  | "RLT2010"
  | "RLT3005";

export interface SameOptions {
  refuses?: readonly Refusal[];
  /** @default the fast ones, and all three for every third input */
  paths?: readonly Paths[];
  latency?: () => number;
  /** Something runs side by side, so that lines may come in another order. */
  unordered?: boolean;
}

export interface Tally {
  runs: number;
  refused: number;
  /** Runs that ended well in plain Node. */
  answered: number;
}

const FAST: readonly Paths[] = ["fast"];
/** Met by every third input: the same programs, wholly by inline steps, and with guards that all fail. */
const EVERY_PATH: readonly Paths[] = ["fast", "slow", "raise"];

/**
 * Runs a flow in plain Node and compiled on each input; the ends, and the multiset of calls with their attempts, must be
 * the same, or the compiled run is refused by a code that is allowed.
 *
 * @throws with the first difference: input, both ends, the calls that one side alone made
 */
export async function same(
  programs: Programs,
  flow: string,
  inputs: readonly unknown[],
  options: SameOptions = {},
): Promise<Tally> {
  const tally: Tally = { runs: 0, refused: 0, answered: 0 };
  for (const [i, input] of inputs.entries()) {
    const plain = await programs.plain(flow, input, options.latency);
    if ("value" in plain.end) tally.answered++;
    for (const paths of options.paths ?? (i % 3 === 0 ? EVERY_PATH : FAST)) {
      const compiled = await programs.compiled(flow, input, paths, options.latency);
      tally.runs++;
      const refusal = refusalOf(plain, compiled);
      if (refusal && options.refuses?.includes(refusal) && isPartOf(compiled.calls, plain.calls))
        tally.refused++;
      else {
        const what = `${flow} (${paths}), input ${show(input)}`;
        assertSame(plain, compiled, what);
        assertSameLines(plain.lines, compiled.lines, what, options.unordered === true);
      }
    }
  }
  return tally;
}

export function assertSame(plain: Outcome, compiled: Outcome, what: string): void {
  const [a, b] = [endOf(plain), endOf(compiled)];
  const [more, fewer] = [without(compiled.calls, plain.calls), without(plain.calls, compiled.calls)];
  if (a === b && more.length === 0 && fewer.length === 0) return;
  const lines = [`${what}`, `  plain:    ${cut(a)}`, `  compiled: ${cut(b)}`];
  if (more.length > 0) lines.push(`  called by the compiled flow alone: ${cut(more.join("; "))}`);
  if (fewer.length > 0) lines.push(`  called in plain Node alone: ${cut(fewer.join("; "))}`);
  throw new Error(lines.join("\n"));
}

function assertSameLines(
  plain: readonly string[],
  compiled: readonly string[],
  what: string,
  unordered: boolean,
): void {
  const [a, b] = unordered ? [plain.toSorted(), compiled.toSorted()] : [plain, compiled];
  if (a.join("\n") === b.join("\n")) return;
  throw new Error(`${what}\n  plain wrote:    ${cut(inspect(a))}\n  compiled wrote: ${cut(inspect(b))}`);
}

function refusalOf(plain: Outcome, compiled: Outcome): Refusal | undefined {
  if (endOf(plain) === endOf(compiled) || !("message" in compiled.end)) return undefined;
  return /^(RLT\d{4}): /.exec(compiled.end.message)?.[1] as Refusal | undefined;
}

/**
 * The end as it is compared. V8 quotes the source in its errors, where a bundler numbers a name that hides another one,
 * and a comparison is made by a tool: see `known-differences.md`.
 */
function endOf({ end }: Outcome): string {
  if ("value" in end || !["TypeError", "ReferenceError"].includes(end.name)) return JSON.stringify(end);
  const message = end.message
    .replaceAll(/([\p{L}$_])\$?\d+(?=[^\p{L}\p{N}$_'"]|$|' before)/gu, "$1")
    .replace(/^runlet\$+\.equal\(\.\.\.\)|^\(.* [!=]==? .*\)(?=\.)/, "(a comparison)");
  return JSON.stringify({ ...end, message });
}

const key = ({ task, args, attempt, at }: Call): string =>
  `${task}${attempt > 0 ? `#${attempt}` : ""}(${args})${at > 0 ? ` at ${at / 1_000} s` : ""}`;

function without(calls: readonly Call[], others: readonly Call[]): string[] {
  const left = others.map(key);
  return calls.map(key).filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const isPartOf = (calls: readonly Call[], whole: readonly Call[]): boolean =>
  without(calls, whole).length === 0;

const cut = (text: string): string => (text.length > 1_500 ? `${text.slice(0, 1_500)}…` : text);

const show = (input: unknown): string =>
  input === NO_INPUT ? "none" : cut(inspect(input, { depth: 9, breakLength: Number.POSITIVE_INFINITY }));

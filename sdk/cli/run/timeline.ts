import pc from "picocolors";
import type { RunStateEntry } from "./run-states.ts";

const BAR = 40;
const MOST_ROWS = 60;
const MOST_REPEATS = 8;

/** States that a map entered many times, as one row from the first start to the last end. */
export function groupRepeated(states: readonly RunStateEntry[], most = MOST_REPEATS): RunStateEntry[] {
  const groups = new Map<string, RunStateEntry[]>();
  for (const state of states) groups.set(state.name, [...(groups.get(state.name) ?? []), state]);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first || group.length <= most) return group;
    const end = group
      .map((state) => state.endedAt ?? state.startedAt)
      .sort()
      .at(-1);
    const failed = group.some(({ status }) => status === "FAILED");
    return [
      {
        ...first,
        name: `${first.name} ×${group.length}`,
        status: failed ? "FAILED" : first.status,
        ...(end !== undefined && { endedAt: end }),
      },
    ];
  });
}

/** A waterfall of the run for the terminal: a row a state, bars to scale. */
export function formatTimeline(all: readonly RunStateEntry[], colors = pc): string {
  const states = groupRepeated(all);
  const [first] = states;
  if (!first) return "";
  const start = Date.parse(first.startedAt);
  const end = Math.max(...states.map((state) => Date.parse(state.endedAt ?? state.startedAt)));
  const span = Math.max(1, end - start);
  const width = Math.min(44, Math.max(...states.map(({ name }) => name.length)));
  const rows = states.slice(0, MOST_ROWS).map((state) => {
    const from = Date.parse(state.startedAt) - start;
    const to = Date.parse(state.endedAt ?? state.startedAt) - start;
    const left = Math.min(BAR - 1, Math.floor((from / span) * BAR));
    const length = Math.max(1, Math.min(BAR - left, Math.round(((to - from) / span) * BAR)));
    const bar = `${" ".repeat(left)}${"█".repeat(length)}`.padEnd(BAR);
    const paint =
      state.status === "COMPLETED" ? colors.green : state.status === "FAILED" ? colors.red : colors.yellow;
    const name = state.name.length > width ? `${state.name.slice(0, width - 1)}…` : state.name.padEnd(width);
    return `  ${paint(mark(state.status))} ${name} ${colors.dim(state.type.padEnd(8))} ${paint(bar)} ${colors.dim(duration(to - from).padStart(8))}${colors.yellow(attempts(state))}`;
  });
  if (states.length > MOST_ROWS) rows.push(colors.dim(`  … ${states.length - MOST_ROWS} more`));
  return rows.join("\n");
}

const attempts = (state: RunStateEntry): string =>
  state.attempts === undefined ? "" : `  ${state.attempts} attempts`;

export const mark = (status: string): string =>
  status === "COMPLETED" ? "✓" : status === "FAILED" ? "✗" : "•";

export const duration = (millis: number): string =>
  millis < 1_000
    ? `${millis} ms`
    : millis < 60_000
      ? `${(millis / 1_000).toFixed(2)} s`
      : `${(millis / 60_000).toFixed(1)} min`;

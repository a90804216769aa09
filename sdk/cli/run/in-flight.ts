import pc from "picocolors";
import type { InFlight } from "../../engine/index.ts";
import { interruptedCode, interruption } from "../interrupt.ts";
import { printable } from "./printable.ts";

/** What was in flight in a data folder, a line a run; no line where nothing was. */
export function inFlightLines(inFlight: readonly InFlight[], dataDir: string): string[] {
  if (inFlight.length === 0) return [];
  const lines = inFlight.map((run) => `  ${describe(run)}`);
  return [`In flight in ${dataDir}, where ${pc.bold(`runlet resume ${dataDir}`)} goes on with it:`, ...lines];
}

/** Where a run stands: what was called and has not been answered is called again. */
export function describe({ machine, name, startedAt, states, calls, error }: InFlight): string {
  const since = new Date(startedAt).toISOString();
  const called = new Set(calls.map(({ state }) => state));
  const where = counted(states.map((state) => state.name)).map(([state, count]) => {
    const times = count > 1 ? ` ×${count}` : "";
    return `${state}${times}${called.has(state) ? " (under way, is done again)" : ""}`;
  });
  const stands = error ? printable(error.message) : `in ${where.join(", ") || "no state"}`;
  return `${pc.bold(machine)} ${pc.dim(`run ${name}, started ${since}`)} ${stands}`;
}

function counted(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts];
}

/** What is said when a run was left in flight; the exit code of the signal. */
export function interrupted(dataDir: string, json: boolean): number {
  const message = `Ended by ${interruption.reason}; the run is in flight: runlet resume ${dataDir}`;
  if (json) {
    const error = { name: "Interrupted", message };
    process.stdout.write(`${JSON.stringify({ status: "RUNNING", error, runId: null, states: [] })}\n`);
  } else process.stderr.write(`${pc.yellow("‖")} ${message}\n`);
  return interruptedCode();
}

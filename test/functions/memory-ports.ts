import type { ExecutionStatus } from "../../functions/recorder/transition.ts";
import type { ObjectStore } from "../../functions/start/input.ts";
import type { StartDeps } from "../../functions/start/start.ts";
import { keyedRunId } from "../../functions/store/keys.ts";
import { positionOf, type RunRecord, type RunStore } from "../../functions/store/run-record.ts";
import { FIRST_CHECK_MILLIS } from "../../functions/store/run-store.ts";
import type { Json } from "../../sdk/model/json.ts";
import type { ExecutionInput } from "../../sdk/model/protocol.ts";
import { isTerminal } from "../../sdk/model/run-state.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";

/** Run records in memory, by the rules of the table. */
export function memoryRuns(): RunStore & { all: Map<string, RunRecord> } {
  const all = new Map<string, RunRecord>();
  const checks = new Map<string, number>();
  const copy = (record: RunRecord | undefined): RunRecord | undefined => record && structuredClone(record);
  return {
    all,
    async create(record) {
      const existing = all.get(record.runId);
      if (existing) return copy(existing);
      all.set(record.runId, structuredClone(record));
      checks.set(record.runId, record.createdAt + FIRST_CHECK_MILLIS);
      return undefined;
    },
    get: async (runId) => copy(all.get(runId)),
    getByIdempotencyKey: async (flow, key) => copy(all.get(keyedRunId(flow, key))),
    async mark(runId, transition, seen) {
      const position = positionOf(transition);
      const before = all.get(runId);
      if (before && before.position >= position) return false;
      const {
        error: _error,
        endedAt: _ended,
        stateName: _name,
        ...kept
      } = before ?? { runId, flow: seen.flow, source: "direct" as const, createdAt: seen.createdAt };
      const { redriveCount: _redrives, event: _event, at, ...changed } = transition;
      all.set(runId, { ...kept, ...changed, updatedAt: at, position });
      if (isTerminal(transition.status)) checks.delete(runId);
      else if (!checks.has(runId)) checks.set(runId, at + FIRST_CHECK_MILLIS);
      return true;
    },
    async due(now, limit) {
      const ids = [...checks].filter(([, at]) => at <= now).sort(([, a], [, b]) => a - b);
      return ids.slice(0, limit).flatMap(([id]) => copy(all.get(id)) ?? []);
    },
    async defer(runId, checkAt) {
      if (checks.has(runId)) checks.set(runId, checkAt);
    },
    async listByFlow(flow, { limit = 50 } = {}) {
      const runs = [...all.values()]
        .filter((run) => run.flow === flow)
        .sort((a, b) => b.createdAt - a.createdAt);
      return { runs: runs.slice(0, limit) };
    },
  };
}

export function memoryObjects(): ObjectStore & { all: Map<string, string> } {
  const all = new Map<string, string>();
  return {
    all,
    put: async (key, text) => void all.set(key, text),
    async get(key) {
      const text = all.get(key);
      if (text === undefined) throw new RunletError("RLT3007", `The object "${key}" is not there.`);
      return text;
    },
  };
}

/** State machines that only note what was started; a name starts once. `fail` makes the next start throw. */
export function memoryMachines() {
  const started = new Map<string, { flow: string; runId: string; input: ExecutionInput }>();
  const status = new Map<string, ExecutionStatus>();
  const failures: Error[] = [];
  return {
    started,
    status,
    fail: (...errors: Error[]) => void failures.push(...errors),
    async start(execution: { flow: string; runId: string; input: ExecutionInput }) {
      const failure = failures.shift();
      if (failure) throw failure;
      if (!started.has(execution.runId)) started.set(execution.runId, execution);
    },
    describe: async ({ runId }: { runId: string }) => status.get(runId),
  };
}

/** The ports of the start door in memory, with one flow "etl" that takes `{ pages: number }`. */
export function memoryPorts() {
  const clock = { millis: Date.UTC(2026, 0, 1), now: () => clock.millis };
  let next = 0;
  const deps = {
    clock,
    ids: { runId: () => `run-${++next}` },
    hasFlow: (flow: string) => flow === "etl",
    parseInput(_flow: string, input: unknown): Json | undefined {
      if (input === undefined) return undefined;
      const { pages } = input as { pages?: unknown };
      if (typeof pages !== "number") throw new RunletError("RLT2004", "pages: expected a number.");
      return input as Json;
    },
    runs: memoryRuns(),
    objects: memoryObjects(),
    machines: memoryMachines(),
  };
  return deps satisfies StartDeps;
}

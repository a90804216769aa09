import type { HistoryEvent } from "../../engine/index.ts";
import { PRICES } from "../../model/prices.ts";
import { countTransitions } from "./run-states.ts";

export interface RunCost {
  transitions: number;
  invocations: number;
  /** Dollars for a million runs like this one, by part. */
  perMillion: { transitions: number; lambda: number; table: number; total: number };
}

/** What a million runs like this one cost on AWS, from what this run did; Lambda time as measured here, at its memory. */
export function costOf(history: readonly HistoryEvent[], memoryOf: (resource: string) => number): RunCost {
  const transitions = countTransitions(history);
  const byId = new Map(history.map((event) => [event.id, event]));
  const millis = (event: HistoryEvent): number => new Date(event.timestamp).getTime();
  const invocations = history.filter(({ type }) => type === "LambdaFunctionScheduled").length;
  let gbSeconds = 0;
  for (const event of history) {
    if (event.type !== "LambdaFunctionSucceeded" && event.type !== "LambdaFunctionFailed") continue;
    let scheduled = byId.get(event.previousEventId);
    while (scheduled && scheduled.type !== "LambdaFunctionScheduled")
      scheduled = byId.get(scheduled.previousEventId);
    if (!scheduled) continue;
    const memory = memoryOf(scheduled.lambdaFunctionScheduledEventDetails?.resource ?? "");
    gbSeconds += ((millis(event) - millis(scheduled)) / 1_000) * (memory / 1_024);
  }
  const million = {
    transitions: transitions * PRICES.transition * 1e6,
    lambda: (invocations * PRICES.lambdaRequest + gbSeconds * PRICES.lambdaGbSecond) * 1e6,
    // A record an attempt, and the run's own: pending, running, ended.
    table: (invocations + 3) * PRICES.tableWrite * 1e6,
  };
  return {
    transitions,
    invocations,
    perMillion: { ...million, total: million.transitions + million.lambda + million.table },
  };
}

/** The cost of a run with all the runs that it started. */
export function totalCost(costs: readonly RunCost[]): RunCost {
  const sum = (of: (cost: RunCost) => number): number => costs.reduce((total, cost) => total + of(cost), 0);
  return {
    transitions: sum((cost) => cost.transitions),
    invocations: sum((cost) => cost.invocations),
    perMillion: {
      transitions: sum((cost) => cost.perMillion.transitions),
      lambda: sum((cost) => cost.perMillion.lambda),
      table: sum((cost) => cost.perMillion.table),
      total: sum((cost) => cost.perMillion.total),
    },
  };
}

export function formatCost({ transitions, invocations, perMillion }: RunCost): string {
  const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
  return (
    `${dollars(perMillion.total)} per million runs like this on AWS: ` +
    `${transitions} transitions ${dollars(perMillion.transitions)}, ` +
    `${invocations} Lambda calls ${dollars(perMillion.lambda)}, table writes ${dollars(perMillion.table)}`
  );
}

import type { HistoryEvent } from "../../engine/index.ts";
import { countTransitions } from "./run-states.ts";

/** Prices of us-east-1, dollars, on demand, without free tiers; sources in docs/pricing.md. */
const PRICE = {
  transition: 25 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.0000133334, // arm64
  tableWrite: 0.625 / 1e6, // one write unit, 1 KB
};

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
    transitions: transitions * PRICE.transition * 1e6,
    lambda: (invocations * PRICE.lambdaRequest + gbSeconds * PRICE.lambdaGbSecond) * 1e6,
    // A record an attempt, and the run's own: pending, running, ended.
    table: (invocations + 3) * PRICE.tableWrite * 1e6,
  };
  return {
    transitions,
    invocations,
    perMillion: { ...million, total: million.transitions + million.lambda + million.table },
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

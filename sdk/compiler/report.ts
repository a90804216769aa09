import type { StateMachine } from "../asl/types.ts";
import type { CompiledFlow } from "./compile.ts";
import { childStates, successors } from "./walk.ts";

/** What a run of a flow costs before it is ever run. */
export interface FlowReport {
  flow: string;
  /** All states, slow paths included. */
  states: number;
  /** States of the happy path. */
  happyStates: number;
  /** Billed transitions of a Standard run, the start included; a map counts one item. */
  shortest: number;
  longest: number;
  /** Dollars per million runs in Standard, for the state transitions alone: transitions x 25. */
  dollarsPerMillion: { shortest: number; longest: number };
  inlineSteps: {
    state: string;
    line: number;
    when: "always" | "guard";
    source: string;
    dollarsPerMillion: number;
  }[];
}

export const DOLLARS_PER_MILLION_TRANSITIONS = 25; // us-east-1, Standard workflows
/** One more transition (back to the state), the inline state, and a 512 MB arm64 Lambda call of about 5 ms. */
const INLINE_DOLLARS = {
  transitions: 2 * DOLLARS_PER_MILLION_TRANSITIONS,
  requests: 0.2,
  compute: 0.005 * 0.5 * 13.3334,
};

export function reportOf(flow: CompiledFlow): FlowReport {
  const guarded = flow.inlineSteps.filter(({ when }) => when === "guard").map(({ state }) => state);
  const slow = new Set([...guarded, ...flow.settleStates]);
  const { shortest, longest } = pathLengths(flow.definition, slow);
  const states = allStates(flow.definition);
  return {
    flow: flow.name,
    states: states.length,
    happyStates: states.filter((name) => !slow.has(name)).length,
    shortest: shortest + 1,
    longest: longest + 1,
    dollarsPerMillion: {
      shortest: (shortest + 1) * DOLLARS_PER_MILLION_TRANSITIONS,
      longest: (longest + 1) * DOLLARS_PER_MILLION_TRANSITIONS,
    },
    inlineSteps: flow.inlineSteps.map(({ state, line, when, source }) => ({
      state,
      line,
      when,
      source: source.replace(/\s+/g, " ").slice(0, 80),
      dollarsPerMillion: Math.round(Object.values(INLINE_DOLLARS).reduce((a, b) => a + b) * 100) / 100,
    })),
  };
}

const allStates = (machine: Pick<StateMachine, "States">): string[] =>
  Object.entries(machine.States).flatMap(([name, state]) => [name, ...childStates(state).flatMap(allStates)]);

/** The shortest and the longest way to an end, in states entered; ways through slow paths and catches are left out. */
function pathLengths(
  machine: Pick<StateMachine, "StartAt" | "States">,
  slow: ReadonlySet<string>,
): { shortest: number; longest: number } {
  const known = new Map<string, { shortest: number; longest: number }>();
  const from = (name: string): { shortest: number; longest: number } => {
    const before = known.get(name);
    if (before) return before;
    const state = machine.States[name];
    if (!state) return { shortest: 0, longest: 0 };
    known.set(name, { shortest: 1, longest: 1 }); // a way back counts once
    const inner = childStates(state).map((child) => pathLengths(child, slow));
    const ways = successors(state)
      .filter((next) => !slow.has(next))
      .map(from);
    const own = {
      shortest: 1 + sum(inner.map((i) => i.shortest)),
      longest: 1 + sum(inner.map((i) => i.longest)),
    };
    const length = {
      shortest: own.shortest + (ways.length > 0 ? Math.min(...ways.map((w) => w.shortest)) : 0),
      longest: own.longest + (ways.length > 0 ? Math.max(...ways.map((w) => w.longest)) : 0),
    };
    known.set(name, length);
    return length;
  };
  return from(machine.StartAt);
}

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

export function formatReport(report: FlowReport): string {
  const { flow, states, happyStates, shortest, longest, dollarsPerMillion, inlineSteps } = report;
  const range = (a: number, b: number): string => (a === b ? `${a}` : `${a} to ${b}`);
  const lines = [
    `${flow}: ${happyStates} states on the happy path (${states} with slow paths), ${range(shortest, longest)} transitions a run`,
    `  $${range(dollarsPerMillion.shortest, dollarsPerMillion.longest)} per million runs in Standard (transitions x $25 per million; a map counts one item)`,
  ];
  for (const step of inlineSteps) {
    const when = step.when === "always" ? "each time" : "for unusual values only";
    lines.push(
      `  inline step at line ${step.line}, ${when}, $${step.dollarsPerMillion} per million: ${step.source}`,
    );
  }
  return lines.join("\n");
}

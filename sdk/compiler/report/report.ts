import type { MapState, State, StateMachine, SubMachine } from "../../asl/types.ts";
import { PRICES } from "../../model/prices.ts";
import type { CompiledFlow } from "../compiled-flow.ts";
import { childStates, successors } from "../walk.ts";
import { type Lengths, type Repetition, transitionsOf } from "./transitions.ts";

/** What a run of a flow costs before it is ever run. Dollars are for a million runs: see `docs/pricing.md`. */
export interface FlowReport {
  flow: string;
  /** All states, slow paths included. */
  states: number;
  /** States on the ways that a run takes while nothing fails and no value is unusual. */
  happyStates: number;
  /** The others: steps that guards lead to, bodies of distributed maps, handlers and what a failure leads to. */
  apart: { inline: number; distributed: number; failures: number };
  /** Maps that run distributed where a list is too long for an inline one: a child execution an item, or a batch. */
  distributed: { state: string; line?: number; item: Lengths; dollarsPerMillion: Lengths }[];
  /** Billed transitions of a Standard run, the start included; maps have no items, and loops end as soon as they may. */
  shortest: number;
  /** The same on the longest way, where maps have one item and loops one turn. */
  longest: number;
  /** What each further item or turn adds. */
  repetitions: (Repetition & { label: string; line?: number; dollarsPerMillion: Lengths })[];
  /** In Standard, for the state transitions alone. */
  dollarsPerMillion: Lengths;
  /** Where calls that could run side by side wait for each other. */
  barriers: { line: number; message: string }[];
  express: {
    /** Why this flow cannot be an Express workflow; empty where it can. */
    refusals: string[];
    /** Requests, and each second of duration at 64 MB of memory. */
    dollarsPerMillion: { requests: number; eachSecond: number };
  };
  inlineSteps: {
    state: string;
    line: number;
    when: "always" | "guard";
    source: string;
    /** What a visit adds to the transitions above; a step that is always taken is counted there. */
    transitions: number;
    dollarsPerMillion: number;
  }[];
}

const MILLION = 1e6;
/** The smallest memory that Express bills. */
const EXPRESS_GB = 64 / 1024;
/** A visit of an inline step: 512 MB for about 5 ms. */
const INLINE_GB_SECONDS = 0.5 * 0.005;

export function reportOf(flow: CompiledFlow): FlowReport {
  const { definition } = flow;
  const guarded = flow.inlineSteps.filter(({ when }) => when === "guard").map(({ state }) => state);
  const slow = new Set([...guarded, ...flow.detourStates]);
  const { shortest, longest, repetitions, reached } = transitionsOf(definition, slow);
  const states = allStates(definition);
  return {
    flow: flow.name,
    states: states.size,
    happyStates: reached.size,
    ...apartOf(definition, reached, new Set(guarded), slow),
    shortest: shortest + 1,
    longest: longest + 1,
    repetitions: repetitions.map((one) => ({
      ...one,
      label: flow.loops.find(({ state }) => state === one.state)?.label ?? one.state,
      ...lineOf(states.get(one.state)),
      dollarsPerMillion: priceOf(one),
    })),
    dollarsPerMillion: priceOf({ shortest: shortest + 1, longest: longest + 1 }),
    barriers: flow.graph.barriers,
    express: {
      refusals: [...states].flatMap(([name, state]) => refusalOf(name, state)),
      dollarsPerMillion: {
        requests: cents(PRICES.expressRequest * MILLION),
        eachSecond: cents(PRICES.expressGbSecond * EXPRESS_GB * MILLION),
      },
    },
    inlineSteps: flow.inlineSteps.map(({ state, line, when, source }) => {
      const transitions = when === "always" ? 0 : visitOf(definition, state);
      return {
        state,
        line,
        when,
        source: sourceOf(state, source),
        transitions,
        dollarsPerMillion: visitPrice(transitions),
      };
    }),
  };
}

/** What is not on the happy path, by why it is there. */
function apartOf(
  definition: SubMachine,
  reached: ReadonlySet<string>,
  guarded: ReadonlySet<string>,
  slow: ReadonlySet<string>,
): Pick<FlowReport, "apart" | "distributed"> {
  const apart = { inline: 0, distributed: 0, failures: 0 };
  const distributed: FlowReport["distributed"] = [];
  const visit = ({ States }: SubMachine, within: boolean): void => {
    for (const [name, state] of Object.entries(States)) {
      const child = state.Type === "Map" && isDistributed(state);
      if (!reached.has(name)) {
        if (within || child) apart.distributed++;
        else apart[guarded.has(name) ? "inline" : "failures"]++;
        if (child) distributed.push(twinOf(name, state, slow));
      }
      for (const inner of childStates(state)) visit(inner, within || (child && !reached.has(name)));
    }
  };
  visit(definition, false);
  return { apart, distributed };
}

function twinOf(name: string, state: MapState, slow: ReadonlySet<string>): FlowReport["distributed"][number] {
  const { shortest, longest } = transitionsOf(state.ItemProcessor, slow);
  // The start of a child execution is billed, too.
  const item = { shortest: shortest + 1, longest: longest + 1 };
  return { state: name, ...lineOf(state), item, dollarsPerMillion: priceOf(item) };
}

const isDistributed = ({ ItemProcessor }: MapState): boolean =>
  ItemProcessor.ProcessorConfig?.Mode === "DISTRIBUTED";

const cents = (dollars: number): number => Math.round(dollars * 100) / 100;

const priceOf = ({ shortest, longest }: Lengths): Lengths => ({
  shortest: cents(shortest * PRICES.transition * MILLION),
  longest: cents(longest * PRICES.transition * MILLION),
});

const visitPrice = (transitions: number): number =>
  cents(
    (transitions * PRICES.transition + PRICES.lambdaRequest + INLINE_GB_SECONDS * PRICES.lambdaGbSecond) *
      MILLION,
  );

/** A loop's own tests have no text but its first word; the name of their state says more. */
const sourceOf = (state: string, source: string): string =>
  (/^\w{1,5}$/.test(source) ? state.replace(/ (again )?inline( \d+)?$/, "") : source)
    .replace(/\s+/g, " ")
    .slice(0, 80);

function allStates(machine: Pick<StateMachine, "States">): Map<string, State> {
  const entries = Object.entries(machine.States);
  return new Map([
    ...entries,
    ...entries.flatMap(([, state]) => childStates(state).flatMap((child) => [...allStates(child)])),
  ]);
}

/** States that a visit of an inline step enters beside those of the way without it. */
function visitOf(machine: Pick<StateMachine, "States">, name: string): number {
  const state = machine.States[name];
  if (!state) {
    const inner = Object.values(machine.States).flatMap(childStates);
    return inner.map((child) => visitOf(child, name)).find((count) => count >= 0) ?? -1;
  }
  const [next] = successors(state);
  if (next === undefined) return 0; // it ends the flow in the place of the state that would
  const from = machine.States[next];
  if (!from) return 1;
  const caught = "Catch" in from ? (from.Catch ?? []).map(({ Next }) => Next) : [];
  if ([...successors(from), ...caught].includes(name)) return 2;
  // A Choice between looks for what is thrown.
  const isBetween = (state: State | undefined): boolean =>
    state?.Type === "Choice" && successors(state).includes(name);
  return caught.some((one) => isBetween(machine.States[one])) ? 3 : 1;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html */
function refusalOf(name: string, state: State): string[] {
  if (state.Type === "Map" && isDistributed(state)) return [`"${name}" is a distributed map`];
  if (state.Type !== "Task") return [];
  if (/\.sync(:2)?$/.test(state.Resource)) return [`"${name}" waits for a job to end`];
  if (state.Resource.endsWith(".waitForTaskToken")) return [`"${name}" waits for a token`];
  return /:activity:/.test(state.Resource) ? [`"${name}" is an activity`] : [];
}

const lineOf = (state: State | undefined): { line?: number } => {
  const line = /:(\d+)/.exec(state?.Comment ?? "")?.[1];
  return line === undefined ? {} : { line: Number(line) };
};

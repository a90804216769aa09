import { expression } from "../../asl/expression.ts";
import type { ChoiceRule, State, StateMachine, TaskState, Template } from "../../asl/types.ts";
import { armsOf, type Block, bodiesOf, type GraphNode, type LoopNode } from "../graph.ts";
import { successors } from "../walk.ts";
import { comment, type Emission, partName, runIdAt, type Site, type Target } from "./context.ts";
import { CHILD } from "./subflow.ts";
import { failed, NO_OUTPUT } from "./tasks.ts";

/**
 * Long loops. An execution has at most 25,000 events, so a flow whose loops have used up a budget goes on in another
 * execution: of the same machine, begun at the loop, with the variables handed on. The first one waits for it and puts
 * out what it puts out, so that it stays one run with one end. It costs nothing until then: the Choice at the end of a
 * turn counts, and decides.
 */
export interface Segment {
  loop: LoopNode;
  /** The first state of a turn. */
  body: string;
  /** The state that starts the execution which goes on. */
  state: string;
}

/** What a turn's last Choice needs. */
export interface Turning {
  due: string;
  next: string;
  count: Record<string, Template>;
}

const COUNT = "r_events";
const COUNTED = `($exists($${COUNT}) ? $${COUNT} : 0)`;
const GO_ON = "(go on)";
/** Of 25,000 events, about half: the estimate knows neither retries nor inline steps. */
export const SEGMENT_EVENTS = 12_000;
/** An inline Map has no more items. */
const MOST_ITEMS = 40;
/** Of a map that is not inline, the parent has a handful of events. */
const INPUT = "$states.context.Execution.Input";

export const continuationName = (flow: string): string => `${flow}-continue`;

/** Only loops of the flow's own body can go on elsewhere: items of a map run side by side. */
export function turning(emission: Emission, site: Site<LoopNode>, body: string): Turning | undefined {
  const { target, node } = site;
  if (!target.root || !emission.segments) return undefined;
  const state = partName(emission, node, "go on");
  emission.segments.push({ loop: node, body, state });
  target.states[state] = goOn(emission, site, state);
  const events = Math.max(1, eventsOf(node.body) + eventsOf(node.tail) + 2);
  return {
    due: `${COUNTED} >= ${emission.segmentEvents}`,
    next: state,
    count: { [COUNT]: expression(`${COUNTED} + ${events}`) },
  };
}

function goOn(emission: Emission, { target, node }: Site<LoopNode>, state: string): TaskState {
  const run = runIdAt(target, undefined);
  const frames = [...target.indexes, node.turn].map(({ variable }) => `$string($${variable})`);
  const again = emission.retry.delays.length > 0 ? [`$string($exists($r_retries) ? $r_retries : 0)`] : [];
  const parts = [run, `"${GO_ON}"`, JSON.stringify(state), ...frames, ...again].join(", ");
  const Next = failed(target, "(sub-flow failed)", "The error of a flow that this one called.");
  return {
    Type: "Task",
    Comment: comment(emission, node.span),
    Resource: "arn:aws:states:::states:startExecution.sync:2",
    Arguments: {
      StateMachineArn: emission.continuation,
      Name: expression(`"s" & $substring($hash($join([${parts}], "/"), "SHA-256"), 0, 31)`),
      Input: {},
    },
    Catch: [{ ErrorEquals: ["States.ALL"], Next, Output: CHILD }],
    Output: expression("$exists($states.result.Output) ? $states.result.Output : null"),
    End: true,
  };
}

/** Once all states are there, all variables are known: each of them is handed on. */
export function handOn(emission: Emission, target: Target): void {
  const variables = variablesOf(target.states);
  const values = variables.map((name) => `${JSON.stringify(name)}: $${name}`).join(", ");
  for (const { state } of emission.segments ?? []) {
    const made = target.states[state];
    if (made?.Type !== "Task") continue;
    const more = `{"run": ${runIdAt(target, undefined)}, "at": ${JSON.stringify(state)}, "vars": {${values}}}`;
    (made.Arguments as Record<string, Template>)["Input"] = expression(`$merge([${INPUT}, ${more}])`);
  }
}

function variablesOf(states: Record<string, State>): string[] {
  const names = new Set<string>();
  const add = (assign: Record<string, Template> | undefined): void => {
    for (const name of Object.keys(assign ?? {})) if (name !== COUNT) names.add(name);
  };
  for (const state of Object.values(states)) {
    if ("Assign" in state) add(state.Assign);
    if (state.Type === "Choice") for (const rule of state.Choices) add(rule.Assign);
    if ("Catch" in state) for (const catcher of state.Catch ?? []) add(catcher.Assign);
  }
  return [...names].sort();
}

/**
 * The machine that goes on: the same states, begun where a turn begins, under the id of the run that it belongs to.
 * What the loops do not lead to is left out.
 */
export function continuationOf(emission: Emission, machine: StateMachine): StateMachine | undefined {
  const segments = (emission.segments ?? []).filter(({ state }) => machine.States[state]);
  const [first] = segments;
  if (!first) return undefined;
  const text = JSON.stringify(machine.States).replaceAll("$states.context.Execution.Name", `${INPUT}.run`);
  const all = JSON.parse(text) as Record<string, State>;
  const Assign = Object.fromEntries(variablesOf(machine.States).map((name) => [name, restored(name)]));
  const rules: ChoiceRule[] = segments.map(({ state, body }) => ({
    Condition: expression(`${INPUT}.at = ${JSON.stringify(state)}`),
    Next: body,
    Assign,
    Output: NO_OUTPUT,
  }));
  const start: State = {
    Type: "Choice",
    Comment: `Goes on with a loop of the flow "${emission.graph.name}".`,
    Choices: rules,
    Default: first.body,
  };
  const States = reachable({ [GO_ON]: start, ...all }, GO_ON);
  return {
    ...machine,
    Comment: `${machine.Comment ?? ""} Its loops, after many turns.`,
    StartAt: GO_ON,
    States,
  };
}

/** A variable that had no value has null: nothing reads it before it is assigned, but what counts. */
const restored = (name: string): Template => {
  const value = `${INPUT}.vars.${name}`;
  return expression(`$exists(${value}) ? ${value} : ${name === "r_retries" ? "0" : "null"}`);
};

function reachable(states: Record<string, State>, start: string): Record<string, State> {
  const reached = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = states[name];
    if (!state || reached.has(name)) continue;
    reached.add(name);
    open.push(...successors(state), ...("Catch" in state ? (state.Catch ?? []).map(({ Next }) => Next) : []));
  }
  return Object.fromEntries(Object.entries(states).filter(([name]) => reached.has(name)));
}

/** About how many events a way through a block makes; loops inside count their own turns. */
const eventsOf = (block: Block): number => block.reduce((sum, node) => sum + eventsIn(node), 0);

function eventsIn(node: GraphNode): number {
  switch (node.kind) {
    case "step":
    case "wait":
    case "subflow":
      return 6;
    case "map":
      return 4 + MOST_ITEMS * (3 + eventsOf(node.body));
    case "loop":
      return 2;
    case "parallel":
      return 4 + bodiesOf(node).reduce((sum, body) => sum + 2 + eventsOf(body), 0);
    default:
      return 2 + armsOf(node).reduce((sum, arm) => sum + eventsOf(arm), 0);
  }
}

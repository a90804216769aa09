import { expression } from "../../asl/expression.ts";
import type { State, Template } from "../../asl/types.ts";
import type { RetrySettings } from "../../flow/retry.ts";
import type { TaskSettings } from "../../flow/task-options.ts";
import type { FastContext } from "../fast/fast.ts";
import { type Guard, LetNames } from "../fast/guards.ts";
import type {
  Binding,
  CellBinding,
  ErrorBinding,
  FlowGraph,
  GraphNode,
  Jumped,
  Tolerance,
  TryNode,
  Uses,
  VariableBinding,
} from "../graph.ts";
import type { Names } from "../lower/names.ts";
import type { Module, ModuleReader } from "../parse/module.ts";
import type { Span } from "../source-file.ts";
import type { Plan } from "./plan.ts";
import type { Segment } from "./segments.ts";

/**
 * `fast`: JSONata wherever it is exact. For tests, which must see the same answers: `slow`, an inline step wherever
 * something is computed; `raise`, every guard fails.
 */
export type Paths = "fast" | "slow" | "raise";

/** What the emission of one flow shares. */
export interface Emission {
  graph: FlowGraph;
  module: Module;
  reader: ModuleReader;
  uses: Uses;
  /** Names of states that stand beside a node's own, such as its inline step. */
  names: Names;
  parts: Map<string, { [P in Part]?: string }>;
  /** The largest value that travels inside a state, in bytes: several may have to fit. */
  room: number;
  /** Settings of each task, by name, as the loaded module gives them. */
  tasks: ReadonlyMap<string, TaskSettings>;
  inputPresent: boolean;
  /** Tasks can be held while the run is paused. */
  pausable: boolean;
  /** How the flow as a whole is tried again. */
  retry: RetrySettings;
  paths: Paths;
  /** How many awaits come before a node in its flow or map body, on the shortest way. */
  turns: Map<GraphNode, number>;
  /** Every region that got an inline step, with the JavaScript that runs it. */
  inlineSteps: InlineStep[];
  /** States that only a failure enters, in the places of inline steps. */
  failures: string[];
  /** By inline step: what is thrown without it, where a guard's failure tells that. */
  throwing: Map<string, readonly Throwing[]>;
  /** Why regions have inline steps, by the region's id. */
  reasons: Map<string, Reason>;
  /** Every loop, by the first state of its body. */
  loops: { state: string; label: string }[];
  /** The placeholder of a function's ARN in the definition. */
  taskResource(task: string): string;
  inlineResource: string;
  controlResource: string;
  /** The flows that this one may call. */
  flows: ReadonlyMap<string, CalledFlow>;
  /** Others call this flow and wait for it. */
  called: boolean;
  /** The placeholder of the machine that goes on with long loops, after about so many events. */
  continuation: string;
  segmentEvents: number;
  /** Loops that may go on elsewhere; absent where none may. */
  segments?: Segment[];
}

/** What a call of a flow needs to know. */
export interface CalledFlow {
  /** The placeholder of its machine's ARN. */
  arn: string;
  /** Its input is checked, so it passes through JavaScript. */
  hasSchema: boolean;
  /** It may come to call the caller: only then can flows stand within each other without end. */
  recursive: boolean;
  /** The largest input that its machine takes in place, in bytes. */
  room: number;
}

/** Where values go that stay in the flow. */
export const inside = ({ graph }: Emission): "inside" | "keyless" => (graph.seesKeys ? "inside" : "keyless");

/** Why a region may need JavaScript. */
export interface Reason {
  /** The innermost expression that JSONata cannot say, as the source has it. */
  gap?: string | undefined;
  /** What JSONata asks before it answers, in this order. */
  guard?: Guard;
  /** The same as the plan has it. */
  asked?: string;
}

/** The rule of a Choice that finds a failure before its Default goes to the inline step. */
export interface Throwing {
  Condition: string;
  Assign?: Record<string, Template>;
  Output: Template;
  /** Absent where the failure ends the flow. */
  Next?: string;
  /** Of items and of what failed in a map: not worth a state that ends the flow, see `throwBeside`. */
  seldom: boolean;
}

export interface InlineStep extends Reason {
  region: string;
  /** `always`: the region cannot be said in JSONata; `guard`: only values that occur seldom come here. */
  when: "always" | "guard";
  span: Span;
  line: number;
  source: string;
  code: string;
  /** What the code takes from other modules than the flow's. */
  imports: ReadonlyMap<Module, ReadonlySet<string>>;
  state: string;
}

/** Where states are emitted to, and what they may read. */
export interface Target {
  states: Record<string, State>;
  /** The flow's own body, and what it holds but maps and branches. */
  root?: true;
  /** The maps and loops around, outermost first: indexes and turns are the frames of a call. */
  indexes: (VariableBinding | CellBinding)[];
  /** Where `break` and `continue` lead. */
  jumps: Map<Jumped, { break: string | undefined; continue: string | undefined }>;
  /** In the body of a map or branch: the state that turns a failure into a settled one. */
  settle?: string;
  /** The body's end is a record of `Promise.allSettled`. */
  settles?: boolean;
  /** Results of this body may have so many bytes together. @default the flow's room */
  room?: Room;
  /** How many items an inline Map in this body may have. */
  limit?: number;
  /** So many failures of items are no failure of the map. */
  tolerates?: Tolerance;
  /** Of this body itself: the results of its steps that its end may put out as they are. */
  own?: ReadonlySet<Binding>;
  /** In a child execution of a distributed Map, which sees none of the parent's. */
  execution?: { run: VariableBinding; input: VariableBinding };
  /** The outermost body of such a child puts out its item's index beside the result. */
  numbered?: VariableBinding;
  /** In a branch: how its first state reads what it is called with. */
  parts?: PartReader;
  /** Variables of the machine in the place of a binding's own: see {@link Entry}. */
  aliases: ReadonlyMap<Binding, string>;
  /** Where a cancellation leads. */
  cancelled?: string | undefined;
  /** In a try: the handler's first state, and where it finds the error. */
  handler?: Handler;
  /** What `handler` was outside of each try around. */
  handlers: ReadonlyMap<TryNode, Handler | undefined>;
}

export interface Handler {
  next: string;
  error: ErrorBinding;
}

/** So many bytes, or those that a map's item was given; a part of them for each of several. */
export interface Room {
  bytes: number | VariableBinding;
  share: number;
}

/** See `parts.ts`. */
export interface PartReader {
  /** Every part is surely there. */
  certain: boolean;
  /** JSONata for a part, in the input of a branch's first state. */
  read(key: string): string;
  /** The parts, as a Parallel's Arguments. */
  template(plan: Plan): Template;
}

/**
 * The first state of a map's body finds item and index in its input, where ItemSelector put them; it assigns them to
 * variables for the states after it. Where that first state is a map itself, it assigns them when it ends, which is too
 * late for its own body: so it hands them on, and its body has variables of its own for them.
 */
export type Entry = readonly Handed[];

export interface Handed {
  binding: VariableBinding;
  /** The key in the state's input. */
  key: string;
  variable: string;
}

/** What every inner scope needs, whether its expressions read it or not: frames, the run, the room of its results. */
export const isHandedOn = ({ role }: VariableBinding): boolean => role === "index" || role === "system";

/** A node, and where it is emitted. */
export interface Site<N extends GraphNode = GraphNode> {
  target: Target;
  node: N;
  /** The state that follows; none where the node ends its block. */
  next: string | undefined;
  /** Set for the first node of a map's body. */
  entry: Entry | undefined;
}

/** The state that follows a node which does not end its block. */
export function nextOf({ node, next }: Site): string {
  if (next === undefined) throw new Error(`Nothing follows the node "${node.id}".`);
  return next;
}

/** The input of every execution is an envelope (`ExecutionInput`), so that "called without input" can be told. */
export const envelopeAt = (target: Target, entry: Entry | undefined): string =>
  target.execution ? codeAt(target, entry)(target.execution.input) : "$states.context.Execution.Input";

/** The run: in a child execution of a distributed Map its own name is another one. */
export const runIdAt = (target: Target, entry: Entry | undefined): string =>
  target.execution ? codeAt(target, entry)(target.execution.run) : "$states.context.Execution.Name";

/** The calls that led to the run, where any may have. */
export const callersAt = (
  { called }: Emission,
  target: Target,
  entry: Entry | undefined,
): { callers?: Template } =>
  called ? { callers: expression(`[${envelopeAt(target, entry)}.callers]`) } : {};

/** How a binding is read at a state: from the input where the state is a map body's first, else from its variable. */
export function codeAt(target: Target, entry: Entry | undefined, result?: VariableBinding) {
  return (read: Exclude<Binding, { kind: "pure" }>): string => {
    const binding = read.kind === "variable" ? (read.of ?? read) : read;
    if (binding.kind === "input") return `${envelopeAt(target, entry)}.input`;
    if (binding === result) return "$states.result";
    const handed = entry?.find((one) => one.binding === binding);
    return handed ? `$states.input.${handed.key}` : `$${target.aliases.get(binding) ?? binding.variable}`;
  };
}

/** The machine's name for a binding: in a branch of futures another one, since inner names must not be outer ones. */
export const variableOf = ({ aliases }: Pick<Target, "aliases">, binding: VariableBinding): string =>
  aliases.get(binding) ?? binding.variable;

/** What the planning of a state's expressions sees. */
export interface PlanContext extends FastContext {
  paths: Paths;
  reasons: Map<string, Reason>;
}

/** Nodes of a region that are translated, each as often as it is needed. */
const MOST_WORK = 5_000;

/** @param result the result of the state itself, where its own output reads it */
export const planContext = (
  emission: Emission,
  { target, entry }: Pick<Site, "target" | "entry">,
  result?: VariableBinding,
): PlanContext => ({
  reader: emission.reader,
  module: emission.module,
  uses: emission.uses,
  inputPresent: emission.inputPresent,
  memo: new Map(),
  cells: new Map(),
  locals: new Map(),
  depth: 0,
  lets: new LetNames(),
  total: emission.graph.inlineSteps === "refuse",
  drops: !emission.graph.seesKeys,
  leaving: new Set(),
  begun: emission.graph.begun,
  oneRuns: emission.graph.oneRuns,
  work: { left: MOST_WORK },
  given: new Map(),
  linked: new Set(),
  paths: emission.paths,
  reasons: emission.reasons,
  gap: {},
  code: codeAt(target, entry, result),
});

/** States that stand beside a node's own. */
export type Part =
  | "again"
  | "again inline"
  | "batch"
  | "check"
  | "choose"
  | "distributed"
  | "gather"
  | "exit"
  | "failed"
  | "go on"
  | "held"
  | "inline"
  | "mode"
  | "many"
  | "many gather"
  | "not called"
  | "retry after"
  | "settle"
  | "slow"
  | "value";

/** States that only a failure enters, an unusual value, or a map of many items. */
export const DETOURS: readonly Part[] = [
  "failed",
  "go on",
  "held",
  "retry after",
  "settle",
  "slow",
  "not called",
  "mode",
  "many",
  "many gather",
];

/** The name of such a state, for instance `load inline`. */
export function partName(emission: Emission, node: GraphNode, part: Part): string {
  const name = emission.names.unique(`${node.id.slice(0, 72)} ${part}`);
  emission.parts.set(node.id, { ...emission.parts.get(node.id), [part]: name });
  return name;
}

export function comment(emission: Emission, span: Span): string {
  const source = emission.reader.sourceOf(span);
  return `${fileName(source.path)}:${source.place(span.start).line}`;
}

const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

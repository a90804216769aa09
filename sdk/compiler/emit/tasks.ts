import { expression, expressionText, isExpression } from "../../asl/expression.ts";
import type { Catcher, State, TaskState, Template, Transition } from "../../asl/types.ts";
import { CANCELLED, type InlineEvent, SLOW_KEY } from "../../model/protocol.ts";
import { armsOf, type Block, bodiesOf, type GraphNode, type Region } from "../graph.ts";
import { ends } from "../lower/block.ts";
import {
  callersAt,
  codeAt,
  comment,
  type Emission,
  type Entry,
  envelopeAt,
  type InlineStep,
  runIdAt,
  type Site,
  type Target,
} from "./context.ts";
import { waitedFor } from "./futures.ts";
import { type RegionCode, regionCode } from "./javascript.ts";
import type { Plan } from "./plan.ts";
import { RegionReads } from "./region-reads.ts";
import { attemptOf, NEVER, retriers, SERVICE } from "./retries.ts";
import { roomOfAnswer, roomOfResult } from "./room.ts";
import { REFUSALS, wrapped } from "./settle.ts";
import { failing, noteThrowing } from "./throws.ts";

/** The answer of an inline step, in the input of the state that it returns to. */
export const SLOW = `$states.input.\`${SLOW_KEY}\``;
export const HAS_SLOW = `$exists(${SLOW})`;
/** Raised by a guard in Arguments or Items; caught, it leads to the inline step. */
export const RAISE = '$error("slow path")';

/** The output of a state whose output nobody reads: the next state's input stays tiny. */
export const NO_OUTPUT: Template = {};

/**
 * In a map's body every failure settles: the other items go on, and it is thrown where the map is awaited.
 *
 * @param turn how many awaits came before the failure
 */
export function settling(
  target: Target,
  turn: number,
  assign: Record<string, Template> = {},
  caught: Caught = CAUGHT,
): Catcher[] {
  const out = cancelling(target);
  if (out.length > 0) return [...out, ...settling({ ...target, cancelled: undefined }, turn, assign, caught)];
  if (target.handler) return [...refusing(target, turn, assign), handling(target.handler, assign)];
  if (!target.settle) return [];
  const Output = caughtOutput(target, turn, assign, caught);
  return [{ ErrorEquals: ["States.ALL"], Next: target.settle, Output }];
}

/** A cancellation passes by every handler, to what undoes. */
export const cancelling = ({ cancelled }: Target): Catcher[] =>
  cancelled === undefined ? [] : [{ ErrorEquals: [CANCELLED], Next: cancelled, Output: NO_OUTPUT }];

/** What the settling state finds; the first state of a child has not assigned its index yet. */
export function caughtOutput(
  target: Target,
  turn: number,
  assign: Record<string, Template>,
  caught: Caught,
): Template {
  const { numbered } = target;
  if (!numbered) return { ...caught, Turn: turn };
  const variable = target.aliases.get(numbered) ?? numbered.variable;
  return { ...caught, Turn: turn, index: assign[variable] ?? expression(`$${variable}`) };
}

/** Error and cause of what was caught, each an expression that cannot fail. */
export interface Caught extends Record<string, Template> {
  Error: Template;
  Cause: Template;
}

const field = (name: string): Template =>
  expression(`$exists($states.errorOutput.${name}) ? $states.errorOutput.${name} : null`);
export const CAUGHT: Caught = { Error: field("Error"), Cause: field("Cause") };

/** What plain Node never throws is not for the author's handler: it ends the flow, or the map's item. */
function refusing(target: Target, turn: number, assign: Record<string, Template>): Catcher[] {
  const Output = caughtOutput(target, turn, assign, CAUGHT);
  return [{ ErrorEquals: REFUSALS, Next: refused(target), Output }];
}

/** The state that takes an error, in its input, past every handler. */
export function refused(target: Target): string {
  if (target.settle) return target.settle;
  return failed(target, "(refused)", "An error of the run itself, which no handler of the author's sees.");
}

/** A Fail with the error in its input. No task, and no piece of source, gives a state a name in parentheses. */
export function failed({ states }: Pick<Target, "states">, name: string, comment: string): string {
  states[name] = {
    Type: "Fail",
    Comment: comment,
    Error: expression("$states.input.Error"),
    Cause: expression('$exists($states.input.Cause) ? $states.input.Cause : ""'),
  };
  return name;
}

/** A failure leads to the handler, with what the state would have assigned: it was evaluated before the failure. */
const handling = (
  { next, error }: NonNullable<Target["handler"]>,
  assign: Record<string, Template>,
): Catcher => ({
  ErrorEquals: ["States.ALL"],
  Next: next,
  Assign: { ...assign, [error.variable]: CAUGHT },
  Output: NO_OUTPUT,
});

/** How many awaits come before a node. */
export const turnOf = (emission: Emission, node: GraphNode): number => emission.turns.get(node) ?? 0;

/** {@link turnOf} for all nodes; a map's body begins anew. */
export function turnsOf(
  block: Block,
  turns = new Map<GraphNode, number>(),
  before = 0,
): Map<GraphNode, number> {
  let turn = before;
  for (const node of block) {
    turns.set(node, turn);
    for (const body of bodiesOf(node)) turnsOf(body, turns);
    for (const arm of armsOf(node)) turnsOf(arm, turns, turn);
    turn += awaitsIn(node);
  }
  return turns;
}

/** The awaits on the shortest way through a node to what follows it. */
function awaitsIn(node: GraphNode): number {
  if (
    node.kind === "step" ||
    node.kind === "subflow" ||
    node.kind === "wait" ||
    node.kind === "map" ||
    node.kind === "parallel"
  )
    return 1;
  const through = armsOf(node).filter((arm) => !ends(arm));
  const least = Math.min(...through.map((arm) => arm.reduce((sum, each) => sum + awaitsIn(each), 0)));
  return Number.isFinite(least) ? least : 0;
}

/** The map indexes of a call, outermost first: `frames` of the idempotency key. */
export const frames = (target: Target, entry: Entry | undefined): Template =>
  target.indexes.map((index) => expression(codeAt(target, entry)(index)));

/** A region's assignments beside a guard: after an inline step they are done already. */
export function assignAfter(plan: Plan): Record<string, Template> {
  if (!plan.fast) return {};
  if (plan.guard === undefined) return plan.assigned;
  return Object.fromEntries(
    Object.entries(plan.assigned).map(([variable, template]) => [
      variable,
      isExpression(template)
        ? expression(`${HAS_SLOW} ? $${variable} : ${expressionText(template)}`)
        : expression(`${HAS_SLOW} ? $${variable} : ${JSON.stringify(template)}`),
    ]),
  );
}

/** What entry variables must be assigned by a map body's first state. */
export const entryAssign = (entry: Entry | undefined): Record<string, Template> =>
  Object.fromEntries(
    (entry ?? []).map(({ key, variable }) => [variable, expression(`$states.input.${key}`)]),
  );

/** What an inline step must hand on, beside its answer, for the first state of a map's body to find again. */
const entryOutput = (entry: Entry | undefined): Record<string, Template> =>
  Object.fromEntries((entry ?? []).map(({ key }) => [key, expression(`$states.input.${key}`)]));

export interface TaskCall {
  task: string;
  step: string;
  args: Template;
  slow?: Template;
  guard?: string;
  /** What the flow wrote before. */
  lines?: Template;
}

/** The state that runs a task. */
export function taskState(
  emission: Emission,
  { target, node, entry }: Site,
  call: TaskCall,
): Omit<TaskState, "Next" | "End"> {
  const settings = emission.tasks.get(call.task);
  if (!settings) throw new Error(`No settings for the task "${call.task}".`);
  const { retry } = settings;
  const event: Record<string, Template> = {
    // A guard that belongs to no argument stands here; the protocol's version costs no byte more for it.
    runlet: call.guard === undefined ? 1 : expression(`${HAS_SLOW} or ${call.guard} ? 1 : ${RAISE}`),
    kind: "task",
    runId: expression(runIdAt(target, entry)),
    step: call.step,
    frames: frames(target, entry),
    attempt: attemptOf(retry),
    ...(retry.delays.length > 0 ? { retries: retry.delays.length } : {}),
    ...(emission.pausable ? { pausable: true } : {}),
    ...callersAt(emission, target, entry),
    args: call.args,
  };
  if (call.slow !== undefined) event["slow"] = call.slow;
  if (call.lines !== undefined) event["lines"] = call.lines;
  if (node.kind === "step" && node.after) event["after"] = waitedFor(target, entry, node);
  const room = roomOfResult(emission, target, entry);
  if (room !== undefined) event["room"] = room;
  return {
    Type: "Task",
    Comment: comment(emission, node.span),
    Resource: emission.taskResource(call.task),
    Arguments: event,
    // The wrapper ends an attempt at its own limit; the platform's comes later, for a task that blocks its process.
    TimeoutSeconds: settings.timeoutSeconds + 5,
    Retry: retriers(retry),
  };
}

interface InlineOptions {
  name: string;
  when: InlineStep["when"];
  crossing: InlineEvent["crossing"];
  /** JSONata for items that were evaluated before: the region is not. */
  given?: string;
  /** Of items: more of them go to a file. */
  limit?: number;
  /** Of the input of a flow: how many bytes that flow takes in place. */
  room?: number;
  /** What leads here where it does not hold; where it only may throw, so does the state, and no inline step is needed. */
  asked?: string | undefined;
  /** The same where other things lead here, too: what throws may do without the inline step, which stands all the same. */
  throws?: string | undefined;
  /** The answer is of no use: it is not handed on. */
  quiet?: boolean;
  /** Values that the code reads beside the variables. */
  more?: Record<string, Template>;
}

/** The state that evaluates a region by the author's own JavaScript. */
export function inlineState(
  emission: Emission,
  { target, entry, node }: Site,
  region: Region,
  options: InlineOptions & ({ next: string } | { end: true }),
): State {
  const failure = options.asked && failing(emission, { target, entry, node }, region, options.asked);
  if (failure) {
    emission.failures.push(options.name);
    return failure;
  }
  const throws = options.asked ?? options.throws;
  const how = { inline: options.name, seldom: options.throws !== undefined };
  if (throws) noteThrowing(emission, { target, entry, node }, region, { asked: throws, ...how });
  const stays = ["exact", "items", "parts"].includes(options.crossing);
  const { code, reads, assigns, imports } = options.given
    ? {
        code: `(values) => values["items"]`,
        reads: new Map() as RegionCode["reads"],
        assigns: [],
        imports: new Map() as RegionCode["imports"],
      }
    : regionCode(emission, region, stays);
  const { span } = region;
  const source = emission.reader.sourceOf(span);
  const { line } = source.place(span.start);
  const { name: state, when } = options;
  const { gap, guard } = emission.reasons.get(region.id) ?? {};
  emission.inlineSteps.push({
    region: region.id,
    when,
    span,
    line,
    source: source.slice(span),
    code,
    imports,
    state,
    ...(when === "always" && gap && { gap }),
    ...(when === "guard" && guard && { guard }),
  });
  const leads: Transition = "next" in options ? { Next: options.next } : { End: true };
  const made: TaskState = {
    Type: "Task",
    Comment: `${comment(emission, span)} (inline step)`,
    Resource: emission.inlineResource,
    Arguments: {
      runlet: 1,
      kind: "inline",
      runId: expression(runIdAt(target, entry)),
      region: region.id,
      frames: frames(target, entry),
      values: options.given
        ? { items: expression(options.given) }
        : { ...(valuesOf(reads, target, entry) as Record<string, Template>), ...options.more },
      crossing: options.crossing,
      ...futuresOf(emission, region),
      ...(options.room === undefined
        ? roomOfAnswer(emission, target, entry, "end" in options)
        : { room: options.room }),
      ...(options.limit === undefined ? {} : { limit: options.limit }),
    },
    Retry: [NEVER, SERVICE],
    Output: answerOf(options, target, entry, assigns.length > 0),
    ...leads,
  };
  if (assigns.length > 0) {
    made.Assign = Object.fromEntries(
      assigns.map((variable) => [variable, expression(`$states.result.cells.${variable}`)]),
    );
  }
  const settle = settling(target, turnOf(emission, node), entryAssign(entry));
  if (settle.length > 0) made.Catch = settle;
  return made;
}

/** Values that may be failures of futures, which the region does not await: they go on as they are. */
function futuresOf(emission: Emission, region: Region): { futures?: Template } {
  const thrown = new Set(
    region.checks.map((check) => (check.kind === "settled" ? check.binding : undefined)),
  );
  const names = [...new RegionReads(emission.uses, region).reads].flatMap((read) =>
    read.kind === "variable" && emission.graph.futures.has(read) && !thrown.has(read) ? [read.variable] : [],
  );
  return names.length > 0 ? { futures: names } : {};
}

function answerOf(
  options: InlineOptions & ({ next: string } | { end: true }),
  target: Target,
  entry: Entry | undefined,
  assigning: boolean,
): Template {
  if (options.quiet) return NO_OUTPUT;
  const answer = expression(assigning ? "$states.result.answer" : "$states.result");
  return "next" in options ? { [SLOW_KEY]: answer, ...entryOutput(entry) } : wrapped(target, answer, entry);
}

function valuesOf(reads: RegionCode["reads"], target: Target, entry: Entry | undefined): Template {
  const read = codeAt(target, entry);
  const codes = [...reads].map(([key, binding]) => [
    key,
    expression(binding.kind === "input" ? envelopeAt(target, entry) : read(binding)),
  ]);
  return Object.fromEntries(codes) as Template;
}

/** Sends an evaluation error of the state's own guards to its inline step, input and all. */
export const toInline = (name: string): Catcher => ({
  ErrorEquals: ["States.QueryEvaluationError"],
  Next: name,
  Output: expression("$states.input"),
});

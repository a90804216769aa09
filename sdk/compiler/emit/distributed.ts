import { expression } from "../../asl/expression.ts";
import type { Catcher, MapState, State, SubMachine, TaskState, Template } from "../../asl/types.ts";
import { armsOf, type Block, bodiesOf, type MapNode, type VariableBinding } from "../graph.ts";
import { cloneBlock } from "./clone.ts";
import {
  codeAt,
  comment,
  type Emission,
  envelopeAt,
  type Handed,
  nextOf,
  type Part,
  partName,
  runIdAt,
  type Site,
  type Target,
  variableOf,
} from "./context.ts";
import { FILE, readerOf, storedItem } from "./item-reader.ts";
import type { bodyOf } from "./map.ts";
import { type Read, readsOfBlock, regionsOf } from "./region-reads.ts";
import { NEVER, SERVICE } from "./retries.ts";
import { entryAssign, frames, NO_OUTPUT, settling, turnOf } from "./tasks.ts";

/** Child executions at a time where the author says nothing: the default of an account's Lambda functions. */
const CONCURRENCY = 1_000;
/** Where the state after the Map finds what the Map's own input said. */
const KEPT = "$runlet.run";
const GIVEN = `$states.input.\`${KEPT}\``;

/**
 * A distributed Map over a file of items, and the state that puts its results in order. Its children are executions of
 * their own: what the body reads of the flow is handed to each.
 *
 * @returns the name of the Map's state, whose input has the file where an inline step left it
 */
export function distributed(
  emission: Emission,
  site: Site<MapNode>,
  names: { map: Part; gather: Part },
  body: typeof bodyOf,
): string {
  const { target, node, entry } = site;
  const name = names.map === "distributed" ? node.id : partName(emission, node, names.map);
  const gather = partName(emission, node, names.gather);
  const before = entryAssign(entry);
  const turn = turnOf(emission, node) + 1;
  // Where the items always go this way, the body stands here alone.
  const own = node.forced ? node : { ...node, id: name, body: cloneBlock(emission, node.body) };
  const state: MapState = {
    ...childrenOf(emission, { ...site, node: own }, body),
    Assign: before,
    Output: {
      [KEPT]: {
        Bucket: expression("$states.result.ResultWriterDetails.Bucket"),
        Key: expression("$states.result.ResultWriterDetails.Key"),
        ...(node.source ? {} : { count: expression(`${FILE}.count`) }),
      },
    },
    Next: gather,
  };
  const catchers = [...(node.source ? [unreadable(before, gather)] : []), ...settling(target, turn, before)];
  if (catchers.length > 0) state.Catch = catchers;
  target.states[name] = state;
  target.states[gather] = gatherState(emission, site);
  return name;
}

/** What the items could not be read for goes to the state that gives results, which words it as plain Node does. */
const unreadable = (before: Record<string, Template>, gather: string): Catcher => ({
  ErrorEquals: ["States.ItemReaderFailed", "States.QueryEvaluationError"],
  Assign: before,
  Output: {
    [KEPT]: { Bucket: "", Key: "", failed: expression("$states.errorOutput"), location: expression(FILE) },
  },
  Next: gather,
});

/** The Map itself, without what comes after it. */
function childrenOf(
  emission: Emission,
  site: Site<MapNode>,
  body: typeof bodyOf,
): Omit<MapState, "Next" | "End"> {
  const { target, node, entry } = site;
  const { batchSize, concurrency } = node;
  const { handed, shared, execution } = handedTo(emission, site);
  const place = { target: { indexes: target.indexes, aliases: new Map(), execution }, isChild: true };
  const machine = body(emission, site, handed, place);
  const batch = batchSize === undefined ? undefined : batchOf(emission, site, { batchSize, machine, shared });
  const item = {
    item: node.source ? storedItem(node.source) : expression("$states.context.Map.Item.Value"),
    index: expression("$states.context.Map.Item.Index"),
  };
  return {
    Type: "Map",
    Comment: comment(emission, node.span),
    ItemReader: readerOf(node),
    ItemSelector: batch ? item : { ...item, ...shared },
    ...(batch && { ItemBatcher: batch.batcher }),
    MaxConcurrency:
      concurrency > 0 ? Math.max(1, Math.floor(concurrency / (batch?.among ?? 1))) : CONCURRENCY,
    // Items settle by themselves; a child that the service ended is found when the results are put in order.
    ToleratedFailurePercentage: 100,
    ItemProcessor: {
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
      ...(batch?.machine ?? machine),
    },
    ResultWriter: {
      Resource: "arn:aws:states:::s3:putObject",
      Arguments: {
        Bucket: expression(`${FILE}.${node.source ? "Results" : "Bucket"}`),
        Prefix: expression(`"results/" & ${runIdAt(target, entry)} & "/maps"`),
      },
      WriterConfig: { Transformation: batch ? "FLATTEN" : "COMPACT", OutputType: "JSONL" },
    },
  };
}

/** A batch is an inline Map in a child: fewer executions are started and paid. */
function batchOf(
  emission: Emission,
  { node }: Site<MapNode>,
  {
    batchSize,
    machine,
    shared,
  }: { batchSize: number; machine: SubMachine; shared: Record<string, Template> },
): { batcher: NonNullable<MapState["ItemBatcher"]>; among: number; machine: SubMachine } {
  const among = Math.min(batchSize, node.concurrency || INLINE_CONCURRENCY, INLINE_CONCURRENCY);
  const name = partName(emission, node, "batch");
  const state: MapState = {
    Type: "Map",
    Comment: comment(emission, node.span),
    Items: expression("$states.input.Items"),
    ItemSelector: {
      item: expression("$states.context.Map.Item.Value.item"),
      index: expression("$states.context.Map.Item.Value.index"),
      ...Object.fromEntries(
        Object.keys(shared).map((key) => [key, expression(`$states.input.BatchInput.${key}`)]),
      ),
      room: Math.floor(emission.room / batchSize),
    },
    MaxConcurrency: among,
    ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...machine },
    End: true,
  };
  const batcher = { MaxItemsPerBatch: batchSize, MaxInputBytesPerBatch: BATCH_BYTES, BatchInput: shared };
  return { batcher, among, machine: { StartAt: name, States: { [name]: state } } };
}

const INLINE_CONCURRENCY = 40;
/** Items of a batch together; a payload has at most 262,144. */
const BATCH_BYTES = 200_000;

interface HandedOver {
  handed: Handed[];
  /** The same, as fields of a child's input. */
  shared: Record<string, Template>;
  execution: NonNullable<Target["execution"]>;
}

/** What a child is handed: the run, frames, and what the body reads of what lies outside. */
function handedTo(emission: Emission, { target, node, entry }: Site<MapNode>): HandedOver {
  const read = codeAt(target, entry);
  const execution = { run: system("run"), input: system("input") };
  const made = madeIn(node.body).add(node.item).add(node.index);
  const reads = [...readsOfBlock(emission.uses, node.body)];
  const wanted = new Set<Exclude<Read, { kind: "input" }>>(target.indexes);
  for (const one of reads) if (one.kind !== "input" && !made.has(one)) wanted.add(one);
  const codes: { binding: VariableBinding; key: string; code: string }[] = [
    { binding: execution.run, key: "run", code: runIdAt(target, entry) },
    ...(reads.some(({ kind }) => kind === "input") || callsFlows(node.body) || emission.called
      ? [{ binding: execution.input, key: "input", code: envelopeAt(target, entry) }]
      : []),
    ...[...wanted].map((binding, i) => ({
      binding: binding as VariableBinding,
      key: `c${i}`,
      code: read(binding),
    })),
  ];
  return {
    handed: codes.map(({ binding, key }) => ({
      binding,
      key,
      variable: `d${node.depth}_${key}_${binding.variable}`,
    })),
    shared: {
      room: emission.room,
      ...Object.fromEntries(codes.map(({ key, code }) => [key, expression(code)])),
    },
    execution,
  };
}

const system = (name: string): VariableBinding => ({
  kind: "variable",
  name,
  variable: name,
  role: "system",
});

/** A flow that is called is told how deep it stands, which the envelope of the input says. */
const callsFlows = (block: Block): boolean =>
  block.some((node) => node.kind === "subflow" || [...bodiesOf(node), ...armsOf(node)].some(callsFlows));

/** The bindings that a body makes itself. */
function madeIn(block: Block, made = new Set<unknown>()): Set<unknown> {
  for (const node of block) {
    if ("result" in node && node.result) made.add(node.result);
    if (node.kind === "parallel" && node.join) made.add(node.join);
    if (node.kind === "map") made.add(node.item).add(node.index);
    if (node.kind === "try") made.add(node.error);
    for (const { checks } of regionsOf(node))
      for (const check of checks)
        if (check.kind === "assignment") for (const cell of check.assignment.cells) made.add(cell);
    for (const inner of [...bodiesOf(node), ...armsOf(node)]) madeIn(inner, made);
  }
  return made;
}

/** Puts the results in order; a large list of them travels as one reference. */
function gatherState(emission: Emission, site: Site<MapNode>): State {
  const { target, node } = site;
  const at = (field: string): string => expression(`${GIVEN}.${field}`);
  const state: TaskState = {
    Type: "Task",
    Comment: `${comment(emission, node.span)} (results in order)`,
    Resource: emission.inlineResource,
    Arguments: {
      runlet: 1,
      kind: "gather",
      runId: expression(runIdAt(target, undefined)),
      region: node.items.id,
      frames: frames(target, undefined),
      manifest: { Bucket: at("Bucket"), Key: at("Key") },
      ...(node.source
        ? {
            format: node.source.format,
            location: expression(`$exists(${GIVEN}.location) ? ${GIVEN}.location : null`),
            failed: expression(`$exists(${GIVEN}.failed) ? ${GIVEN}.failed : null`),
            at: expression("$states.context.State.EnteredTime"),
          }
        : { count: at("count") }),
      settles: node.settles,
      room: emission.room,
    },
    Retry: [NEVER, SERVICE],
    ...(node.result && { Assign: { [variableOf(target, node.result)]: expression("$states.result") } }),
    Output: NO_OUTPUT,
    Next: nextOf(site),
  };
  const catchers = settling(target, turnOf(emission, node) + 1);
  if (catchers.length > 0) state.Catch = catchers;
  return state;
}

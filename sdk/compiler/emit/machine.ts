import { DEFINITION_BYTES } from "../../asl/limits.ts";
import type { State, StateMachine } from "../../asl/types.ts";
import { packageVersion } from "../../model/package-root.ts";
import { report } from "../check/pure.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { armsOf, type Block, bodiesOf } from "../graph.ts";
import { emitBlock } from "./block.ts";
import { undoing } from "./cancel.ts";
import type { Emission, Target } from "./context.ts";
import { retriedFlow } from "./flow-retry.ts";
import { dropUnreached } from "./reach.ts";
import { handOn } from "./segments.ts";
import { throwBeside } from "./throws.ts";

/** The definition of a flow, from its graph. */
export function emitMachine(emission: Emission, diagnostics: Diagnostics): StateMachine {
  const { graph, module, names } = emission;
  forEachNode(graph.body, (id) => names.unique(id));
  const target: Target = {
    states: {},
    root: true,
    indexes: [],
    jumps: new Map(),
    aliases: new Map(),
    handlers: new Map(),
  };
  undoing(emission, target);
  const retried = retriedFlow(emission, target, emission.retry);
  const start = emitBlock(emission, retried.target, graph.body, undefined);
  retried.begin(start);
  handOn(emission, target);
  throwBeside(emission, target.states);
  dropUnreached(emission, target.states, start);
  const { line } = module.source.place(graph.span.start);
  const file = module.source.path.slice(module.source.path.lastIndexOf("/") + 1);
  const machine: StateMachine = {
    Comment: `Flow "${graph.name}", ${file}:${line}, compiled by Runlet ${packageVersion()}.`,
    QueryLanguage: "JSONata",
    StartAt: start,
    States: inReadingOrder(emission, target.states, graph.body),
  };
  emission.inlineSteps.sort((a, b) => a.span.start - b.span.start);
  const context = { reader: emission.reader, module, diagnostics, uses: emission.uses };
  if (graph.inlineSteps === "refuse") {
    for (const { span } of emission.inlineSteps)
      report(context, "RLT1401", { start: span.start, end: Math.min(span.end, span.start + 60) });
  }
  if (deployedBytes(machine) > DEFINITION_BYTES) report(context, "RLT1402", graph.span);
  return machine;
}

function forEachNode(block: Block, visit: (id: string) => void): void {
  for (const node of block) {
    visit(node.id);
    for (const inner of [...bodiesOf(node), ...armsOf(node)]) forEachNode(inner, visit);
  }
}

/** The states as their nodes stand in the source, each with its inline step right behind it. */
function inReadingOrder(
  emission: Emission,
  states: Record<string, State>,
  block: Block,
): Record<string, State> {
  const ordered: Record<string, State> = {};
  const take = (name: string | undefined): void => {
    const state = name === undefined ? undefined : states[name];
    if (name !== undefined && state) ordered[name] = state;
  };
  const visit = (nodes: Block): void => {
    for (const node of nodes) {
      const parts = emission.parts.get(node.id) ?? {};
      take(parts.check);
      take(node.id);
      take(parts.inline);
      take(parts.exit);
      take(parts.slow);
      take(parts.mode ?? parts.choose);
      take(parts.many ?? node.id);
      take(parts["many gather"] ?? parts.gather);
      take(parts.held);
      take(parts["retry after"]);
      take(parts.failed);
      const state = states[node.id];
      if (node.kind === "map" && state?.Type === "Map")
        state.ItemProcessor.States = inReadingOrder(emission, state.ItemProcessor.States, node.body);
      if (node.kind === "parallel" && state?.Type === "Parallel")
        for (const [i, branch] of state.Branches.entries())
          branch.States = inReadingOrder(emission, branch.States, node.branches[i]?.body ?? []);
      for (const arm of armsOf(node)) visit(arm);
      take(parts.again);
      take(parts["again inline"]);
    }
  };
  visit(block);
  return { ...ordered, ...states }; // what is left is the state that settles a map's item: it comes last
}

/** The longest ARN that deploying puts in the place of a placeholder: that of a state machine, in GovCloud. */
const ARN_BYTES = "arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:".length + 80;

/** What is deployed: no blanks, ARNs in the place of placeholders, and `${` of the author's own escaped. */
export function deployedBytes(machine: StateMachine): number {
  const text = JSON.stringify(machine);
  let bytes = Buffer.byteLength(text);
  for (const [found] of text.matchAll(/"\$\{\w+\}"|\$\{/g))
    bytes += found === "${" ? 5 : Math.max(0, ARN_BYTES + 2 - found.length);
  return bytes;
}

/**
 * The text of a definition. `${` in the author's strings is escaped, since CloudFormation replaces `${Token}` in the
 * text; our own placeholders stand in `Resource` and `StateMachineArn` alone.
 */
export function definitionText(machine: StateMachine): string {
  return JSON.stringify(machine, null, 2)
    .split("\n")
    .map((row) =>
      /^\s*"(Resource|StateMachineArn|FunctionName)": "\$\{\w+\}",?$/.test(row)
        ? row
        : row.replaceAll("${", "\\u0024{"),
    )
    .join("\n");
}

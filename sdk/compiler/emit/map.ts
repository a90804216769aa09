import { expression, expressionText } from "../../asl/expression.ts";
import type { MapState, State, Template } from "../../asl/types.ts";
import { ERROR_KEY } from "../../model/protocol.ts";
import type { MapNode } from "../graph.ts";
import { emitBlock, emitRest, type Following, NO_OUTPUT } from "./block.ts";
import { comment, type Emission, type Entry, type Target } from "./context.ts";
import { type Plan, planItems } from "./plan.ts";
import { fastContext } from "./step.ts";
import { entryAssign, HAS_SLOW, inlineState, RAISE, SLOW, settling, toInline } from "./tasks.ts";

/** A fan-out: an inline Map whose items settle, so that siblings finish and a failure is thrown at the await. */
export function emitMap(
  emission: Emission,
  target: Target,
  node: MapNode,
  following: Following,
  entry: Entry | undefined,
): string {
  const plan = planItems(node.items, fastContext(emission, entry));
  const guarded = plan.fast && plan.guard !== undefined;
  const name = `${node.id} inline`;
  const assign = entryAssign(entry);
  if (node.result) assign[node.result.variable] = expression("$states.result");
  const state: MapState = {
    Type: "Map",
    Comment: comment(emission, node.span),
    Items: itemsOf(plan),
    ItemSelector: {
      item: expression("$states.context.Map.Item.Value"),
      index: expression("$states.context.Map.Item.Index"),
    },
    MaxConcurrency: node.concurrency,
    ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...bodyOf(emission, target, node) },
    Assign: assign,
    Output: NO_OUTPUT,
    Next: emitRest(emission, target, following),
  };
  const catchers = [...(guarded || !plan.fast ? [toInline(name)] : []), ...settling(target)];
  if (!plan.fast) catchers.shift(); // its items come from the inline step alone, so they cannot lead back to it
  if (catchers.length > 0) state.Catch = catchers;
  target.states[node.id] = state;
  if (plan.fast && !guarded) return node.id;
  target.states[name] = inlineState(emission, target, entry, node.items, {
    name,
    when: guarded ? "guard" : "always",
    crossing: "items",
    next: node.id,
  });
  return guarded ? node.id : name;
}

function itemsOf(plan: Plan): Template {
  if (!plan.fast) return expression(SLOW);
  const [value = []] = plan.values;
  if (plan.guard === undefined) return value;
  return expression(`${HAS_SLOW} ? ${SLOW} : ${plan.guard} ? ${expressionText(String(value))} : ${RAISE}`);
}

function bodyOf(
  emission: Emission,
  outer: Target,
  node: MapNode,
): { StartAt: string; States: Record<string, State> } {
  const settle = emission.names.unique(`${node.id}: settle`);
  const states: Record<string, State> = {};
  const target: Target = { states, indexes: [...outer.indexes, node.index], settle };
  const start = emitBlock(emission, target, node.body, undefined, { item: node.item, index: node.index });
  if (JSON.stringify(states).includes(JSON.stringify(settle))) states[settle] = settleState(emission, node);
  return { StartAt: start, States: states };
}

/** The last state of an item that failed: the failure becomes the item's result, marked. */
const settleState = (emission: Emission, node: MapNode): State => ({
  Type: "Succeed",
  Comment: comment(emission, node.span),
  Output: {
    [ERROR_KEY]: {
      Error: expression("$states.input.Error"),
      Cause: expression("$states.input.Cause"),
      At: expression("$states.context.State.EnteredTime"),
    },
  },
});

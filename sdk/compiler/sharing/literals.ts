import type { Expression, Node } from "oxc-parser";
import { keyOf } from "./patterns.ts";
import { Place } from "./place.ts";
import type { Walk } from "./walk.ts";

/** What an array or object literal is: by key as far as keys are written in place. */
export function literal(
  walk: Walk,
  node: Extract<Node, { type: "ArrayExpression" | "ObjectExpression" }>,
): Place {
  const made = new Place();
  walk.constants.note(made);
  const parts = node.type === "ArrayExpression" ? node.elements : node.properties;
  const firstSpread = parts.findIndex((part) => part?.type === "SpreadElement");
  for (const [i, child] of parts.entries()) {
    if (!child) continue;
    if (child.type === "SpreadElement") {
      const spread = walk.value(child.argument);
      if (spread && node.type === "ObjectExpression") made.shape.join(spread.shape);
      else if (spread) made.content.join(spread.content);
      walk.store(child.argument, spread, { inner: true });
      continue;
    }
    if (child.type === "Property" && child.computed) walk.value(child.key as Expression);
    const part = (child.type === "Property" ? child.value : child) as Expression;
    const value = walk.value(part);
    const index = firstSpread < 0 || i < firstSpread ? String(i) : undefined;
    if (value) made.at(node.type === "ArrayExpression" ? index : keyOf(child)).join(value);
    walk.store(part, value);
  }
  return made;
}

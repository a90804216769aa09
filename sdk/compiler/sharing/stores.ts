import type { Expression, Node } from "oxc-parser";
import { bare, memberName } from "../parse/ast.ts";
import { ELEMENT_METHODS } from "./methods.ts";
import type { Place } from "./place.ts";

/** Something that exists already is put into an array or object. */
export interface Store {
  /** What may be put there, with all that is in it. */
  place: Place;
  /** The identifiers that it comes from. */
  sources: Node[];
  site: Node;
  /** Put there more than once, as `fill` does. */
  often: boolean;
  /** In the root itself, not in a function of a module. */
  own: boolean;
}

/** The identifiers that a value comes from; none where it is made here, or taken out of where it was. */
export function sourcesOf(expression: Expression): Node[] {
  const node = bare(expression);
  switch (node.type) {
    case "Identifier":
      return [node];
    case "MemberExpression":
      return sourcesOf(node.object);
    case "ChainExpression":
      return sourcesOf(node.expression);
    case "ConditionalExpression":
      return [...sourcesOf(node.consequent), ...sourcesOf(node.alternate)];
    case "LogicalExpression":
      return [...sourcesOf(node.left), ...sourcesOf(node.right)];
    case "AssignmentExpression":
      return [...sourcesOf(node.left as Expression), ...sourcesOf(node.right)];
    case "CallExpression": {
      const callee = bare(node.callee);
      const name = memberName(callee) ?? "";
      const stays = ELEMENT_METHODS.has(name) && name !== "pop" && name !== "shift";
      return stays && callee.type === "MemberExpression" ? sourcesOf(callee.object) : [];
    }
    default:
      return [];
  }
}

/** `all = [...all, x]` and `all = all.filter(…)`: the variable's old list is gone when the new one is there. */
export function movesItself(target: Node, value: Expression): Node | undefined {
  const node = bare(value);
  const name = target.type === "Identifier" ? target.name : undefined;
  const callee = node.type === "CallExpression" ? bare(node.callee) : undefined;
  const taken =
    callee?.type === "MemberExpression"
      ? [callee.object]
      : node.type === "ArrayExpression"
        ? node.elements.map((one) => (one?.type === "SpreadElement" ? one.argument : undefined))
        : node.type === "ObjectExpression"
          ? node.properties.map((one) => (one.type === "SpreadElement" ? one.argument : undefined))
          : [];
  return taken.find((one) => one?.type === "Identifier" && one.name === name);
}

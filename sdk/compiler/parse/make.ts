import type { Expression, Node } from "oxc-parser";

type Assigning = Extract<Node, { type: "AssignmentExpression" }>;

/** Nodes that stand in no file: their text is made of their parts. */
const made = new WeakSet<Node>();

export const isMadeUp = (node: Node): boolean => made.has(node);

/** `left === right`, for a comparison that JavaScript makes without writing it. */
export function comparison(left: Expression, right: Expression, { start, end }: Node): Expression {
  return note({ type: "BinaryExpression", operator: "===", left, right, start, end } as Expression);
}

/** `x ??= y` as `x = value`, where it is known by now that there is to be an assignment. */
export const assignment = (node: Assigning, right: Expression): Assigning =>
  note({ ...node, operator: "=", right });

/** `await x`, for a call whose promise is awaited without being written so. */
export const awaitOf = (argument: Expression): Expression =>
  note({ type: "AwaitExpression", argument, start: argument.start, end: argument.end } as Expression);

/** The node with other parts. */
export const withParts = <N extends Expression>(node: N, parts: Partial<N>): N => note({ ...node, ...parts });

/** A number that the lowering counts with. */
export const numeral = (value: number, { start, end }: Node): Expression =>
  note({ type: "Literal", value, raw: String(value), start, end } as Expression);

function note<N extends Node>(node: N): N {
  made.add(node);
  return node;
}

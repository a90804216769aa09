import type { Expression, Node } from "oxc-parser";
import { expression } from "../../asl/expression.ts";
import type { Template } from "../../asl/types.ts";
import { KEPT_KEY } from "../../model/protocol.ts";
import { changeInPlace } from "../fast/change.ts";
import { both, type Fast, type FastContext, type Guard, strict, withGuard } from "../fast/fast.ts";
import { normalised } from "../fast/numbers.ts";
import { binary } from "../fast/operators.ts";
import { fromBinding, loopElement, translate } from "../fast/translate.ts";
import type { Assignment } from "../graph.ts";
import { bare } from "../parse/ast.ts";

const UNDEFINED: Fast = { code: "null", type: "undefined", present: false };

/** Does an assignment in the context's cells; gives the guard under which JSONata gives the value, or says that it cannot. */
export function assign(assignment: Assignment, context: FastContext): Guard | undefined | "inline" {
  const [cell, ...others] = assignment.cells;
  if (!cell || others.length > 0) return "inline"; // a pattern of several names, or a value and what it changes
  const value = assignedValue(assignment, context);
  if (!value) return "inline";
  const stored = value.type === "undefined" ? value : strict(value);
  // Once under its guard, the value has it no more: what reads it stands behind the same guard.
  context.cells.set(cell, withGuard(stored, undefined));
  return stored.guard;
}

function assignedValue({ made, cells }: Assignment, context: FastContext): Fast | undefined {
  const [cell] = cells;
  switch (made.by) {
    case "now":
      // The same wherever the state reads it, and read before the state does anything.
      return {
        code: "$toMillis($states.context.State.EnteredTime)",
        type: "number",
        present: true,
        bits: 53,
      };
    case "number":
      return { code: String(made.value), type: "number", present: true, bits: 32 };
    case "increment": {
      const before = cell && fromBinding(cell, context);
      return before && { code: plus(before.code, 1), type: "number", present: true, bits: 53 };
    }
    case "declaration":
      if (made.pattern.type !== "Identifier") return undefined;
      return made.init ? translate(made.init, context) : UNDEFINED;
    case "list": {
      const list = made.keys ? undefined : translate(made.init, context);
      if (!list || list.type === "array") return list;
      if (list.type !== "json") return undefined;
      const present = strict(list);
      return withGuard({ ...present, type: "array" }, both(present.guard, `$type(${list.code})="array"`));
    }
    case "element": {
      if (made.pattern.type !== "Identifier") return undefined;
      return loopElement(made, context);
    }
    case "script":
      return undefined;
    case "statement":
      return statementValue(made.node, cell && fromBinding(cell, context), context);
  }
}

const plus = (code: string, by: number): string => `(${code} + ${by})`;

function statementValue(given: Expression, before: Fast | undefined, context: FastContext): Fast | undefined {
  const node = bare(given);
  const change = before && changeInPlace(node, before, context);
  if (change) return change;
  if (node.type === "UpdateExpression") {
    if (node.argument.type !== "Identifier") return undefined;
    // Subtraction makes a number of its operand, as `++` and `--` do; addition might join strings.
    return binary(synthetic("-", node.argument, literalNode(node, node.operator === "++" ? -1 : 1)), context);
  }
  if (node.type !== "AssignmentExpression" || node.left.type !== "Identifier") return undefined;
  if (node.operator === "=") return translate(node.right, context);
  if (["&&=", "||=", "??="].includes(node.operator)) return translate(conditionally(node), context);
  return before && binary(synthetic(node.operator.slice(0, -1), node.left, node.right), context);
}

const literalNode = (at: Node, value: number): Node =>
  ({ type: "Literal", value, raw: String(value), start: at.start, end: at.end }) as unknown as Node;

const synthetic = (operator: string, left: Node, right: Node): Extract<Node, { type: "BinaryExpression" }> =>
  ({ type: "BinaryExpression", operator, left, right, start: left.start, end: right.end }) as never;

/** `x ??= y` as `x ?? y`: to assign what is there already changes nothing. */
const conditionally = (node: Extract<Node, { type: "AssignmentExpression" }>): Node =>
  ({
    type: "LogicalExpression",
    operator: node.operator.slice(0, -1),
    left: node.left,
    right: node.right,
    start: node.start,
    end: node.end,
  }) as never;

/** What the cells hold at the end of the region, as templates for `Assign`; nothing where a value cannot be kept so. */
export function assignedTemplates(context: FastContext): Record<string, Template> | undefined {
  const assigned: Record<string, Template> = {};
  for (const [cell, value] of context.cells) {
    if (!value || value.negativeZero) return undefined; // -0 would be lost between two steps
    assigned[cell.variable] =
      value.type === "undefined" ? { [KEPT_KEY]: ["undefined"] } : expression(normalised(value));
  }
  return assigned;
}

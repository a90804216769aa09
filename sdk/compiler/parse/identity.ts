import type { Expression, Node } from "oxc-parser";
import { GLOBAL_VALUES } from "../check/builtins.ts";
import { bare } from "./ast.ts";

export const EQUALITY: ReadonlySet<string> = new Set(["===", "!==", "==", "!="]);

/** Methods that find an object by identity. */
export const SEARCHES: ReadonlySet<string> = new Set(["includes", "indexOf", "lastIndexOf"]);

const PRIMITIVE = new Set<Node["type"]>([
  "TemplateLiteral",
  "UnaryExpression",
  "BinaryExpression",
  "UpdateExpression",
]);

/** False for what is no object, whatever its parts are. */
export function mayBeObject(node: Node): boolean {
  const inner = bare(node as Expression);
  if (inner.type === "Literal") return "regex" in inner;
  if (inner.type === "Identifier") return !GLOBAL_VALUES.has(inner.name);
  if (inner.type === "LogicalExpression") return mayBeObject(inner.left) || mayBeObject(inner.right);
  if (inner.type === "ConditionalExpression")
    return mayBeObject(inner.consequent) || mayBeObject(inner.alternate);
  return !PRIMITIVE.has(inner.type);
}

/** What can be read twice: `rows`, `this.rows`, `group.rows`. */
export function isPath(node: Node): boolean {
  if (node.type === "Identifier" || node.type === "ThisExpression") return true;
  return node.type === "MemberExpression" && !node.computed && !node.optional && isPath(node.object);
}

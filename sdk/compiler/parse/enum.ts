import type { Expression, Node, TSEnumDeclaration } from "oxc-parser";
import { bare } from "./ast.ts";

type Value = string | number;

/**
 * The object that an enum is at run time, numbers' way back to their names included, as a literal; nothing where a member
 * is computed from more than literals and the members before it.
 */
export function enumObject(node: TSEnumDeclaration): Expression | undefined {
  const members = new Map<string, Value>();
  const object: Record<string, Value> = {};
  let next: number | undefined = 0;
  for (const { id, initializer } of node.body.members) {
    const name = id.type === "Identifier" ? id.name : id.type === "Literal" ? String(id.value) : undefined;
    const value: Value | undefined = initializer ? memberValue(initializer, node.id.name, members) : next;
    if (name === undefined || name === "__proto__" || value === undefined) return undefined;
    members.set(name, value);
    object[name] = value;
    if (typeof value === "number") object[value] = name;
    next = typeof value === "number" ? value + 1 : undefined;
  }
  return literal(object, node);
}

function memberValue(
  given: Expression,
  name: string,
  members: ReadonlyMap<string, Value>,
): Value | undefined {
  const node = bare(given);
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" || typeof node.value === "number" ? node.value : undefined;
    case "TemplateLiteral":
      return node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? undefined) : undefined;
    case "Identifier":
      return members.get(node.name);
    case "MemberExpression":
      return !node.computed && node.object.type === "Identifier" && node.object.name === name
        ? members.get((node.property as { name: string }).name)
        : undefined;
    case "UnaryExpression": {
      const value = memberValue(node.argument, name, members);
      if (typeof value !== "number") return undefined;
      return node.operator === "-" ? -value : node.operator === "~" ? ~value : undefined;
    }
    case "BinaryExpression": {
      const left = memberValue(node.left as Expression, name, members);
      const right = memberValue(node.right, name, members);
      return typeof left === "number" && typeof right === "number"
        ? BINARY[node.operator]?.(left, right)
        : undefined;
    }
    default:
      return undefined;
  }
}

/** What flags are made of. */
const BINARY: Record<string, (a: number, b: number) => number> = {
  "|": (a, b) => a | b,
  "&": (a, b) => a & b,
  "<<": (a, b) => a << b,
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
};

function literal(object: Record<string, Value>, { start, end }: Node): Expression {
  const properties = Object.entries(object).map(([key, value]) => ({
    type: "Property",
    kind: "init",
    method: false,
    shorthand: false,
    computed: false,
    key: { type: "Literal", value: key, start, end },
    value: number(value, { start, end }),
    start,
    end,
  }));
  return { type: "ObjectExpression", properties, start, end } as unknown as Expression;
}

/** JavaScript has no negative literals. */
function number(value: Value, span: { start: number; end: number }): object {
  if (typeof value !== "number" || (value >= 0 && !Object.is(value, -0)))
    return { type: "Literal", value, ...span };
  const argument = { type: "Literal", value: -value, ...span };
  return { type: "UnaryExpression", operator: "-", prefix: true, argument, ...span };
}

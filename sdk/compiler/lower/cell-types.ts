import type { Expression, Node } from "oxc-parser";
import type { Assignment, CellBinding, Uses } from "../graph.ts";
import { bare, childrenOf } from "../parse/ast.ts";

type Only = NonNullable<CellBinding["only"]>;

/** What a variable is given: by which operator, and which expression; nothing stands for what only the run tells. */
type Write = { operator: string; value: Expression } | undefined;
type Writes = Map<CellBinding, Write[]>;

/**
 * Finds the cells that hold texts alone, or booleans alone, by the form of all that is ever assigned to them: `s += x` is
 * a text where `s` was one. Types that the author wrote are not looked at.
 */
export function findTypes(assignments: readonly Assignment[], uses: Uses): void {
  const writes: Writes = new Map();
  for (const assignment of assignments) noteAssignment(assignment, uses, writes);
  for (const only of ["string", "boolean"] as const) {
    const cells = new Set([...writes].filter(([, all]) => all.every(Boolean)).map(([cell]) => cell));
    // Taken to be so until one of them is given something else.
    for (let size = -1; size !== cells.size; ) {
      size = cells.size;
      for (const cell of cells)
        if (!writes.get(cell)?.every((one) => one && givesOnly(one, only, uses, cells))) cells.delete(cell);
    }
    for (const cell of cells) cell.only = only;
  }
}

function noteAssignment({ made, cells }: Assignment, uses: Uses, writes: Writes): void {
  const found: Writes = new Map();
  if (made.by === "declaration") {
    const [own, ...more] = made.made;
    const isPlain = own && more.length === 0 && made.pattern.type === "Identifier" && !made.parameter;
    if (isPlain) note(found, own, made.init && { operator: "=", value: made.init });
    if (made.init) visit(made.init, uses, found, new Set());
  }
  if (made.by === "statement") visit(made.node, uses, found, new Set());
  if (made.by === "script") for (const one of made.statements) visit(one, uses, found, new Set());
  // What is changed in a way that is not seen here may be given anything.
  for (const cell of cells) if (!found.has(cell)) note(found, cell, undefined);
  for (const [cell, all] of found) writes.set(cell, [...(writes.get(cell) ?? []), ...all]);
}

const note = (writes: Writes, cell: CellBinding, write: Write): unknown =>
  writes.set(cell, [...(writes.get(cell) ?? []), write]);

/** Everything in a piece of the source that gives a cell a value, also in functions that it may call. */
function visit(node: Node, uses: Uses, found: Writes, seen: Set<Node>): void {
  if (seen.has(node)) return;
  seen.add(node);
  const bound = uses.get(node);
  if (bound?.kind === "pure" && bound.definition.init) visit(bound.definition.init, uses, found, seen);
  if (node.type === "AssignmentExpression") {
    const target = bare(node.left as Expression);
    const write = { operator: node.operator, value: node.right };
    for (const cell of cellsIn(target, uses))
      note(found, cell, target.type === "Identifier" ? write : undefined);
  }
  if (node.type === "VariableDeclarator")
    for (const cell of cellsIn(node.id, uses))
      note(
        found,
        cell,
        node.id.type === "Identifier" && node.init ? { operator: "=", value: node.init } : undefined,
      );
  const given =
    node.type === "UpdateExpression"
      ? node.argument
      : node.type === "ForOfStatement" || node.type === "ForInStatement"
        ? node.left
        : undefined;
  if (given) for (const cell of cellsIn(given, uses)) note(found, cell, undefined);
  for (const child of childrenOf(node)) visit(child, uses, found, seen);
}

/** The cells that stand in a target; of `o.k` it is `o`, which is no text then. */
function cellsIn(target: Node, uses: Uses): CellBinding[] {
  const bound = uses.get(target);
  if (bound?.kind === "cell") return [bound];
  return childrenOf(target).flatMap((child) => cellsIn(child, uses));
}

function givesOnly(
  { operator, value }: NonNullable<Write>,
  only: Only,
  uses: Uses,
  cells: ReadonlySet<CellBinding>,
): boolean {
  if (operator === "+=") return only === "string"; // it was one before
  return ["=", "??=", "||=", "&&="].includes(operator) && isOnly(value, only, uses, cells);
}

const COMPARING = new Set(["===", "!==", "==", "!=", "<", "<=", ">", ">=", "in", "instanceof"]);

/** The expression gives nothing but such values, where it gives one. */
function isOnly(
  given: Expression,
  only: Only,
  uses: Uses,
  cells: ReadonlySet<CellBinding>,
  depth = 0,
): boolean {
  const is = (node: Node): boolean => depth < 20 && isOnly(node as Expression, only, uses, cells, depth + 1);
  const bound = uses.get(given);
  if (bound?.kind === "cell") return cells.has(bound);
  if (bound?.kind === "pure") {
    const { init, pattern, source, form } = bound.definition;
    return pattern?.type === "Identifier" && !source && !form && init !== undefined && is(init);
  }
  if (bound) return false;
  const node = bare(given);
  if (node !== given) return is(node);
  switch (node.type) {
    case "Literal":
      return typeof node.value === only;
    case "TemplateLiteral":
      return only === "string";
    case "UnaryExpression":
      return only === "string" ? node.operator === "typeof" : node.operator === "!";
    case "BinaryExpression":
      if (only === "boolean") return COMPARING.has(node.operator);
      return node.operator === "+" && (is(node.left) || is(node.right));
    case "ConditionalExpression":
      return is(node.consequent) && is(node.alternate);
    case "LogicalExpression":
      return is(node.left) && is(node.right);
    default:
      return false;
  }
}

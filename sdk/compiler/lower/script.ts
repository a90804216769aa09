import type { Expression, Node } from "oxc-parser";
import { checkLocal } from "../check/callback.ts";
import type { Block, CellBinding, ReturnNode } from "../graph.ts";
import { childrenOf, containsAwait, isFunction } from "../parse/ast.ts";
import { isAwaitable } from "./awaited.ts";
import { hoistAwaits } from "./awaits.ts";
import { headOf } from "./block.ts";
import { changedCells, named } from "./cells.ts";
import { jumpTo } from "./jumps.ts";
import { flush, headOfLoop } from "./loops.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";
import { addReturn } from "./return.ts";

type Crossing = ReturnNode["crossing"];
type Exit = Extract<Node, { type: "ReturnStatement" | "BreakStatement" | "ContinueStatement" }>;

const LOOPS = new Set<Node["type"]>([
  "ForStatement",
  "ForOfStatement",
  "ForInStatement",
  "WhileStatement",
  "DoWhileStatement",
]);

/**
 * True for a statement that runs as the author wrote it: a loop or a `try` in which nothing waits. As states it would
 * cost a transition a turn.
 */
export const isScript = (lowering: Lowering, place: Place, statement: Node): boolean =>
  (LOOPS.has(statement.type) || statement.type === "TryStatement" || statement.type === "LabeledStatement") &&
  !containsAwait(statement) &&
  !callsTask(lowering, place, statement);

/** `return load(x)` waits, too. */
const callsTask = (lowering: Lowering, place: Place, node: Node): boolean =>
  isAwaitable(lowering, place, node as Expression) ||
  childrenOf(node).some((child) => callsTask(lowering, place, child));

/**
 * A synchronous statement as a part of the next region, or as a node of its own where control may leave it.
 *
 * @param declared what the statement declares for those after it
 */
export function lowerScript(
  lowering: Lowering,
  place: Place,
  statement: Node,
  crossing: Crossing,
  declared: readonly CellBinding[] = [],
): void {
  const exits = exitsOf(statement);
  const known = lowering.mistakes;
  lowering.scripts.push(statement);
  lowering.checkChanging(place, () => checkLocal(lowering.context, statement, place.scope));
  if (lowering.mistakes > known) return;
  const cells = [...declared, ...changedCells(lowering, statement)];
  const span = headOf(statement);
  if (exits.length === 0 && !(place.guarded && cells.length > 0)) {
    lowering.assign(place, cells, { by: "script", statements: [statement], made: [] }, span);
    if (place.guarded) flush(lowering, place, statement);
    return;
  }
  if (place.guarded) flush(lowering, place, statement);
  const value = lowering.temporary("returned", place);
  const places = new Map<Node, number>();
  for (const exit of exits) places.set(exit, places.size);
  lowering.assign(
    place,
    [value, ...cells],
    {
      by: "script",
      statements: [statement],
      made: [value, ...declared],
      exits: { places, value, catches: place.guarded },
    },
    span,
  );
  const script = lowering.region(place, "script", [], span);
  place.nodes.push({
    kind: "script",
    id: lowering.stateName(lowering.text({ start: statement.start, end: headEnd(statement) })),
    span,
    script,
    exits: exits.map((exit) => lowerExit(lowering, place, exit, value, crossing)),
    catches: place.guarded,
  });
}

/**
 * `for (const x of await t()) sum += x;`: what is gone through is awaited once, before the first turn, and nothing else
 * waits. As states it would cost a transition a turn.
 *
 * @returns false for any other statement
 */
export function lowerScriptOver(
  lowering: Lowering,
  place: Place,
  statement: Node,
  crossing: Crossing,
): boolean {
  const loop = unlabelled(statement);
  if (loop.type !== "ForInStatement" && (loop.type !== "ForOfStatement" || loop.await)) return false;
  const { left, right, body } = loop;
  const waits = (part: Node): boolean => containsAwait(part) || callsTask(lowering, place, part);
  if (!containsAwait(right) || waits(left) || waits(body)) return false;
  const [declared] = left.type === "VariableDeclaration" ? left.declarations : [];
  hoistAwaits(lowering, headOfLoop(place, declared?.id), right);
  lowerScript(lowering, place, statement, crossing);
  return true;
}

const unlabelled = (statement: Node): Node =>
  statement.type === "LabeledStatement" ? unlabelled(statement.body) : statement;

/** Where the first line of a statement ends: its body does not name a state. */
function headEnd(statement: Node): number {
  const body = "body" in statement ? (statement.body as Node) : undefined;
  return body && !Array.isArray(body) ? body.start : statement.start + 3;
}

function lowerExit(
  lowering: Lowering,
  outer: Place,
  exit: Exit,
  value: CellBinding,
  crossing: Crossing,
): Block {
  const place = innerPlace(outer);
  if (exit.type !== "ReturnStatement") jumpTo(lowering, place, exit);
  else addReturn(lowering, place, exit, exit.argument ? named(lowering, exit, value) : undefined, crossing);
  return place.nodes;
}

/** What leaves the statement: every `return`, and each jump whose loop or label lies outside. */
export function exitsOf(statement: Node): Exit[] {
  const exits: Exit[] = [];
  const visit = (node: Node, loops: boolean, breaks: boolean, labels: readonly string[]): void => {
    if (isFunction(node)) return;
    if (node.type === "ReturnStatement") exits.push(node);
    else if (node.type === "BreakStatement" || node.type === "ContinueStatement") {
      const stays = node.label
        ? labels.includes(node.label.name)
        : node.type === "BreakStatement"
          ? breaks
          : loops;
      if (!stays) exits.push(node);
    }
    const isLoop = LOOPS.has(node.type);
    const inner = node.type === "LabeledStatement" ? [...labels, node.label.name] : labels;
    for (const child of childrenOf(node))
      visit(child, loops || isLoop, breaks || isLoop || node.type === "SwitchStatement", inner);
  };
  visit(statement, false, false, []);
  return exits;
}

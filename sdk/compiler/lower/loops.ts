import type { Expression, Node } from "oxc-parser";
import { checkIterated, report } from "../check/pure.ts";
import {
  armsOf,
  type CellBinding,
  type GraphNode,
  type LoopNode,
  type Region,
  type ReturnNode,
} from "../graph.ts";
import { bare, namesOf } from "../parse/ast.ts";
import { onlyIf, stillIn } from "../parse/make.ts";
import { isMadeHere } from "../sharing/methods.ts";
import { hoistAwaits, readsAny } from "./awaits.ts";
import { ends, headOf, lowerStatements } from "./block.ts";
import { bindCells, changedCells } from "./cells.ts";
import { lowerChange } from "./change.ts";
import { effectsOf, hasEffects } from "./effects.ts";
import { lowerEach } from "./future-lists.ts";
import { innerPlace, type Lowering, type Place } from "./lowering.ts";
import { Scope } from "./scope.ts";
import { eachLoop } from "./settled-awaits.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Crossing = ReturnNode["crossing"];

/** What tells the loops apart: how a turn begins, what it does at its end, and what decides. */
interface Shape {
  label: string;
  span: { start: number; end: number };
  /** Absent: always. */
  test?: Expression;
  /** For `for … of` and `for … in`: the test and the element. */
  elements?: { list: CellBinding; pattern: Node; live: boolean };
  labels?: readonly string[];
  testedFirst: boolean;
  update?: Expression | null;
  body: Node;
}

export function lowerWhile(
  lowering: Lowering,
  place: Place,
  statement: Of<"WhileStatement">,
  crossing: Crossing,
): void {
  const { test, body } = statement;
  lowerLoop(
    lowering,
    place,
    { label: `while ${lowering.text(test)}`, span: statement, test, testedFirst: true, body },
    crossing,
  );
}

export function lowerDoWhile(
  lowering: Lowering,
  place: Place,
  statement: Of<"DoWhileStatement">,
  crossing: Crossing,
): void {
  const { test, body } = statement;
  lowerLoop(
    lowering,
    place,
    { label: `do while ${lowering.text(test)}`, span: statement, test, testedFirst: false, body },
    crossing,
  );
}

export function lowerFor(
  lowering: Lowering,
  outer: Place,
  statement: Of<"ForStatement">,
  crossing: Crossing,
): void {
  const place = { ...outer, scope: new Scope(outer.scope) };
  const { init, test, update, body } = statement;
  if (init?.type === "VariableDeclaration") lowerStatements(lowering, place, [init], crossing);
  else if (init) lowerUpdates(lowering, place, init);
  const label = test ? `for ${lowering.text(test)}` : "for";
  lowerLoop(
    lowering,
    place,
    { label, span: statement, ...(test && { test }), testedFirst: true, update, body },
    crossing,
  );
}

/** `for (const x of list)`: the list is taken once, as its iterator would give it; so are the keys of `for … in`. */
export function lowerForOf(
  lowering: Lowering,
  outer: Place,
  statement: Of<"ForOfStatement" | "ForInStatement">,
  crossing: Crossing,
): void {
  if (statement.type === "ForOfStatement" && lowerEach(lowering, outer, statement, crossing)) return;
  const each = statement.type === "ForOfStatement" ? eachLoop(lowering, outer, statement) : undefined;
  if (each) {
    lowerForOf(lowering, each.place, each.loop, crossing);
    return;
  }
  const { left, right } = statement;
  const keys = statement.type === "ForInStatement";
  if (keys) lowering.context.seesKeys = true;
  const changes = keys && right.type === "Identifier" && lowering.sharing.isMutated(right);
  const awaits = statement.type === "ForOfStatement" && statement.await;
  if (left.type !== "VariableDeclaration" || left.kind === "var") {
    report(lowering.context, "RLT1104", left, "Write `for (const x of …)`.");
    return;
  }
  const pattern = left.declarations[0]?.id;
  if (!pattern) return;
  const body = changes ? whileThere(lowering, right, pattern, statement.body) : statement.body;
  if (!body) {
    report(lowering.context, "RLT1101", right, "The object whose keys are gone through changes.");
    return;
  }
  const place = { ...outer, scope: new Scope(outer.scope) };
  const head = headOfLoop(place, pattern);
  const list = keys ? undefined : liveList(lowering, head, right);
  if (list) lowering.require(place, right, awaits ? "awaited" : "iterated");
  else if (!changes) refuseLive(lowering, right, body);
  lowerLoop(
    lowering,
    place,
    {
      label: `for ${lowering.text(pattern)} ${keys ? "in" : "of"} ${lowering.text(right)}`,
      span: statement,
      elements: {
        list: list ?? snapshot(lowering, head, place, { right, keys, awaits }),
        pattern,
        live: list !== undefined,
      },
      testedFirst: true,
      body,
    },
    crossing,
  );
}

/** The names of the elements hide outer ones in the list already, where they are not defined yet. */
export function headOfLoop(place: Place, pattern: Node | undefined): Place {
  const scope = new Scope(place.scope);
  for (const name of pattern ? namesOf(pattern) : []) scope.declare(name, "later");
  return { ...place, scope };
}

/** The keys are those of the beginning, but for those that are gone when their turn comes. */
function whileThere(lowering: Lowering, object: Expression, key: Node, body: Node): Node | undefined {
  if (key.type !== "Identifier" || lowering.sharing.isAssigned(key) || lowering.sharing.isAssigned(object))
    return undefined;
  return onlyIf(stillIn(lowering.copy(key as Expression), lowering.copy(object)), body);
}

/** The list as it is before the first turn. */
function snapshot(
  lowering: Lowering,
  head: Place,
  place: Place,
  { right, keys, awaits }: { right: Expression; keys: boolean; awaits: boolean },
): CellBinding {
  hoistAwaits(lowering, head, right);
  checkIterated(lowering.context, right, head.scope);
  const list = { ...lowering.cell("list", place, true), name: "list$" };
  lowering.assign(place, [list], { by: "list", init: right, keys, awaits }, right);
  return list;
}

/** A variable whose list, or whose elements, change in place: the loop goes through the list itself. */
function liveList(lowering: Lowering, place: Place, right: Expression): CellBinding | undefined {
  const node = bare(right);
  if (node.type !== "Identifier" || !lowering.sharing.isMutated(node) || lowering.sharing.isAssigned(node))
    return undefined;
  lowering.check(right, place.scope);
  const found = place.scope.find(node.name);
  return typeof found === "object" && found.kind === "cell" && !isCollection(lowering, found)
    ? found
    : undefined;
}

/** A Map or a Set has no index to go on with: what an array of its elements is made of. */
const isCollection = (lowering: Lowering, cell: CellBinding): boolean =>
  lowering.assignments.some(({ cells, made }) => {
    const init = made.by === "declaration" && cells.includes(cell) && made.init && bare(made.init);
    return (
      init &&
      init.type === "NewExpression" &&
      init.callee.type === "Identifier" &&
      ["Map", "Set"].includes(init.callee.name)
    );
  });

/** Of anything else the loop has a copy, so that it must not change meanwhile. */
function refuseLive(lowering: Lowering, right: Expression, body: Node): void {
  if (isMadeHere(right)) return;
  const changed = effectsOf(lowering, body);
  const isChanged = (identifier: Node): boolean => {
    const variable = lowering.sharing.of(identifier);
    return variable !== undefined && changed.has(variable) && lowering.sharing.isMutated(identifier);
  };
  if (readsAny(right, isChanged))
    report(
      lowering.context,
      "RLT1101",
      right,
      "What the loop goes through changes in its body: give it a name of its own.",
    );
}

/** `i++`, `i += 2`, or several with commas. */
function lowerUpdates(lowering: Lowering, place: Place, node: Expression): void {
  const inner = bare(node);
  if (inner.type === "SequenceExpression")
    for (const one of inner.expressions) lowerUpdates(lowering, place, one);
  else if (hasEffects(lowering, inner)) lowerChange(lowering, place, inner);
  else {
    hoistAwaits(lowering, place, inner);
    lowering.check(inner, place.scope);
    lowering.define(place, undefined, inner, inner);
  }
}

/** A name for an element that changes: it stands for the element itself. */
const isElement = (
  lowering: Lowering,
  pattern: Node,
): pattern is Node & { type: "Identifier"; name: string } =>
  pattern.type === "Identifier" &&
  lowering.sharing.isMutated(pattern) &&
  !lowering.sharing.isAssigned(pattern);

function lowerLoop(lowering: Lowering, place: Place, shape: Shape, crossing: Crossing): void {
  const { span, elements } = shape;
  const id = lowering.stateName(shape.label);
  const turn = { ...lowering.cell("turn", place), name: "turn$" };
  lowering.assign(place, [turn], { by: "number", value: 0 }, span);
  const node: LoopNode = {
    kind: "loop",
    id,
    span: headOf({ ...span } as Node),
    body: [],
    tail: [],
    turn,
    breaks: false,
  };
  lowering.labels.set(node, lowering.takeLabels());
  if (shape.testedFirst && !isAlways(shape)) node.first = testOf(lowering, place, shape, node);
  else flush(lowering, place, span);
  const inner: Place = { ...innerPlace(place), nodes: node.body, loops: [...place.loops, node] };
  if (elements?.live && isElement(lowering, elements.pattern)) {
    lowering.defineElement(inner, elements.pattern, elements.list, turn);
  } else if (elements) {
    const cells = bindCells(lowering, inner, elements.pattern);
    const changed = changedCells(lowering, elements.pattern).filter((cell) => !cells.includes(cell));
    lowering.assign(
      inner,
      [...cells, ...changed],
      { by: "element", list: elements.list, index: turn, pattern: elements.pattern },
      elements.pattern,
    );
  }
  lowerStatements(
    lowering,
    inner,
    shape.body.type === "BlockStatement" ? shape.body.body : [shape.body],
    crossing,
  );
  const continues = hasContinue(node.body, node);
  const reaches = !ends(inner.nodes);
  if (reaches && continues) flush(lowering, inner, span);
  if (reaches || continues) {
    // Without a continue, what the body leaves pending is evaluated together with the test: a turn then costs one Choice.
    const end: Place = {
      ...innerPlace(place),
      scope: place.scope,
      nodes: node.tail,
      pending: reaches && !continues ? inner.pending : [],
    };
    if (shape.update) lowerUpdates(lowering, end, shape.update);
    if (shape.update && place.guarded) flush(lowering, end, shape.update);
    const again = isAlways(shape) ? undefined : testAgain(lowering, end, shape);
    // Last of all: what waits in the tail has the number of its own turn.
    lowering.assign(end, [turn], { by: "increment" }, span);
    node.again = again ? again(node) : lowering.region(end, "check", [], node.span);
  }
  place.nodes.push(node);
}

const isAlways = ({ test, elements }: Shape): boolean => {
  const literal = test && bare(test);
  return !elements && (!literal || (literal.type === "Literal" && Boolean(literal.value)));
};

function testOf(lowering: Lowering, place: Place, shape: Shape, node: LoopNode): Region {
  const test = shape.testedFirst ? shape.test : undefined;
  if (test) {
    hoistAwaits(lowering, place, test);
    lowering.check(test, place.scope);
  }
  return testRegion(lowering, place, shape, test)(node);
}

/** The test at the end of a turn: a copy of the one at the entry, if there is one. */
function testAgain(lowering: Lowering, place: Place, shape: Shape): (node: LoopNode) => Region {
  const test = shape.test && (shape.testedFirst ? lowering.copy(shape.test) : shape.test);
  if (test) {
    hoistAwaits(lowering, place, test);
    lowering.check(test, place.scope);
  }
  return testRegion(lowering, place, shape, test);
}

const testRegion =
  (lowering: Lowering, place: Place, { elements }: Shape, test: Expression | undefined) =>
  (node: LoopNode): Region => {
    const values = test ? [{ expression: test, spread: false }] : [];
    const region = lowering.region(place, "test", values, test ?? node.span);
    return elements ? { ...region, inside: { list: elements.list, index: node.turn } } : region;
  };

/** Whatever is pending is done here, since control goes on from more than one place to the next state. */
export function flush(lowering: Lowering, place: Place, at: { start: number; end: number }): void {
  if (place.pending.length === 0) return;
  const assignments = place.pending.flatMap((one) => (one.kind === "assignment" ? [one.assignment] : []));
  const names = assignments.flatMap(({ cells }) => cells.map(({ name }) => name.replace(/\$$/, "")));
  const span = assignments.at(-1)?.span ?? { start: at.start, end: Math.min(at.end, at.start + 40) };
  const check = lowering.region(place, "check", [], span);
  const id = lowering.stateName(names.length > 0 ? `set ${[...new Set(names)].join(" ")}` : "check");
  place.nodes.push({ kind: "check", id, span, check });
}

function hasContinue(block: readonly GraphNode[], loop: LoopNode): boolean {
  return block.some((node) => {
    if (node.kind === "jump") return node.loop === loop && node.jump === "continue";
    return armsOf(node).some((arm) => hasContinue(arm, loop));
  });
}

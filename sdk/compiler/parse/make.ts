import type { Expression, Node } from "oxc-parser";
import type { Span } from "../source-file.ts";

type Assigning = Extract<Node, { type: "AssignmentExpression" }>;

/** Nodes that stand in no file: their text is made of their parts. */
const made = new WeakSet<Node>();

export const isMadeUp = (node: Node): boolean => made.has(node);

/** A node that stands in no file. */
export const noteMade = <N extends Node>(node: N): N => note(node);

/** What a made node is written as, and where its children stand in that. */
export interface Writing extends Span {
  text: string;
  children: readonly Span[];
}

const written = new WeakMap<Node, Writing>();
export const noteWriting = (node: Node, writing: Writing): void => void written.set(node, writing);
export const writingOf = (node: Node): Writing | undefined => written.get(node);

/** Names that must stand for promises, since a method of one is called. */
const promises = new WeakSet<Node>();
export const notePromise = (name: Node): void => void promises.add(name);
export const isPromise = (node: Node): boolean => promises.has(node);

/** A copy stands where the node does. */
export function noteCopy(node: Node, copy: Node): void {
  if (made.has(node)) made.add(copy);
  if (promises.has(node)) promises.add(copy);
  const writing = written.get(node);
  if (writing) written.set(copy, writing);
}

/** The node once more, for when the node itself stands for something else from now on. */
export function twin<N extends Node>(node: N): N {
  const copy = { ...node };
  noteCopy(node, copy);
  return copy;
}

/** `left === right`, for a comparison that JavaScript makes without writing it. */
export function comparison(left: Expression, right: Expression, { start, end }: Span): Expression {
  return note({ type: "BinaryExpression", operator: "===", left, right, start, end } as Expression);
}

/** `x ??= y` as `x = value`, where it is known by now that there is to be an assignment. */
export const assignment = (node: Assigning, right: Expression): Assigning =>
  note({ ...node, operator: "=", right });

/** `await x`, for a call whose promise is awaited without being written so. */
export const awaitOf = (argument: Expression): Expression =>
  note({ type: "AwaitExpression", argument, start: argument.start, end: argument.end } as Expression);

/** `key in object`: the key is still there. */
export const stillIn = (key: Expression, object: Expression): Expression =>
  note({
    type: "BinaryExpression",
    operator: "in",
    left: key,
    right: object,
    start: object.start,
    end: object.end,
  } as Expression);

/** `if (test) body`. */
export const onlyIf = (test: Expression, body: Node): Node =>
  note({
    type: "IfStatement",
    test,
    consequent: body,
    alternate: null,
    start: body.start,
    end: body.end,
  } as Node);

/** `${x}`: the text that a template, or a key, makes of a value. */
export const textMade = (value: Expression): Expression =>
  note({
    type: "TemplateLiteral",
    quasis: [blank(value.start), blank(value.end)],
    expressions: [value],
    start: value.start,
    end: value.end,
  } as Expression);

/** `[...x]`: what a list, or a call, takes out of what is spread in it. */
export const listMade = (value: Expression): Expression =>
  note({
    type: "ArrayExpression",
    elements: [{ type: "SpreadElement", argument: value, start: value.start, end: value.end }],
    start: value.start,
    end: value.end,
  } as Expression);

/** `[x]`: a list of what stands in none. */
export const listOf = (first: Node, ...more: readonly Node[]): Expression =>
  note({ type: "ArrayExpression", elements: [first, ...more], ...place(first) } as unknown as Expression);

/** `[x, ...y]`, of what stands in a call. */
export const listMadeOf = (elements: readonly Node[], at: Span): Expression =>
  note({
    type: "ArrayExpression",
    elements: [...elements],
    ...place(elements[0] ?? at),
  } as unknown as Expression);

/** A value that stands in the place of another node. */
export const inPlaceOf = (expression: Expression, at: Span): Expression =>
  note({ type: "ParenthesizedExpression", expression, ...place(at) } as Expression);

/** `...x`. */
export const spreadOf = (argument: Expression): Node =>
  ({ type: "SpreadElement", argument, ...place(argument) }) as Node;

/** The node with other parts. */
export const withParts = <N extends Expression>(node: N, parts: Partial<N>): N => note({ ...node, ...parts });

/** `(value) => f(value)` or `() => f()`, for the name of a function that stands where one is given. */
export function callerOf(callee: Expression, takesValue: boolean): Node {
  const at = place(callee);
  const value = (): Node => note({ type: "Identifier", name: "value$", ...at } as Node);
  const args = takesValue ? [value()] : [];
  const body = { type: "CallExpression", callee, arguments: args, optional: false, ...at };
  const rest = { async: false, generator: false, expression: true };
  return note({
    type: "ArrowFunctionExpression",
    params: takesValue ? [value()] : [],
    body: note(body as unknown as Node),
    ...rest,
    ...at,
  } as Node);
}

/** A number that the lowering counts with. */
export const numeral = (value: number, { start, end }: Node): Expression =>
  note({ type: "Literal", value, raw: String(value), start, end } as Expression);

/** A text that stands in no file. */
export const literal = (value: string, at: Span): Expression =>
  note({ type: "Literal", value, raw: JSON.stringify(value), ...place(at) } as Expression);

/** `throw x;` */
export const throwOf = (argument: Expression): Node =>
  note({ type: "ThrowStatement", argument, ...place(argument) } as Node);

/** `if (test) { … } else { … }` */
export const ifElse = (test: Expression, yes: readonly Node[], no: readonly Node[]): Node =>
  note({
    type: "IfStatement",
    test,
    consequent: { type: "BlockStatement", body: [...yes], ...place(test) },
    alternate: no.length === 0 ? null : { type: "BlockStatement", body: [...no], ...place(test) },
    ...place(test),
  } as unknown as Node);

/** `test ? yes : no` */
export const choiceOf = (test: Expression, consequent: Expression, alternate: Expression): Expression =>
  note({ type: "ConditionalExpression", test, consequent, alternate, ...place(test) } as Expression);

/** `const id = init;` */
export const declarationOf = (kind: string, id: Node, init: Expression): Node =>
  note({
    type: "VariableDeclaration",
    kind,
    declarations: [{ type: "VariableDeclarator", id, init, ...place(id) }],
    ...place(id),
  } as unknown as Node);

/** A name that stands in no file. */
export const identifier = (name: string, { start, end }: Span): Expression =>
  note({ type: "Identifier", name, start, end } as Expression);

/** `object.key`, `object[3]`. */
export const member = (object: Expression, key: string | number, at: Span): Expression =>
  note({
    type: "MemberExpression",
    object,
    property:
      typeof key === "number" ? numeral(key, at as Node) : { type: "Identifier", name: key, ...place(at) },
    computed: typeof key === "number",
    optional: false,
    ...place(at),
  } as Expression);

/** `(a, b) => value`. */
export const arrow = (params: readonly Expression[], body: Node, at: Span, async = false): Expression =>
  note({
    type: "ArrowFunctionExpression",
    params: [...params],
    body,
    async,
    expression: body.type !== "BlockStatement",
    generator: false,
    id: null,
    ...place(at),
  } as unknown as Expression);

/** What stands in a list in the place of a call that has begun; */
export interface Begun {
  site: number;
  args: readonly Node[];
  keeps: readonly Expression[];
  as: "call" | "body" | "list";
}

const begun = new WeakMap<Node, Begun>();

export const begunOf = (node: Node): Begun | undefined => begun.get(node);

/** `{ site, args, keeps }`, where JSONata says it; JavaScript counts those that have begun. What may be undefined stands by its place. */
export function begin(call: Begun, at: Span): Expression {
  const list = (elements: readonly Node[]): Expression => {
    const made = { type: "ArrayExpression", elements: [...elements], ...place(at) } as Expression;
    crossing.add(made);
    return made;
  };
  const byPlace = (values: readonly Node[]): Expression =>
    objectOf(Object.fromEntries(values.map((one, i) => [placeName(i), one])), at);
  const node = objectOf(
    {
      site: numeral(call.site, at as Node),
      args: call.as === "body" ? byPlace(call.args) : list(call.args),
      keeps: byPlace(call.keeps),
    },
    at,
  );
  begun.set(node, call);
  return node;
}

/** Lists of what tasks are called with: they leave the flow. */
const crossing = new WeakSet<Node>();
export const isCrossing = (node: Node): boolean => crossing.has(node);

/** What stands at a place among those that may be undefined: JSON keeps no key of such a one, and a list would hold null. */
export const placeName = (i: number): string => `a${i}`;

/** `{ key: value }`. */
function objectOf(fields: Record<string, Node>, at: Span): Expression {
  const properties = Object.entries(fields).map(([name, value]) => ({
    type: "Property",
    kind: "init",
    key: { type: "Identifier", name, ...place(at) },
    value,
    computed: false,
    method: false,
    shorthand: false,
    ...place(at),
  }));
  return note({ type: "ObjectExpression", properties, ...place(at) } as unknown as Expression);
}

/** Which call of a list it is that statements push, and whether what it gets stays as it is. */
const pushed = new WeakMap<Node, { site: number; exact: boolean }>();
export const notePushed = (call: Node, site: number, exact: boolean): void =>
  void pushed.set(call, { site, exact });
export const pushedOf = (call: Node): { site: number; exact: boolean } | undefined => pushed.get(call);

const place = ({ start, end }: Span): Span => ({ start, end });

const blank = (at: number): Node =>
  ({ type: "TemplateElement", value: { raw: "", cooked: "" }, tail: false, start: at, end: at }) as Node;

function note<N extends Node>(node: N): N {
  made.add(node);
  return node;
}

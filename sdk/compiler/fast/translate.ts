import type { Expression, Node } from "oxc-parser";
import { stringLiteral } from "../../asl/expression.ts";
import { LOST_KEY } from "../../model/protocol.ts";
import { PROTOTYPE_NAMES } from "../check/builtins.ts";
import type { Binding, CellBinding, PureBinding } from "../graph.ts";
import { bare, memberName } from "../parse/ast.ts";
import { both, type Fast, type FastContext, strict, type Translate, withGuard } from "./fast.ts";
import { literalAt } from "./literals.ts";
import { asNumber } from "./numbers.ts";
import { binary, conditional, logical, unary } from "./operators.ts";
import { template } from "./template-literal.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** One function a kind of expression; what is not listed runs as the author's own JavaScript. */
const TRANSLATORS: { [T in Node["type"]]?: Translate<Of<T>> } = {
  Literal: literal,
  TemplateLiteral: template,
  Identifier: identifier,
  MemberExpression: member,
  ChainExpression: (node, context) => translate(node.expression, context),
  BinaryExpression: binary,
  LogicalExpression: logical,
  ConditionalExpression: conditional,
  UnaryExpression: unary,
  CallExpression: call,
};

/** Longer expressions are inline steps: values that are used twice in each of many steps would grow without end. */
const MOST_CHARACTERS = 6_000;

export function translate(node: Node, context: FastContext): Fast | undefined {
  const bound = context.uses.get(node);
  if (bound) return fromBinding(bound, context);
  const inner = bare(node as Expression) as Node;
  if (inner !== node) return translate(inner, context);
  const one = TRANSLATORS[node.type] as Translate | undefined;
  const fast = one?.(node, context);
  return fast && fast.code.length + (fast.guard ?? []).join("").length <= MOST_CHARACTERS ? fast : undefined;
}

function literal(node: Of<"Literal">): Fast | undefined {
  if (typeof node.value === "string") {
    return node.value.isWellFormed()
      ? { code: stringLiteral(node.value), type: "string", present: true }
      : undefined;
  }
  if (typeof node.value === "number") {
    const bits = Math.max(1, Math.ceil(Math.log2(Math.abs(node.value) + 1)));
    return Number.isFinite(node.value) && bits <= 500
      ? { code: JSON.stringify(node.value), type: "number", present: true, bits }
      : undefined;
  }
  if (typeof node.value === "boolean") return { code: String(node.value), type: "boolean", present: true };
  return node.value === null && node.raw === "null"
    ? { code: "null", type: "null", present: true }
    : undefined;
}

function identifier(node: Of<"Identifier">, context: FastContext): Fast | undefined {
  const declared = context.reader.lookup(context.module, node.name);
  if (declared?.kind === "constant") return translate(declared.init, { ...context, module: declared.module });
  return node.name === "undefined" && !declared
    ? { code: "null", type: "undefined", present: false }
    : undefined;
}

export function fromBinding(binding: Binding, context: FastContext): Fast | undefined {
  if (binding.kind === "pure") return fromPure(binding, context);
  if (binding.kind === "error") return undefined; // no JSON; its members are in memberOfError
  if (binding.kind === "cell")
    return context.cells.has(binding) ? context.cells.get(binding) : storedCell(binding, context);
  const code = context.code(binding);
  if (binding.kind === "input") return { code, type: "json", present: context.inputPresent, path: true };
  if (binding.role === "settled") return marked(code, "reason");
  if (binding.role === "tolerated") return marked(code, `\`${LOST_KEY}\``);
  const type = binding.role === "index" ? "number" : binding.role === "map" ? "array" : "json";
  return { code, type, present: true, path: true };
}

/** Results among which may be what only JavaScript can hold or tell: a reason, which is an Error; a tolerated failure. */
const marked = (code: string, mark: string): Fast => ({
  code,
  type: "array",
  present: true,
  path: true,
  guard: [`$not($exists(${code}.${mark}))`],
});

/** A cell as an earlier state left it; one that may hold the mark of undefined is read where it surely does not. */
export function storedCell(cell: CellBinding, context: FastContext): Fast {
  const code = context.code(cell);
  if (cell.counter) return { code, type: "number", present: true, bits: 53 };
  if (cell.list) return { code, type: "array", present: true, path: true, guard: [`$type(${code})="array"`] };
  return {
    code,
    type: "json",
    present: true,
    path: true,
    guard: [`$not($exists(${code}.\`$runlet.kept\`))`],
  };
}

function fromPure(binding: PureBinding, context: FastContext): Fast | undefined {
  const { definition, path } = binding;
  const { source, init, element } = definition;
  if (element) return loopElement(element, context);
  if (!path) return undefined;
  const literal = init && path.length > 0 ? literalAt(init, path, context, true) : undefined;
  if (literal) return literal === "missing" ? MISSING : translate(literal.node, literal.context);
  const whole = source ? fromBinding(source, context) : init && once(init, context);
  return path.reduce<Fast | undefined>((fast, key) => fast && partOf(fast, key), whole);
}

const partOf = (fast: Fast, key: string | number): Fast | undefined =>
  typeof key === "number" ? elementOf(fast, key) : memberOf(fast, key);

/** The element of a list at a position that is written in a pattern. */
function elementOf(list: Fast, position: number): Fast | undefined {
  if (!list.path || (list.type !== "array" && list.type !== "json")) return undefined;
  const guard = list.type === "array" ? list.guard : both(list.guard, `$type(${list.code})="array"`);
  const code = `${list.code}[${position}]`;
  // Of an array that holds null there, the JVM engine says that nothing exists at the position.
  const there = `$count(${list.code}) > ${position}`;
  const element: Fast = {
    code,
    type: "json",
    present: false,
    path: true,
    element: true,
    there,
    base: list.code,
  };
  return withGuard(element, guard);
}

/** The element of a list at an index within it. */
export function loopElement(
  { list: listed, index: counted }: { list: CellBinding; index: CellBinding },
  context: FastContext,
): Fast | undefined {
  const list = fromBinding(listed, context);
  const index = fromBinding(counted, context);
  if (!list?.path || !index) return undefined;
  const isList = list.type === "array" ? undefined : `$type(${list.code})="array"`;
  const guard = both(list.guard, isList, index.guard);
  const element: Fast = {
    code: `${list.code}[${index.code}]`,
    type: "json",
    present: true,
    path: true,
    element: true,
  };
  return withGuard(element, guard);
}

/** A definition's value, translated once however often it is used. */
function once(init: Expression, context: FastContext): Fast | undefined {
  if (context.memo.has(init)) return context.memo.get(init);
  const fast = translate(init, context);
  context.memo.set(init, fast);
  return fast;
}

const MISSING: Fast = { code: "null", type: "undefined", present: false };

function member(node: Of<"MemberExpression">, context: FastContext): Fast | undefined {
  const name = memberName(node);
  if (name === undefined) return undefined;
  const literal = literalAt(node.object, [name], context, false);
  if (literal) return literal === "missing" ? MISSING : translate(literal.node, literal.context);
  const caught = context.uses.get(bare(node.object));
  if (caught?.kind === "error") return memberOfError(`$${caught.variable}`, name);
  const object = translate(node.object, context);
  return object && memberOf(object, name, node.optional);
}

/** `object.name`; the object must surely be an object, or JSONata would map over an array (R2). */
function memberOf(object: Fast, name: string, optional = false): Fast | undefined {
  if (name === "length" && !optional) return lengthOf(object);
  const field = fieldName(name);
  if (object.type !== "json" || !object.path || field === undefined) return undefined;
  const isObject = `$type(${object.code})="object"`;
  const guard = both(object.guard, optional ? `(${isObject} or $not(${object.code} != null))` : isObject);
  const code = `${object.code}.${field}`;
  return withGuard({ code, type: "json", present: false, path: true, base: object.code }, guard);
}

function lengthOf(object: Fast): Fast | undefined {
  if (object.type !== "array" && object.type !== "json") return undefined;
  const guard = object.type === "array" ? object.guard : both(object.guard, `$type(${object.code})="array"`);
  return withGuard({ code: `$count(${object.code})`, type: "number", present: true, bits: 32 }, guard);
}

/** Name and message of a caught error, where a Lambda function reported it; the platform's own errors are told otherwise. */
function memberOfError(code: string, name: string): Fast | undefined {
  if (name !== "message" && name !== "name") return undefined;
  const parsed = `$parse(${code}.Cause)`;
  const guard = [
    `$not($contains(${code}.Error, "."))`,
    `$substring(${code}.Cause, 0, 1)="{"`,
    `$type(${parsed}.errorMessage)="string"`,
    `${parsed}.errorType = ${code}.Error`,
  ];
  const value = name === "name" ? `${code}.Error` : `${parsed}.errorMessage`;
  return { code: value, type: "string", present: true, guard };
}

const KEYWORDS = new Set(["and", "or", "in", "true", "false", "null", "function"]);

/** A key as a step of a path; names that objects inherit never, since engines disagree about them. */
function fieldName(name: string): string | undefined {
  if (name === "" || PROTOTYPE_NAMES.has(name) || !name.isWellFormed() || /`|%\}|\$\{/.test(name))
    return undefined;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !KEYWORDS.has(name) ? name : `\`${name}\``;
}

const MOST_RANGE = 10_000;

/** `range(a, b)`: JSONata's own `[a..b]`, which is empty where a > b. */
function call(node: Of<"CallExpression">, context: FastContext): Fast | undefined {
  if (node.callee.type !== "Identifier" || context.uses.has(node.callee) || node.arguments.length !== 2)
    return undefined;
  const declared = context.reader.lookup(context.module, node.callee.name);
  if (declared?.kind !== "package" || declared.from !== "runlet" || declared.imported !== "range")
    return undefined;
  const bounds = node.arguments.map((argument) => {
    const fast = argument.type === "SpreadElement" ? undefined : translate(argument, context);
    const number = fast && asNumber(strict(fast));
    return number && withGuard(number, both(number.guard, `${number.code} = $floor(${number.code})`));
  });
  const [first, last] = bounds;
  if (!first || !last) return undefined;
  const guard = both(first.guard, last.guard, `${last.code} - ${first.code} < ${MOST_RANGE}`);
  return withGuard({ code: `[${first.code}..${last.code}]`, type: "array", present: true }, guard);
}

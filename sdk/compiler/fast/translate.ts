import type { Expression, Node } from "oxc-parser";
import { stringLiteral } from "../../asl/expression.ts";
import { LOST_KEY } from "../../model/protocol.ts";
import type { Binding, CellBinding, PureBinding } from "../graph.ts";
import { bare } from "../parse/ast.ts";
import { call } from "./calls.ts";
import { both, type Fast, type FastContext, type Translate, withGuard } from "./fast.ts";
import { askedBy, isLet } from "./guards.ts";
import { literalAt } from "./literals.ts";
import { asArray, chain, inVariable, itemOf, MISSING, member, memberOf } from "./members.ts";
import { binary, conditional, logical, unary } from "./operators.ts";
import { bindPattern } from "./patterns.ts";
import { template } from "./printing.ts";
import { array, object } from "./structures.ts";
import { isText, keptOrNothing, ofIterated, onlyNothing } from "./total.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** One function a kind of expression; what is not listed runs as the author's own JavaScript. */
const TRANSLATORS: { [T in Node["type"]]?: Translate<Of<T>> } = {
  Literal: literal,
  TemplateLiteral: template,
  Identifier: identifier,
  MemberExpression: member,
  ChainExpression: chain,
  BinaryExpression: binary,
  LogicalExpression: logical,
  ConditionalExpression: conditional,
  UnaryExpression: unary,
  CallExpression: call,
  ArrayExpression: array,
  ObjectExpression: object,
  SequenceExpression: sequence,
};

/** Longer expressions are inline steps: values that are used twice in each of many steps would grow without end. */
const MOST_CHARACTERS = 12_000;

export function translate(node: Node, context: FastContext): Fast | undefined {
  if (context.work.left-- <= 0) return undefined;
  const made = translated(node, context);
  if (!made) missed(node, context);
  return made;
}

/** The first one that is told stays: what stands around it is given up because of it. */
export function missed(node: Node, { gap, module }: FastContext): void {
  gap.source ??= module.source.slice(node);
}

function translated(node: Node, context: FastContext): Fast | undefined {
  const given = context.given.get(node);
  if (given) return given;
  const bound = context.uses.get(node);
  if (bound) return fromBinding(bound, context);
  const inner = bare(node as Expression) as Node;
  if (inner !== node) return translate(inner, context);
  const one = TRANSLATORS[node.type] as Translate | undefined;
  const fast = one?.(node, context);
  return fast && !tooLong(fast) ? fast : undefined;
}

export const tooLong = (fast: Fast): boolean => sizeOf(fast) > MOST_CHARACTERS;

const sizeOf = ({ code, guard = [] }: Fast): number =>
  guard.reduce(
    (sum, clause) => sum + (isLet(clause) ? clause.code : (askedBy(clause) ?? "")).length,
    code.length,
  );

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
  if (context.locals.has(node.name)) return context.locals.get(node.name);
  const declared = context.reader.named(node);
  if (declared?.kind === "constant")
    return translate(declared.init, { ...context, module: declared.module, locals: new Map() });
  return node.name === "undefined" && !declared ? MISSING : undefined;
}

/** `(a, b)`: all are evaluated, so that all guards count. */
function sequence(node: Of<"SequenceExpression">, context: FastContext): Fast | undefined {
  const all = node.expressions.map((one) => translate(one, context));
  const last = all.at(-1);
  if (!last || all.includes(undefined)) return undefined;
  return withGuard(last, both(...all.map((one) => one?.guard)));
}

export function fromBinding(binding: Binding, context: FastContext): Fast | undefined {
  if (binding.kind === "pure") return fromPure(binding, context);
  if (binding.kind === "error") return undefined; // no JSON; its members are in memberOfError
  if (binding.kind === "cell")
    return context.cells.has(binding) ? context.cells.get(binding) : storedCell(binding, context);
  const code = context.code(binding);
  if (binding.kind === "input")
    return { type: "json", ...context.inputKnown, code, present: context.inputPresent, path: true };
  if (binding.role === "settled") return marked(code, "reason");
  if (binding.role === "tolerated") return marked(code, `\`${LOST_KEY}\``);
  const type = binding.role === "index" ? "number" : binding.role === "map" ? "array" : "json";
  return { code, type, present: true, path: true, ...(type === "number" && { whole: true, bits: 32 }) };
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
  if (cell.counter) return { code, type: "number", present: true, bits: 53, whole: true };
  if (cell.only === "boolean") return { code, type: "boolean", present: true, path: true };
  // A long text may be elsewhere.
  if (cell.only === "string")
    return { code, type: "string", present: true, path: true, guard: [isText(code, context)] };
  if (context.total && cell.list) return { code, type: "array", present: true, path: true };
  if (cell.list) return { code, type: "array", present: true, path: true, guard: [`$type(${code})="array"`] };
  if (context.total && cell.holds) return { code, type: cell.holds, present: true, path: true, own: true };
  if (context.total) return keptOrNothing(code);
  if (cell.lacks) return withGuard(keptOrNothing(code), [onlyNothing(code)]);
  return {
    code,
    type: "json",
    present: true,
    path: true,
    guard: [`$not($exists(${code}.\`$runlet.kept\`))`],
  };
}

/** A definition stands outside of every callback: names of theirs are not its own. */
const outside = (context: FastContext): FastContext =>
  context.depth === 0 ? context : { ...context, locals: new Map(), depth: 0 };

function fromPure(binding: PureBinding, context: FastContext): Fast | undefined {
  const { definition, path } = binding;
  const { source, init, pattern, element } = definition;
  if (element) return loopElement(element, context);
  const here = outside(context);
  const literal = init && path && path.length > 0 ? literalAt(init, path, here, true) : undefined;
  if (literal) return literal === "missing" ? MISSING : translate(literal.node, literal.context);
  const isList = pattern?.type === "ArrayPattern";
  const whole = source
    ? fromBinding(source, here)
    : init && once(init, isList ? ofIterated(init, here) : here);
  if (path?.every((key) => typeof key === "string"))
    return path.reduce<Fast | undefined>((fast, key) => fast && memberOf(fast, key, here), whole);
  const bound = whole && pattern && bindPattern(pattern, whole, here, binding.name);
  return bound?.values.get(binding.name);
}

/** The element of a list at an index within it. */
export function loopElement(
  { list: listed, index: counted }: { list: CellBinding; index: CellBinding },
  context: FastContext,
): Fast | undefined {
  const whole = fromBinding(listed, context);
  const index = fromBinding(counted, context);
  const array = whole && asArray(whole, context);
  if (!array || !index) return undefined;
  const list = inVariable(array, context);
  return withGuard(itemOf(list, `${list.code}[${index.code}]`), both(list.guard, index.guard));
}

/** A definition's value, translated once however often it is used. */
function once(init: Expression, context: FastContext): Fast | undefined {
  if (context.memo.has(init)) return context.memo.get(init);
  const fast = translate(init, context);
  context.memo.set(init, fast);
  return fast;
}

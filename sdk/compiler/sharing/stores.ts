import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, memberName } from "../parse/ast.ts";
import { COMBINING_METHODS, ELEMENT_METHODS, FRESH_METHODS, RECEIVER_METHODS } from "./methods.ts";
import type { Place } from "./place.ts";

/** What a value is, or is a part of. */
export type Source =
  | {
      kind: "variable";
      name: Node;
      /** Taken out of what the variable holds, which may still hold it. */
      part: boolean;
      /** The variable itself holds it no more. */
      moved?: boolean;
    }
  /** What a function gave. */
  | { kind: "call"; call: CallExpression; part: boolean };

/** Something that exists already gets another name: where it comes from, and the loops and functions around that. */
export interface Flow {
  sources: readonly Source[];
  around: readonly Node[];
}

/** Something that exists already is put into an array or object. */
export interface Store extends Flow {
  /** What may be put there, with all that is in it. */
  place: Place;
  /** Not the value itself is put there, but what is in it. */
  inner: boolean;
  site: Node;
  /** Put there more than once, as `fill` does. */
  often: boolean;
}

/** A change of what stands in a place. */
export interface Change {
  place: Place;
  node: Node;
  /** What is changed, as it is written. */
  target: Expression | undefined;
}

/** What a call of a known function gives to its parameters. */
export interface Applied {
  fn: AnyFunction;
  flows: readonly (Flow | undefined)[];
}

/** Not the value is put somewhere, but a part of it, or all that is in it; or it is put there more than once. */
export interface How {
  part?: boolean;
  inner?: boolean;
  often?: boolean;
}

/** What is made in one expression and taken apart twice. */
export const token = (name: Node): Source => ({ kind: "variable", name, part: false });

/** What a value is made of that may stand elsewhere, too; nothing where it is made here. */
export function sourcesOf(expression: Expression): Source[] {
  const node = bare(expression);
  switch (node.type) {
    case "Identifier":
      return [{ kind: "variable", name: node, part: false }];
    case "MemberExpression":
      return partsOf(node.object);
    case "ChainExpression":
      return sourcesOf(node.expression);
    case "AwaitExpression":
      return sourcesOf(node.argument);
    case "SequenceExpression":
      return node.expressions.slice(-1).flatMap(sourcesOf);
    case "ConditionalExpression":
      return [...sourcesOf(node.consequent), ...sourcesOf(node.alternate)];
    case "LogicalExpression":
      return [...sourcesOf(node.left), ...sourcesOf(node.right)];
    case "AssignmentExpression":
      return [...sourcesOf(node.left as Expression), ...sourcesOf(node.right)];
    case "CallExpression":
      return ofCall(node);
    default:
      return [];
  }
}

export const partsOf = (expression: Expression): Source[] => asParts(sourcesOf(expression));

export const asParts = (sources: readonly Source[]): Source[] =>
  sources.map((source) => ({ ...source, part: true }));

/** Functions of JavaScript that give their first argument, or what it holds. */
const SAME = /^Object\.(assign|freeze)$/;
const GIVING = /^(Object\.(entries|fromEntries|values)|Array\.from|Promise\.(all|allSettled))$/;

function ofCall(node: CallExpression): Source[] {
  const callee = bare(node.callee);
  const own: Source = { kind: "call", call: node, part: false };
  if (callee.type !== "MemberExpression") return [own];
  const name = memberName(callee) ?? "";
  const { object } = callee;
  const [first, init] = node.arguments;
  const given = first && first.type !== "SpreadElement" ? sourcesOf(first) : [];
  const builtIn = object.type === "Identifier" ? `${object.name}.${name}` : "";
  if (SAME.test(builtIn)) return given;
  if (GIVING.test(builtIn)) return asParts(given);
  if (name === "pop" || name === "shift" || name === "splice")
    return partsOf(object).map((source) =>
      source.kind === "variable" ? { ...source, moved: true } : source,
    );
  if (name === "reduce" || name === "reduceRight")
    return [own, ...(init && init.type !== "SpreadElement" ? sourcesOf(init) : partsOf(object))];
  if (name === "then" || name === "catch" || name === "finally") return [own, ...sourcesOf(object)];
  if (RECEIVER_METHODS.has(name)) return sourcesOf(object);
  const isFresh = FRESH_METHODS.has(name) && !COMBINING_METHODS.has(name);
  return isFresh || ELEMENT_METHODS.has(name) ? partsOf(object) : [own];
}

/** `all = [...all, x]`, `all = all.filter(…)`, `by[k] = by[k] ?? []`: the variable's old list is gone when the new one is there. */
export function movesItself(target: Node, value: Expression): Node | undefined {
  const node = bare(value);
  const chain = chainOf(target);
  const callee = node.type === "CallExpression" ? bare(node.callee) : undefined;
  const taken =
    callee?.type === "MemberExpression"
      ? [callee.object]
      : node.type === "ArrayExpression"
        ? node.elements.map((one) => (one?.type === "SpreadElement" ? one.argument : undefined))
        : node.type === "ObjectExpression"
          ? node.properties.map((one) => (one.type === "SpreadElement" ? one.argument : undefined))
          : node.type === "LogicalExpression"
            ? [node.left]
            : [];
  const found = chain === undefined ? undefined : taken.find((one) => one && chainOf(one) === chain);
  return found && rootOf(found);
}

/** `a.b[c]`: keys that are written in place, or names of variables. */
function chainOf(given: Node): string | undefined {
  const node = bare(given as Expression);
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression") return undefined;
  const { property } = node;
  const key = node.computed && property.type === "Identifier" ? `[${property.name}]` : memberName(node);
  const object = chainOf(node.object);
  return key === undefined || object === undefined ? undefined : `${object}.${key}`;
}

const rootOf = (given: Node): Node => {
  const node = bare(given as Expression);
  return node.type === "MemberExpression" ? rootOf(node.object) : node;
};

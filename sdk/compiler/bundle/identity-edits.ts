import type { Node } from "oxc-parser";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import { EQUALITY, isPath, mayBeObject, SEARCHES } from "../parse/identity.ts";
import { missingLanguage } from "../parse/language.ts";
import type { Declared, Module } from "../parse/module.ts";

/** A piece of a module's text that is written anew. */
export interface Edit {
  start: number;
  end: number;
  with: string;
}

/** Under what name a module knows `identity` of the runtime. */
export const IDENTITY = "runlet$identity";

/**
 * What compares objects by identity in a function that flows call does so by `identity` of the runtime, which refuses
 * copies: the function runs as it stands, on what came through JSON.
 */
export function identityEdits({ fn, module }: Extract<Declared, { kind: "function" }>): Edit[] {
  const edits: Edit[] = [];
  const visit = (node: Node): void => {
    edits.push(...editsAt(node, module));
    childrenOf(node).forEach(visit);
  };
  visit(fn);
  return edits.map(({ start, end, with: text }) => ({
    start: start - module.source.base,
    end: end - module.source.base,
    with: text,
  }));
}

const put = (at: number, text: string): Edit => ({ start: at, end: at, with: text });

function editsAt(node: Node, module: Module): Edit[] {
  switch (node.type) {
    case "BinaryExpression":
      return comparison(node, module);
    case "SwitchStatement":
      return cases(node, module);
    case "CallExpression": {
      const language = missingLanguage(node);
      return language ? [language] : search(node, module);
    }
    case "NewExpression": {
      const { callee } = node;
      if (callee.type !== "Identifier" || (callee.name !== "Set" && callee.name !== "Map")) return [];
      return isGlobal(callee.name, module) ? [put(callee.start, `${IDENTITY}.`)] : [];
    }
    default:
      return [];
  }
}

function comparison(node: Extract<Node, { type: "BinaryExpression" }>, module: Module): Edit[] {
  const { operator, left, right } = node;
  if (!EQUALITY.has(operator) || !mayBeObject(left) || !mayBeObject(right)) return [];
  return [
    put(node.start, `${IDENTITY}.equal(${JSON.stringify(operator)}, `),
    { ...operatorOf(left, right, operator, module), with: "," },
    put(node.end, ")"),
  ];
}

/** A `switch` compares as `===` does. */
function cases(
  { discriminant, cases: all }: Extract<Node, { type: "SwitchStatement" }>,
  module: Module,
): Edit[] {
  return all.flatMap(({ test }) => {
    if (!test || !mayBeObject(discriminant) || !mayBeObject(test)) return [];
    const [head, tail] = isPath(discriminant)
      ? [`pair(${module.source.slice(discriminant)}, `, ")[1]"]
      : ["sought(undefined)(", ")[0]"];
    return [put(test.start, ` ${IDENTITY}.${head}`), put(test.end, tail)];
  });
}

/** Where an operator stands: comments may be around it. */
function operatorOf(left: Node, right: Node, operator: string, { source }: Module) {
  const between = source
    .slice({ start: left.end, end: right.start })
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (comment) => " ".repeat(comment.length));
  const start = left.end + between.indexOf(operator);
  return { start, end: start + operator.length };
}

function search(node: Extract<Node, { type: "CallExpression" }>, module: Module): Edit[] {
  const callee = bare(node.callee);
  const [first] = node.arguments;
  const last = node.arguments.at(-1);
  if (callee.type !== "MemberExpression" || !first || !last) return [];
  const name = memberName(callee) ?? "";
  const isObject =
    callee.object.type === "Identifier" && callee.object.name === "Object" && isGlobal("Object", module);
  if (isObject && name === "is") return [put(first.start, `...${IDENTITY}.pair(`), put(last.end, ")")];
  if (!SEARCHES.has(name) || (first.type !== "SpreadElement" && !mayBeObject(first))) return [];
  const list = isPath(callee.object) ? module.source.slice(callee.object) : "undefined";
  return [put(first.start, `...${IDENTITY}.sought(${list})(`), put(last.end, ")")];
}

const isGlobal = (name: string, module: Module): boolean =>
  !module.declarations.has(name) && !module.imports.has(name);

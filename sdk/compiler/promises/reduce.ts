import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, containsAwait, isFunction, memberName } from "../parse/ast.ts";
import { isPath } from "../parse/identity.ts";
import { firstEvaluated } from "./first-evaluated.ts";
import type { Templates } from "./template.ts";
import { continued } from "./then.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/**
 * `xs.reduce(async (p, x) => { const sum = await p; return sum + (await t(x)); }, Promise.resolve(0))` and
 * `xs.reduce((p, x) => p.then(() => t(x)), Promise.resolve())`: a loop, since each callback waits for the one before it.
 * JavaScript runs all of them at once up to that await, so nothing else may stand there.
 */
export function sequentialReduce(call: CallExpression, templates: Templates): Expression | undefined {
  const callee = bare(call.callee);
  if (callee.type !== "MemberExpression" || callee.optional || call.optional) return undefined;
  const [given, initial, ...more] = call.arguments;
  if (memberName(callee) !== "reduce" || !given || !initial || more.length > 0) return undefined;
  if (given.type === "SpreadElement" || initial.type === "SpreadElement") return undefined;
  const first = resolved(initial, templates);
  const list = callee.object as Expression;
  if (first === undefined || !(isReadable(bare(list)) || isList(list))) return undefined;
  const loop = keptSum(bare(given), list, templates) ?? turnOf(bare(given), templates, isPairs(list));
  if (!loop) return undefined;
  const [LIST, BODY, held] = [templates.fresh("list"), templates.fresh("body"), templates.fresh("held")];
  const sum = loop.sum ?? templates.fresh("sum");
  const one = loop.names[0] ?? templates.fresh("one");
  const at = loop.names[1];
  // What is no list has no such method: that is said before anything happens, in V8's words.
  const isNew = isList(list);
  const asked = isNew ? `const ${held} = ${LIST};` : `${LIST}.reduce((${held}) => ${held}, 0);`;
  const all = isNew ? held : `[...${templates.text(list)}]`;
  const head = at === undefined ? `const ${one} of ${all}` : `const [${at}, ${one}] of ${all}.entries()`;
  const args = [sum, one, at].filter((name) => name !== undefined).join(", ");
  const turn = loop.sum === undefined ? `${sum} = await ${BODY}(${args});` : `${BODY};`;
  const kind = loop.sum === undefined ? "let" : "const";
  return templates.expression(
    `(async () => { ${asked} ${kind} ${sum} = (${first}); for (${head}) ${turn} return ${sum}; })()`,
    { [LIST]: list, [BODY]: loop.body },
    call,
  );
}

/** What can be read twice: a path, or a part of one. */
function isReadable(node: Node): boolean {
  if (node.type !== "CallExpression" || node.optional) return isPath(node);
  const callee = bare(node.callee);
  const isSlice = callee.type === "MemberExpression" && !callee.optional && memberName(callee) === "slice";
  return isSlice && isPath(bare(callee.object as Expression)) && node.arguments.every(isQuiet);
}

/** Methods that only lists have, or that give lists in any case. */
const LISTING: ReadonlySet<string> = new Set(["filter", "flatMap", "map", "split", "toReversed", "toSorted"]);
/** Methods that give another list where they are called on one. */
const OF_LISTS: ReadonlySet<string> = new Set(["concat", "flat", "reverse", "slice", "sort"]);
const LISTS_OF_OBJECTS: ReadonlySet<string> = new Set(["entries", "keys", "values"]);

/** Whatever it is of, it is a list of its own, if it does not throw. */
function isList(given: Expression): boolean {
  const node = bare(given);
  if (node.type === "ArrayExpression") return true;
  const callee = node.type === "CallExpression" && !node.optional ? bare(node.callee) : undefined;
  if (callee?.type !== "MemberExpression" || callee.optional) return false;
  const name = memberName(callee) ?? "";
  if (LISTING.has(name)) return true;
  if (OF_LISTS.has(name)) return isList(callee.object as Expression);
  if (callee.object.type !== "Identifier") return false;
  return callee.object.name === "Object"
    ? LISTS_OF_OBJECTS.has(name)
    : callee.object.name === "Array" && name === "from";
}

/** `Object.entries(o)` */
function isPairs(list: Expression): boolean {
  const node = bare(list);
  const callee = node.type === "CallExpression" ? bare(node.callee) : undefined;
  return (
    callee?.type === "MemberExpression" &&
    memberName(callee) === "entries" &&
    callee.object.type === "Identifier" &&
    callee.object.name === "Object"
  );
}

/** What the first callback finds, as text: it cannot throw, and waits for nothing. */
function resolved(node: Expression, templates: Templates): string | undefined {
  const inner = bare(node);
  if (inner.type !== "CallExpression") return isQuiet(inner) ? templates.text(node) : undefined;
  const callee = bare(inner.callee);
  const isResolve =
    memberName(callee) === "resolve" &&
    callee.type === "MemberExpression" &&
    callee.object.type === "Identifier" &&
    callee.object.name === "Promise";
  const [value, ...more] = inner.arguments;
  if (!isResolve || more.length > 0 || value?.type === "SpreadElement") return undefined;
  if (!value) return "undefined";
  return isQuiet(value) ? templates.text(value) : undefined;
}

/** Names, literals, and literals of those. */
function isQuiet(node: Node): boolean {
  const inner = bare(node as Expression);
  if (inner.type === "Literal" || inner.type === "Identifier") return true;
  if (inner.type === "ArrayExpression") return inner.elements.every((one) => one !== null && isQuiet(one));
  if (inner.type === "UnaryExpression") return inner.operator === "-" && inner.argument.type === "Literal";
  return (
    inner.type === "ObjectExpression" &&
    inner.properties.every((one) => one.type === "Property" && !one.computed && isQuiet(one.value))
  );
}

interface Loop {
  /** The variable that all callbacks share. */
  sum?: string;
  /** Of the element and its place, as far as they are asked for. */
  names: readonly string[];
  /** What each turn does: a block, or a function that is called. */
  body: Node;
}

/** `async (p, x) => { const sum = await p; …; return sum; }`: one object, which each callback changes and gives on. */
function keptSum(fn: Node, list: Expression, templates: Templates): Loop | undefined {
  if (fn.type !== "ArrowFunctionExpression" || !fn.async || fn.body.type !== "BlockStatement")
    return undefined;
  const [promise, ...names] = parametersOf(fn, isPairs(list)) ?? [];
  const pair = fn.params[1];
  if (pair?.type === "ArrayPattern") names[0] = templates.text(pair);
  const [first, ...rest] = fn.body.body;
  const last = rest.pop();
  if (promise === undefined || first?.type !== "VariableDeclaration" || first.kind !== "const")
    return undefined;
  const [declared, ...more] = first.declarations;
  const { id, init } = declared ?? {};
  if (more.length > 0 || init?.type !== "AwaitExpression" || id?.type !== "Identifier") return undefined;
  if (!isNamed(init.argument, promise)) return undefined;
  if (last?.type !== "ReturnStatement" || !last.argument || !isNamed(last.argument, id.name))
    return undefined;
  // It would be a loop that waits for nothing.
  if (!rest.some((one) => containsAwait(one))) return undefined;
  if (rest.some((one) => returns(one) || usesOf(one, promise).length > 0)) return undefined;
  const own = pair?.type === "ArrayPattern" ? pair.elements.map((one) => one && templates.text(one)) : names;
  if ([id.name, ...own].some((name) => name && usesOf(list, name).length > 0)) return undefined;
  return { sum: id.name, names, body: { ...fn.body, body: rest } as Node };
}

/** The callback as a function that is called with what the one before it gave. */
function turnOf(fn: Node, templates: Templates, pairs: boolean): Loop | undefined {
  if (!isFunction(fn) || fn.generator || !fn.body) return undefined;
  if (fn.type !== "ArrowFunctionExpression" && usesThis(fn)) return undefined;
  const [promise, ...others] = parametersOf(fn, pairs) ?? [];
  if (promise === undefined) return undefined;
  const names = others.map((name) => templates.fresh(name));
  const [use, ...more] = usesOf(fn.body, promise);
  if (more.length > 0) return undefined;
  if (fn.async) {
    const first = firstEvaluated(fn.body);
    const isFirst = first?.type === "AwaitExpression" && bare(first.argument) === use;
    return isFirst ? { names, body: fn } : undefined;
  }
  const body = returned(fn);
  const chain = body && use && continued(bare(body), use as Expression, templates);
  if (!chain) return undefined;
  const BODY = templates.fresh("body");
  const made = templates.expression(`async () => ${BODY}`, { [BODY]: chain }, fn) as AnyFunction;
  return { names, body: { ...made, params: fn.params } as Node };
}

/**
 * Their names; a pattern would be taken apart for all of them before the first one goes on, which could be noticed but of
 * pairs.
 */
function parametersOf({ params }: AnyFunction, pairs = false): string[] | undefined {
  const names = params.flatMap((one, i) => {
    if (one.type === "Identifier") return one.name;
    const isPair = pairs && i === 1 && one.type === "ArrayPattern";
    return isPair && one.elements.every((part) => part === null || part.type === "Identifier") ? "pair" : [];
  });
  return names.length === params.length && names.length <= 3 ? names : undefined;
}

function returned({ body }: AnyFunction): Expression | undefined {
  if (body?.type !== "BlockStatement") return body ?? undefined;
  const [only, ...more] = body.body;
  return only?.type === "ReturnStatement" && more.length === 0 ? (only.argument ?? undefined) : undefined;
}

function usesOf(node: Node, name: string): Of<"Identifier">[] {
  if (node.type === "Identifier") return node.name === name ? [node] : [];
  if (node.type === "MemberExpression" && !node.computed) return usesOf(node.object, name);
  if (node.type === "Property" && !node.computed) return usesOf(node.value, name);
  return childrenOf(node).flatMap((child) => usesOf(child, name));
}

const returns = (node: Node): boolean =>
  node.type === "ReturnStatement" || (!isFunction(node) && childrenOf(node).some(returns));

const isNamed = (node: Expression, name: string): boolean => {
  const inner = bare(node);
  return inner.type === "Identifier" && inner.name === name;
};

const usesThis = (node: Node): boolean =>
  node.type === "ThisExpression" ||
  (node.type === "Identifier" && node.name === "arguments") ||
  childrenOf(node).some(usesThis);

import type { CallExpression, Expression, Node } from "oxc-parser";
import { bare, isFunction, memberName } from "../parse/ast.ts";
import { notePromise } from "../parse/make.ts";
import type { Parts, Templates } from "./template.ts";

type Method = "then" | "catch" | "finally";
const METHODS: ReadonlySet<string> = new Set<Method>(["then", "catch", "finally"]);

/** `p.then(f)` of a variable: an async function that awaits it, and goes on. */
export function continuedName(call: CallExpression, templates: Templates): Expression | undefined {
  const callee = bare(call.callee);
  if (callee.type !== "MemberExpression") return undefined;
  const object = bare(callee.object as Expression);
  if (object.type !== "Identifier" || object.name === "Promise") return undefined;
  const made = continued(call, object, templates);
  if (made) notePromise(object);
  return made;
}

/** `p.catch(() => {});`: what nobody awaits is a constant that nobody reads. */
export function goneOnWith(statement: Node, templates: Templates): Node | undefined {
  if (statement.type !== "ExpressionStatement") return undefined;
  let root: Expression = bare(statement.expression);
  while (root.type === "CallExpression" && !root.optional) {
    const callee = bare(root.callee);
    if (callee.type !== "MemberExpression" || !METHODS.has(memberName(callee) ?? "")) return undefined;
    root = bare(callee.object as Expression);
  }
  if (root === bare(statement.expression) || root.type !== "Identifier" || root.name === "Promise")
    return undefined;
  const [name, value] = [templates.fresh("ignored"), templates.fresh("value")];
  const parts = { [value]: statement.expression };
  const [made] = templates.statements(`const ${name} = ${value};`, parts, statement.start - 1);
  return made && Object.assign(made, { start: statement.start, end: statement.end });
}

/**
 * `p.then(f)`, `p.then(f, g)`, `p.catch(g)`, `p.finally(h)`, and such methods of those, as calls of async functions.
 *
 * @param promise the `p`
 */
export function continued(
  node: Expression,
  promise: Expression,
  templates: Templates,
): Expression | undefined {
  if (node.type !== "CallExpression" || node.optional) return undefined;
  const callee = bare(node.callee);
  if (callee.type !== "MemberExpression" || callee.optional) return undefined;
  const method = memberName(callee) ?? "";
  if (!METHODS.has(method)) return undefined;
  const object = bare(callee.object as Expression);
  if (object !== promise) {
    const inner = continued(object, promise, templates);
    return inner && ({ ...node, callee: { ...callee, object: inner } } as unknown as Expression);
  }
  const handlers = node.arguments.map((one) => (isNothing(one) ? undefined : handlerOf(one)));
  if (handlers.some((one, i) => !one && !isNothing(node.arguments[i] as Node))) return undefined;
  const text = TEXTS[`${method}${handlers.map((one) => (one ? 1 : 0)).join("")}`];
  if (!text) return undefined;
  const name = (wish: string): string => templates.fresh(wish);
  const names = { promise: name("promise"), f: name("f"), g: name("g"), value: name("value") };
  const [first, second] = handlers;
  const parts: Parts = {
    [names.promise]: promise,
    ...(first && { [names.f]: first }),
    ...(second && { [names.g]: second }),
  };
  return templates.expression(`(async () => { ${text(names)} })()`, parts, node);
}

interface Names {
  promise: string;
  f: string;
  g: string;
  value: string;
}

/** By the method, and which functions it is called with. */
const TEXTS: Record<string, (names: Names) => string> = {
  then1: goesOn,
  then10: goesOn,
  then11: ({ promise, f, g, value }) =>
    `let ${value}; let ${value}e; let ${value}f = false; try { ${value} = await ${promise}; } catch (e) { ${value}e = e; ${value}f = true; } if (!${value}f) return await ${f}(${value}); return await ${g}(${value}e);`,
  then01: ({ promise, g }) => `try { return await ${promise}; } catch (e) { return await ${g}(e); }`,
  catch1: ({ promise, f }) => `try { return await ${promise}; } catch (e) { return await ${f}(e); }`,
  finally1: ({ promise, f }) => `try { return await ${promise}; } finally { await ${f}(); }`,
};

function goesOn({ promise, f, value }: Names): string {
  return `const ${value} = await ${promise}; return await ${f}(${value});`;
}

const isNothing = (node: Node): boolean =>
  (node.type === "Identifier" && node.name === "undefined") ||
  (node.type === "Literal" && node.value === null);

/** A function that is written in place runs as an async one, whose result is awaited in any case. */
function handlerOf(node: Node): Node | undefined {
  const inner = bare(node as Expression);
  if (inner.type === "Identifier") return inner;
  if (!isFunction(inner) || inner.generator || inner.params.length > 1) return undefined;
  return inner.type === "ArrowFunctionExpression" ? ({ ...inner, async: true } as Node) : undefined;
}

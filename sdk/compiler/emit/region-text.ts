import type { Node } from "oxc-parser";
import { MUTATING_METHODS } from "../check/builtins.ts";
import type { Binding, Uses } from "../graph.ts";
import { bare, childrenOf, memberName } from "../parse/ast.ts";
import { EQUALITY, isPath, mayBeObject, SEARCHES } from "../parse/identity.ts";
import { missingLanguage } from "../parse/language.ts";
import { type Begun, begunOf, isMadeUp, pushedOf, type Writing, writingOf } from "../parse/make.ts";
import type { ModuleReader } from "../parse/module.ts";
import type { Named } from "./region-reads.ts";

/** What the text of a region needs to know of the region. */
export interface TextContext {
  reader: ModuleReader;
  uses: Uses;
  /** The name of the tools in the region's function. */
  tools: string;
  nameOf(binding: Binding): string;
  /** The name of what a module has at its top level, or of a variable of the author's own. */
  outer(identifier: Named): string;
  /** The text of a statement that leaves a script. */
  exit(node: Node): string | undefined;
  /** The name of what begins the calls of a list. */
  begin: string;
  /** A call that a list is filled with. */
  isBegun(node: Node): boolean;
  /** An await of a future that has ended. */
  isSettled(node: Node): boolean;
  /** Called when the text holds an `await`, so that the region's function must be async. */
  awaits(): void;
}

/**
 * The author's text, with names for what the flow graph knows. It is kept as it is wherever that is possible, since
 * V8 quotes it in messages: `orders.map is not a function`, `(intermediate value) is not iterable`.
 */
export function textOf(node: Node, context: TextContext): string {
  const bound = context.uses.get(node);
  if (bound) {
    if (node.type !== "AwaitExpression") return context.nameOf(bound);
    context.awaits();
    const name = context.nameOf(bound);
    return `await ${changedUnnamed.has(node) ? `${context.tools}.thaw(${name})` : name}`;
  }
  switch (node.type) {
    case "AwaitExpression":
      if (context.isSettled(node)) return `${context.tools}.unsettled(${textOf(node.argument, context)})`;
      break;
    case "ReturnStatement":
    case "BreakStatement":
    case "ContinueStatement": {
      const exit = context.exit(node);
      if (exit !== undefined) return exit;
      break;
    }
    case "CatchClause":
      return catchClause(node, context);
    case "VariableDeclaration": {
      const made = declaration(node, context);
      if (made !== undefined) return made;
      break;
    }
    case "SwitchStatement":
      return switched(node, context);
    case "BinaryExpression":
      if (comparesIdentity(node)) {
        const { operator, left, right } = node;
        return `${context.tools}.equal(${JSON.stringify(operator)}, ${textOf(left, context)}, ${textOf(right, context)})`;
      }
      if (isMadeUp(node))
        return `(${textOf(node.left, context)} ${node.operator} (${textOf(node.right, context)}))`;
      break;
    case "ParenthesizedExpression":
      if (isMadeUp(node)) return `(${textOf(node.expression, context)})`;
      break;
    case "ConditionalExpression":
      if (isMadeUp(node))
        return `(${textOf(node.test, context)} ? ${textOf(node.consequent, context)} : ${textOf(node.alternate, context)})`;
      break;
    case "TemplateLiteral":
      if (isMadeUp(node)) return `\`\${${node.expressions.map((one) => textOf(one, context))}}\``;
      break;
    case "ArrayExpression":
      if (isMadeUp(node)) return `[${node.elements.map((one) => (one ? elementOf(one, context) : ""))}]`;
      break;
    case "Literal":
      if (isMadeUp(node)) return JSON.stringify(node.value);
      break;
    case "ObjectExpression": {
      const call = begunOf(node);
      if (call) return begun(call, context);
      break;
    }
    case "ArrowFunctionExpression":
      if (isMadeUp(node))
        return `(${node.params.map((one) => textOf(one, context)).join(", ")}) => ${textOf(node.body, context)}`;
      break;
    case "AssignmentExpression":
      if (isMadeUp(node))
        return `${textOf(node.left, context)} ${node.operator} ${textOf(node.right, context)}`;
      break;
    case "CallExpression": {
      noteChanged(node, context);
      if (context.isBegun(node)) return listed(node, context);
      if (isMadeUp(node))
        return `${textOf(node.callee, context)}(${node.arguments.map((one) => textOf(one, context)).join(", ")})`;
      const wrap = identityCall(node, context) ?? comparison(node, context);
      if (wrap) return wrap;
      if (isOfDate(node.callee, "now", context)) return `${context.tools}.now()`;
      break;
    }
    case "NewExpression":
      if (node.arguments.length === 0 && isOfDate(node.callee, undefined, context))
        return `new Date(${context.tools}.now())`;
      if (isGlobal(node.callee, "Set", context) || isGlobal(node.callee, "Map", context))
        return `new ${context.tools}.${withChildren({ ...node, start: node.callee.start }, node.callee, node.arguments, context)}`;
      break;
    case "ObjectPattern":
    case "ArrayPattern": // one that is assigned to may have no type
      return withChildren(
        isMadeUp(node) ? node : { ...node, end: node.typeAnnotation?.start ?? node.end },
        node,
        childrenOf(node).filter(({ type }) => type !== "TSTypeAnnotation"),
        context,
      );
    case "Identifier":
      if (isMadeUp(node)) return node.name;
      return context.outer(node) === node.name ? sliceOf(node, context) : context.outer(node);
    case "MemberExpression":
      if (isMadeUp(node)) return madeMember(node, context);
      return withChildren(node, node, node.computed ? [node.object, node.property] : [node.object], context);
    case "Property":
      if (node.shorthand) return shorthand(node, context);
      return withChildren(node, node, node.computed ? [node.key, node.value] : [node.value], context);
  }
  return withChildren(node, node, childrenOf(node), context);
}

/** Awaits whose value a method changes that nobody else has: each text of such a one gets a copy of its own. */
const changedUnnamed = new WeakSet<Node>();

/** `(await load(x)).sort()`: what a task or flow gave is nobody else's; of a list of promises the list itself is not. */
function noteChanged({ callee }: Extract<Node, { type: "CallExpression" }>, { uses }: TextContext): void {
  const method = bare(callee);
  if (method.type !== "MemberExpression" || !MUTATING_METHODS.has(memberName(method) ?? "")) return;
  let at = bare(method.object);
  for (; at.type === "MemberExpression"; at = bare(at.object)) if (uses.has(at)) return;
  if (at.type !== "AwaitExpression" || uses.get(at)?.kind !== "variable") return;
  const call = bare(at.argument);
  if (call.type !== "CallExpression") return; // a future may be awaited twice
  const isList = memberName(bare(call.callee)) !== undefined;
  if (!isList || at === bare(method.object)) changedUnnamed.add(at);
}

const elementOf = (node: Node, context: TextContext): string =>
  node.type === "SpreadElement" ? `...${textOf(node.argument, context)}` : textOf(node, context);

/** JavaScript's `Date`, or the method of it. */
function isOfDate(node: Node, method: string | undefined, { reader, uses }: TextContext): boolean {
  const date = method !== undefined && node.type === "MemberExpression" ? node.object : node;
  return memberName(node) === method && isGlobal(date, "Date", { reader, uses });
}

/** JavaScript's own value of that name. */
const isGlobal = (
  node: Node,
  name: string,
  { reader, uses }: Pick<TextContext, "reader" | "uses">,
): boolean => node.type === "Identifier" && node.name === name && !uses.has(node) && !reader.named(node);

/** What a call gets, as it is then. */
function listed(node: Extract<Node, { type: "CallExpression" }>, context: TextContext): string {
  const one = pushedOf(node);
  const gets = given(node.arguments, context);
  const args = `${context.tools}.${one?.exact ? "given" : "listed"}(${gets})`;
  return one ? `{ site: ${one.site}, args: ${args}, keeps: {} }` : args;
}

/** Arguments in an array: V8 words a failed spread otherwise in a call than in a literal. */
function given(args: readonly Node[], context: TextContext): string {
  const texts = args.map((one) => textOf(one, context)).join(", ");
  return args.some(({ type }) => type === "SpreadElement") ? `${context.tools}.args(${texts})` : `[${texts}]`;
}

function madeMember(node: Extract<Node, { type: "MemberExpression" }>, context: TextContext): string {
  const object = textOf(node.object, context);
  if (node.computed) return `${object}[${textOf(node.property, context)}]`;
  return node.property.type === "Identifier" ? `${object}.${node.property.name}` : object;
}

/** A call in a list of calls: what it gets, and what its function keeps of the variables around it. */
function begun({ site, args, keeps, as }: Begun, context: TextContext): string {
  const list = (nodes: readonly Node[]): string => `[${nodes.map((one) => textOf(one, context)).join(", ")}]`;
  const given =
    as === "call"
      ? `${context.tools}.listed(${list(args)})`
      : as === "list"
        ? `[${context.begin}.list(${args.map((one) => textOf(one, context)).join(", ")})]`
        : `${context.tools}.given(${list(args)})`;
  return `${context.begin}(${site}, ${given}, ${context.tools}.given(${list(keeps)}))`;
}

/** What the compiler's limits refuse goes through: the author's handler never sees it in plain Node. */
function catchClause(node: Extract<Node, { type: "CatchClause" }>, context: TextContext): string {
  const thrown = `${context.tools}thrown`;
  const pattern = node.param ? `let ${textOf(node.param, context)} = ${thrown};` : "";
  return `catch (${thrown}) { ${context.tools}.caught(${thrown}); ${pattern} ${textOf(node.body, context)} }`;
}

/** A declaration of variables that the flow knows: they are declared already, and get their values here. */
function declaration(
  node: Extract<Node, { type: "VariableDeclaration" }>,
  context: TextContext,
): string | undefined {
  // Of the pattern's own names; what its defaults read says nothing.
  const isKnown = (pattern: Node): boolean => {
    if (pattern.type === "Identifier") return context.uses.has(pattern);
    if (pattern.type === "AssignmentPattern") return isKnown(pattern.left);
    if (pattern.type === "Property") return isKnown(pattern.value);
    return childrenOf(pattern).some(isKnown);
  };
  if (!node.declarations.some(({ id }) => isKnown(id))) return undefined;
  const parts = node.declarations.map(({ id, init }) =>
    init ? `(${textOf(id, context)} = ${textOf(init, context)});` : `${textOf(id, context)} = undefined;`,
  );
  return parts.join(" ");
}

/** The text of `outer` with the given nodes in it written anew. */
function withChildren(outer: Node, from: Node, children: readonly Node[], context: TextContext): string {
  const writing = writingOf(outer);
  if (writing) return written(outer, writing, context);
  const { text, base } = context.reader.sourceOf(from);
  let out = "";
  let at = from.start;
  for (const child of [...children].sort((a, b) => a.start - b.start)) {
    out += text.slice(at - base, child.start - base) + textOf(child, context);
    at = child.end;
  }
  return out + text.slice(at - base, outer.end - base);
}

/** A node that stands in no file, as the template that it was made by has it. */
function written(node: Node, { text, start, end, children }: Writing, context: TextContext): string {
  let out = "";
  let at = start;
  for (const [i, child] of childrenOf(node).entries()) {
    const span = children[i] ?? { start: at, end: at };
    out += text.slice(at, span.start) + textOf(child, context);
    at = span.end;
  }
  return out + text.slice(at, end);
}

const sliceOf = (node: Node, context: TextContext): string => context.reader.sourceOf(node).slice(node);

/** `{ a }` becomes `{ a: a$1 }` where the name had to change. */
function shorthand(node: Extract<Node, { type: "Property" }>, context: TextContext): string {
  const key = isMadeUp(node.key) ? (node.key as Named).name : sliceOf(node.key, context);
  const value = textOf(node.value, context);
  const name = node.value.type === "AssignmentPattern" ? textOf(node.value.left, context) : value;
  return name === key ? value : `${key}: ${value}`;
}

/**
 * Two objects are the same one in plain Node and two copies after a way through JSON, or the other way round; so a
 * comparison that could meet two objects is made by a tool that refuses them.
 */
const comparesIdentity = (node: Extract<Node, { type: "BinaryExpression" }>): boolean =>
  EQUALITY.has(node.operator) && mayBeObject(node.left) && mayBeObject(node.right);

/** Calls that compare by identity, with their operands checked first. */
function identityCall(
  node: Extract<Node, { type: "CallExpression" }>,
  context: TextContext,
): string | undefined {
  const callee = bare(node.callee);
  const name = callee.type === "MemberExpression" ? memberName(callee) : undefined;
  const [first] = node.arguments;
  const last = node.arguments.at(-1);
  if (callee.type !== "MemberExpression" || name === undefined || !first || !last) return undefined;
  const isObject =
    callee.object.type === "Identifier" &&
    callee.object.name === "Object" &&
    !context.uses.has(callee.object);
  const head = withChildren({ ...node, end: first.start }, node, [node.callee], context);
  const args = withChildren({ ...node, end: last.end }, first, node.arguments, context);
  const tail = context.reader.sourceOf(node).slice({ start: last.end, end: node.end });
  if (isObject && name === "is") return `${head}...${context.tools}.pair(${args})${tail}`;
  if (!SEARCHES.has(name) || (first.type !== "SpreadElement" && !mayBeObject(first))) return undefined;
  return `${head}...${context.tools}.sought(${args})${tail}`;
}

/** A `switch`, which compares as `===` does. */
function switched(node: Extract<Node, { type: "SwitchStatement" }>, context: TextContext): string {
  const { discriminant, cases } = node;
  let out = "";
  let start = node.start;
  const upTo = (end: number, children: readonly Node[]): void => {
    out += withChildren({ ...node, end }, { ...node, start }, children, context);
    start = end;
  };
  upTo(discriminant.end, [discriminant]);
  for (const { test, consequent, end } of cases) {
    if (test && mayBeObject(discriminant) && mayBeObject(test)) {
      upTo(test.start, []);
      const text = textOf(test, context);
      const { tools } = context;
      out += isPath(discriminant)
        ? ` ${tools}.pair(${textOf(discriminant, context)}, ${text})[1]`
        : ` ${tools}.sought(${text})[0]`;
      start = test.end;
    } else if (test) upTo(test.end, [test]);
    upTo(end, consequent);
  }
  upTo(node.end, []);
  return out;
}

/** `a.localeCompare(b)`, in a language that is the same wherever the flow runs. */
function comparison(
  node: Extract<Node, { type: "CallExpression" }>,
  context: TextContext,
): string | undefined {
  const missing = missingLanguage(node);
  if (!missing) return undefined;
  const [other, , ...more] = node.arguments;
  const before = [node.callee, other].filter((one) => one !== undefined);
  const head = withChildren({ ...node, end: missing.start }, node, before, context);
  const tail = withChildren(node, { ...node, start: missing.end }, more, context);
  return head + missing.with + tail;
}

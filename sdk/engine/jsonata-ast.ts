import jsonata from "jsonata";

/**
 * JSONata's syntax tree, as far as we read it. The library types it loosely; this is what version 2.0.6 makes.
 */
export interface AstNode {
  type: string;
  value?: unknown;
  steps?: AstNode[];
  /** `unary [`, `block`. */
  expressions?: AstNode[];
  /** `unary -`, and the terms of a sort. */
  expression?: AstNode;
  /** An object constructor has pairs here, an operator one node. */
  lhs?: AstNode | AstNode[][];
  rhs?: AstNode;
  procedure?: AstNode;
  arguments?: AstNode[];
  body?: AstNode;
  condition?: AstNode;
  then?: AstNode;
  else?: AstNode;
  pattern?: AstNode;
  update?: AstNode;
  delete?: AstNode;
  terms?: { expression: AstNode }[];
  predicate?: { expr?: AstNode }[];
  stages?: { expr?: AstNode }[];
  group?: { lhs: AstNode[][] };
  focus?: string;
  index?: string;
  keepArray?: boolean;
  keepSingletonArray?: boolean;
}

/** A parsed expression: JSONata's own object and the tree that it evaluates. */
export interface Parsed {
  readonly expression: jsonata.Expression;
  readonly ast: AstNode;
}

/** Why a text is no JSONata. */
export class JsonataSyntaxError extends Error {}

/** @throws JsonataSyntaxError with JSONata's code and message */
export function parse(text: string): Parsed {
  try {
    const expression = jsonata(text);
    return { expression, ast: expression.ast() as unknown as AstNode };
  } catch (thrown) {
    const { code, message } = thrown as { code?: string; message?: string };
    throw new JsonataSyntaxError(`${code ?? "S0500"}: ${message ?? String(thrown)}`);
  }
}

export interface VisitContext {
  /** False where `$` and bare names would mean the (absent) input document. */
  hasContext: boolean;
  /** Variables bound around this node, by `:=` in an enclosing block or as parameters. */
  bound: ReadonlySet<string>;
}

type Visitor = (node: AstNode, context: VisitContext) => void;

const TOP: VisitContext = { hasContext: false, bound: new Set() };

/** Calls `visit` for every node, parents first. */
export function walk(node: AstNode, visit: Visitor, context: VisitContext = TOP): void {
  visit(node, context);
  const inner: VisitContext = { ...context, hasContext: true };
  const go = (child: AstNode | undefined, at = context): void => {
    if (child) walk(child, visit, at);
  };
  node.steps?.forEach((step, index) => {
    go(step, index === 0 ? context : inner);
  });
  walkBlock(node, visit, context);
  go(node.expression);
  if (Array.isArray(node.lhs)) for (const pair of node.lhs) for (const part of pair) go(part);
  else if (node.type !== "bind") go(node.lhs);
  go(node.rhs);
  go(node.procedure);
  if (node.type === "lambda") {
    const parameters = (node.arguments ?? []).map((parameter) => String(parameter.value));
    go(node.body, { hasContext: true, bound: new Set([...context.bound, ...parameters]) });
  } else {
    for (const argument of node.arguments ?? []) go(argument);
  }
  for (const part of [node.condition, node.then, node.else]) go(part);
  for (const part of [node.pattern, node.update, node.delete]) go(part, inner);
  for (const term of node.terms ?? []) go(term.expression, inner);
  for (const filter of [...(node.predicate ?? []), ...(node.stages ?? [])]) go(filter.expr, inner);
  for (const pair of node.group?.lhs ?? []) for (const part of pair) go(part, inner);
}

/** In a block, what `:=` binds is visible to everything in the block: a function may call itself. */
function walkBlock(node: AstNode, visit: Visitor, context: VisitContext): void {
  if (!node.expressions) return;
  const names =
    node.type === "block" ? node.expressions.filter((part) => part.type === "bind").map(boundName) : [];
  const at = names.length > 0 ? { ...context, bound: new Set([...context.bound, ...names]) } : context;
  for (const part of node.expressions) walk(part, visit, at);
}

export const boundName = (bind: AstNode): string =>
  String(!Array.isArray(bind.lhs) && bind.lhs ? bind.lhs.value : "");

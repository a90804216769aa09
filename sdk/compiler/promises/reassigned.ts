import type { Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, isFunction } from "../parse/ast.ts";
import { notePromise } from "../parse/make.ts";
import type { Templates } from "./template.ts";
import { Family, isNothing, isPromiseCall, leaves, mentions } from "./uses.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Named = Of<"Identifier">;

/**
 * `let next = load(0); for (…) { const page = await next; next = load(i + 1); await save(page); }`: a variable of which
 * another call is awaited each time. It holds how the call ended, as `Promise.allSettled` says it. Each call begins where
 * it stands, in a constant; what became of it is noted before anybody asks, at the end of the block at the latest.
 */
export function reassigned(fn: AnyFunction, templates: Templates): void {
  if (!fn.async || !fn.body) return;
  const family = new Family(fn);
  for (const declaration of declarationsIn(fn.body)) {
    const [declared] = declaration.declarations;
    if (declaration.declarations.length > 1 || declaration.kind !== "let") continue;
    if (declared?.id.type !== "Identifier") continue;
    const variable = new Reassigned(family, templates, declaration, declared.id);
    if (variable.isKnown()) variable.rewrite();
  }
}

const declarationsIn = (node: Node): Of<"VariableDeclaration">[] => {
  if (isFunction(node)) return [];
  const found = childrenOf(node).flatMap(declarationsIn);
  return node.type === "VariableDeclaration" ? [node, ...found] : found;
};

/** A place where the variable gets another value: a statement of a block, and what it is assigned. */
interface Given {
  statement: Node;
  block: Node[];
  value: Expression;
  /** `if (test) next = …;` */
  test?: Expression;
}

class Reassigned {
  readonly #family: Family;
  readonly #templates: Templates;
  readonly #declaration: Of<"VariableDeclaration">;
  readonly #names: Set<string>;
  readonly #given: Given[] = [];
  readonly #awaits: Of<"AwaitExpression">[] = [];
  readonly #elements: Named[] = [];
  readonly #returned: Named[] = [];
  #nothing = false;

  constructor(family: Family, templates: Templates, declaration: Of<"VariableDeclaration">, { name }: Named) {
    this.#family = family;
    this.#templates = templates;
    this.#declaration = declaration;
    this.#names = new Set([name]);
  }

  /** Every use of it, and of constants that take it over, is one that a note of the call's end serves as well. */
  isKnown(): boolean {
    for (const name of this.#names) {
      const uses = this.#family.named(name);
      if (!uses.every((one) => this.#family.isOwn(one) && this.#isUse(one))) return false;
      if (uses.filter((one) => this.#isDeclared(one)).length !== 1) return false;
    }
    const [declared] = this.#declaration.declarations;
    const init = declared?.init;
    const block = this.#blockOf(this.#declaration);
    if (!block) return false;
    if (init) this.#given.push({ statement: this.#declaration, block, value: init });
    else this.#nothing = true;
    const values = this.#given.map(({ value }) => kindOf(value));
    if (values.includes(undefined) || !values.some((one) => one === "call" || one === "either")) return false;
    this.#nothing ||= values.includes("nothing") || values.includes("either");
    return (
      this.#given.length > 1 - (init ? 0 : 1) &&
      this.#awaits.length + this.#elements.length + this.#returned.length > 0
    );
  }

  #isDeclared(name: Named): boolean {
    const parent = this.#family.parent(name);
    return parent?.type === "VariableDeclarator" && parent.id === name;
  }

  #isUse(name: Named): boolean {
    const parent = this.#family.parent(name);
    switch (parent?.type) {
      case "VariableDeclarator":
        return parent.id === name || this.#isTakenOver(parent);
      case "AwaitExpression":
        this.#awaits.push(parent);
        return true;
      case "AssignmentExpression":
        return parent.left === name && parent.operator === "=" && this.#isGiven(parent);
      case "IfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
      case "ConditionalExpression":
        return parent.test === name;
      case "LogicalExpression":
        return parent.left === name && parent.operator === "&&" && !this.#isValue(parent);
      case "UnaryExpression":
        return parent.operator === "!";
      case "BinaryExpression":
        return (
          ["===", "!==", "==", "!="].includes(parent.operator) &&
          parent.left === name &&
          isNothing(parent.right)
        );
      case "ArrayExpression":
        return this.#isElement(parent, name);
      case "ReturnStatement":
        return this.#isReturned(name);
      default:
        return false;
    }
  }

  /** `p && x` gives the promise itself where somebody asks for more than whether it is one. */
  #isValue(node: Node): boolean {
    const parent = this.#family.parent(node);
    if (parent?.type === "ExpressionStatement") return false;
    if (parent?.type === "IfStatement" || parent?.type === "WhileStatement") return parent.test !== node;
    return true;
  }

  /** `const current = next;` */
  #isTakenOver(declarator: Of<"VariableDeclarator">): boolean {
    const declaration = this.#family.parent(declarator);
    if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") return false;
    if (declarator.id.type !== "Identifier") return false;
    this.#names.add(declarator.id.name);
    return true;
  }

  /** `return next;`, where no handler asks how it ended. */
  #isReturned(name: Named): boolean {
    this.#returned.push(name);
    return [...this.#family.around(name)].every(({ type }) => type !== "TryStatement");
  }

  /** `await Promise.all([next, …])` */
  #isElement(list: Node, name: Named): boolean {
    const call = this.#family.parent(list);
    if (!call || !isPromiseCall(call, "all", "allSettled")) return false;
    this.#elements.push(name);
    return this.#family.parent(call)?.type === "AwaitExpression";
  }

  #isGiven(assignment: Of<"AssignmentExpression">): boolean {
    const statement = this.#family.parent(assignment);
    if (statement?.type !== "ExpressionStatement") return false;
    const block = this.#blockOf(statement);
    if (block) {
      this.#given.push({ statement, block, value: assignment.right });
      return true;
    }
    const parent = this.#family.parent(statement);
    const outer = parent && this.#blockOf(parent);
    if (parent?.type !== "IfStatement" || parent.alternate || !outer) return false;
    this.#given.push({ statement: parent, block: outer, value: assignment.right, test: parent.test });
    return true;
  }

  #blockOf(statement: Node): Node[] | undefined {
    const parent = this.#family.parent(statement);
    return parent?.type === "BlockStatement" ? parent.body : undefined;
  }

  rewrite(): void {
    const templates = this.#templates;
    const record = templates.fresh("record");
    const name = templates.fresh("one");
    const guard = this.#nothing ? `if (!${record}) return ${record}; ` : "";
    const take = `(async (${record}) => { ${guard}if (${record}.status === "rejected") throw ${record}.reason; return ${record}.value; })(${name})`;
    for (const one of this.#awaits) {
      const made = templates.expression(`await ${take}`, { [name]: bare(one.argument) }, one, one.start);
      this.#family.replace(one, made);
    }
    for (const one of this.#returned)
      this.#family.replace(one, templates.expression(`await ${take}`, { [name]: one }, one));
    for (const one of this.#elements)
      this.#family.replace(
        one,
        templates.expression(`(async () => { return await ${take}; })()`, { [name]: one }, one),
      );
    for (const given of this.#given) this.#begin(given);
  }

  /** The call begins here; how it ended is noted later. */
  #begin({ statement, block, value, test }: Given): void {
    const kind = kindOf(value);
    if (kind === "nothing") return;
    const templates = this.#templates;
    const [name] = this.#names as Iterable<string> as [string];
    const isDeclared = statement === this.#declaration;
    const set = isDeclared ? `let ${name} =` : `${name} =`;
    const inner = bare(value);
    if (inner.type === "CallExpression" && isPromiseCall(inner, "resolve")) {
      const held = inner.arguments[0] ? `, value: (${templates.text(inner.arguments[0])})` : "";
      const text = `${set} { status: "fulfilled"${held} };`;
      const wrapped = test ? `if (${templates.text(test)}) ${text}` : text;
      block.splice(block.indexOf(statement), 1, ...templates.statements(wrapped, {}, statement.start));
      return;
    }
    const [call, begins, T, A] = ["call", "begins", "test", "value"].map((wish) => templates.fresh(wish));
    const chosen =
      test ?? (inner.type === "ConditionalExpression" && kind === "either" ? inner.test : undefined);
    const ended = `(await Promise.allSettled([${call}]))[0]`;
    const at = block.indexOf(statement);
    const until = this.#until(block, at, isDeclared);
    const after = block[until - 1] ?? statement;
    const noted = chosen
      ? `${isDeclared ? `let ${name} = null; ` : ""}if (${begins}) ${name} = ${ended};${test ? "" : ` else ${name} = null;`}`
      : `${set} ${ended};`;
    const later = templates.statements(noted, {}, after.end);
    markCalls(later, call as string);
    block.splice(until, 0, ...later);
    const text = chosen
      ? `const ${begins} = ${T} ? true : false; const ${call} = ${begins} ? ${A} : null;`
      : `const ${call} = ${A};`;
    const parts = chosen ? { [T as string]: chosen, [A as string]: armOf(value) } : { [A as string]: value };
    block.splice(at, 1, ...templates.statements(text, parts, statement.start));
  }

  /** Before which statement of the block it is noted: one that asks for it, or one that leaves. */
  #until(block: readonly Node[], at: number, isDeclared: boolean): number {
    if (!isDeclared && this.#isInTry(block[at] as Node)) return at + 1;
    const found = block.findIndex((one, i) => i > at && (mentions(one, this.#names) || leaves(one)));
    return found < 0 ? block.length : found;
  }

  /** A handler that asks for it must find it, whatever throws meanwhile. */
  #isInTry(statement: Node): boolean {
    const around = [...this.#family.around(statement)];
    const inner = around.slice(0, around.indexOf(this.#family.parent(this.#declaration) as Node));
    return inner.some(({ type }) => type === "TryStatement");
  }
}

type Kind = "call" | "nothing" | "either" | "value";

/** What the variable is given; nothing where it may be something else than a promise or nothing at all. */
function kindOf(value: Expression): Kind | undefined {
  const inner = bare(value);
  if (isNothing(inner)) return "nothing";
  if (inner.type === "CallExpression" && isPromiseCall(inner, "resolve"))
    return inner.arguments.every((one) => one.type !== "SpreadElement" && isQuiet(one)) ? "value" : undefined;
  if (inner.type === "CallExpression") return inner.optional ? undefined : "call";
  if (inner.type !== "ConditionalExpression") return undefined;
  const arms = [kindOf(inner.consequent), kindOf(inner.alternate)];
  if (arms.every((one) => one === "call")) return "call";
  return arms[0] === "call" && arms[1] === "nothing" ? "either" : undefined;
}

const isQuiet = (node: Node): boolean => {
  const inner = bare(node as Expression);
  return inner.type === "Literal" || inner.type === "Identifier";
};

const armOf = (value: Expression): Expression => {
  const inner = bare(value);
  return inner.type === "ConditionalExpression" && isNothing(inner.alternate) ? inner.consequent : value;
};

/** They must be promises: of a value nobody could tell whether there is one. */
function markCalls(nodes: readonly Node[], name: string): void {
  for (const node of nodes) {
    if (node.type === "Identifier" && node.name === name) notePromise(node);
    markCalls(childrenOf(node), name);
  }
}

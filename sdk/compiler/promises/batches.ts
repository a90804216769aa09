import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, containsAwait, isFunction, memberName } from "../parse/ast.ts";
import { type Names, PushedCall, within } from "./batch-calls.ts";
import { BatchStates } from "./batch-states.ts";
import { firstEvaluated } from "./first-evaluated.ts";
import type { Templates } from "./template.ts";
import { Family, isPromiseCall, mentions } from "./uses.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Named = Of<"Identifier">;

/**
 * `batch.push(t(x)); if (batch.length === 5) { await Promise.all(batch); batch = []; }`: the list holds what the calls get,
 * and they begin where they are awaited. Nothing else waits between, so that this is the same moment.
 */
export function batches(fn: AnyFunction, templates: Templates, names: Names): void {
  if (!fn.async || fn.body?.type !== "BlockStatement") return;
  if (!blocksIn(fn.body).some((block) => block.some(emptyList))) return;
  embrace(fn.body);
  while (rewriteOne(fn, fn.body, templates, names)) {
    // Statements have moved: the next one is looked for anew.
  }
}

function rewriteOne(fn: AnyFunction, body: Node, templates: Templates, names: Names): boolean {
  const family = new Family(fn);
  for (const block of blocksIn(body))
    for (const statement of block) {
      const name = emptyList(statement);
      if (!name) continue;
      const batch = new Batch(family, templates, { block, statement, name }, within(family, names));
      if (!batch.isKnown()) continue;
      batch.rewrite();
      return true;
    }
  return false;
}

/** `if (batch.length) await Promise.all(batch);` gets braces. */
function embrace(node: Node): void {
  if (isFunction(node)) return;
  if (node.type === "IfStatement" && node.consequent.type === "ExpressionStatement" && !node.alternate) {
    const { start, end } = node.consequent;
    if (containsAwait(node.consequent))
      node.consequent = { type: "BlockStatement", body: [node.consequent], start, end } as never;
  }
  for (const child of childrenOf(node)) embrace(child);
}

function blocksIn(node: Node): Node[][] {
  if (isFunction(node)) return [];
  const found = childrenOf(node).flatMap(blocksIn);
  return node.type === "BlockStatement" ? [node.body, ...found] : found;
}

/** `let batch = [];` */
function emptyList(statement: Node): Named | undefined {
  if (statement.type !== "VariableDeclaration" || statement.declarations.length !== 1) return undefined;
  const [{ id, init } = { id: undefined, init: undefined }] = statement.declarations;
  return id?.type === "Identifier" && init && isEmpty(init) ? id : undefined;
}

interface Declared {
  block: Node[];
  statement: Node;
  name: Named;
}

/** `await Promise.all(batch)`, and the statement of a block in which it stands. */
interface Awaited {
  /** The list, or all that is taken out of it. */
  list: Node;
  statement: Node;
  block: Node[];
}

class Batch {
  readonly #family: Family;
  readonly #templates: Templates;
  readonly #declared: Declared;
  readonly #names: Names;
  readonly #pushes: { call: PushedCall; statement: Node }[] = [];
  readonly #awaits: Awaited[] = [];
  readonly #resets: { statement: Node; block: Node[] }[] = [];
  /** Where the list is used: statements of one block. */
  #region: { block: Node[]; using: Node[] } = { block: [], using: [] };
  /** Something may throw when calls have begun that are not awaited yet. */
  #throws = false;

  constructor(family: Family, templates: Templates, declared: Declared, names: Names) {
    this.#family = family;
    this.#templates = templates;
    this.#declared = declared;
    this.#names = names;
  }

  isKnown(): boolean {
    const { name, block, statement } = this.#declared;
    const uses = this.#family.named(name.name).filter((one) => one !== name);
    if (!uses.every((one) => this.#family.isOwn(one) && this.#isUse(one))) return false;
    if ([this.#pushes, this.#awaits, this.#resets].some(({ length }) => length === 0)) return false;
    this.#region = regionOf(
      block.filter((one) => one !== statement),
      block,
      name.name,
    );
    const { using } = this.#region;
    if (!this.#pushes.every(({ call }) => call.isKnown(using))) return false;
    const states = new BatchStates({
      name: name.name,
      pushes: statementsOf(this.#pushes),
      awaits: statementsOf(this.#awaits),
      resets: statementsOf(this.#resets),
      functions: this.#names.functions,
      isAside: (one) => this.#isAside(one),
    });
    const at = (one: Node | undefined): number => this.#region.block.indexOf(one as Node);
    const whole = this.#region.block.slice(at(using[0]), at(using.at(-1)) + 1);
    this.#region.using = whole;
    if (!states.isWhole(whole)) return false;
    this.#throws = states.throws;
    // What is declared in a `try` would not be seen behind it.
    return !states.throws || whole.slice(0, -1).every(({ type }) => type !== "VariableDeclaration");
  }

  #isUse(name: Named): boolean {
    const parent = this.#family.parent(name);
    if (parent?.type === "MemberExpression" && parent.object === name && !parent.computed)
      return this.#isMember(parent, memberName(parent) ?? "");
    if (parent && isPromiseCall(parent, "all", "allSettled"))
      return this.#isAwaited(name, parent as CallExpression);
    return (
      parent?.type === "AssignmentExpression" &&
      parent.left === name &&
      parent.operator === "=" &&
      isEmpty(parent.right) &&
      this.#isReset(parent)
    );
  }

  #isAwaited(list: Node, call: CallExpression): boolean {
    const within = this.#statementOf(call);
    const awaited = this.#family.parent(call);
    if (awaited?.type !== "AwaitExpression" || call.arguments.length !== 1 || !within) return false;
    if (!this.#isFirst(within.statement, awaited)) return false;
    this.#awaits.push({ list, ...within });
    return true;
  }

  /** Nothing that could be noticed stands before it: also not in `out.push(...(await …))` of a list. */
  #isFirst(node: Node | null | undefined, awaited: Node): boolean {
    if (firstEvaluated(node, awaited) === awaited) return true;
    switch (node?.type) {
      case "ExpressionStatement":
      case "ParenthesizedExpression":
        return this.#isFirst(node.expression, awaited);
      case "ReturnStatement":
      case "SpreadElement":
        return this.#isFirst(node.argument, awaited);
      case "AssignmentExpression":
        return (
          node.left.type === "Identifier" &&
          !["&&=", "||=", "??="].includes(node.operator) &&
          this.#isFirst(node.right, awaited)
        );
      case "ArrayExpression": {
        const first = node.elements.find((one) => one && !this.#isSpreadList(one));
        return this.#isFirst(first, awaited);
      }
      case "CallExpression": {
        const callee = bare(node.callee);
        if (callee.type !== "MemberExpression" || callee.optional || node.optional) return false;
        const isKnown = ["push", "concat"].includes(memberName(callee) ?? "") && this.#isList(callee.object);
        return isKnown && this.#isFirst(node.arguments[0], awaited);
      }
      default:
        return false;
    }
  }

  #isList = (node: Node): boolean => node.type === "Identifier" && this.#family.isList(node.name);

  #isSpreadList = (node: Node): boolean => node.type === "SpreadElement" && this.#isList(node.argument);

  #isMember(member: Of<"MemberExpression">, key: string): boolean {
    const parent = this.#family.parent(member);
    if (key === "length") {
      if (parent?.type !== "AssignmentExpression" || parent.left !== member)
        return parent?.type !== "UpdateExpression";
      const isZero = parent.right.type === "Literal" && parent.right.value === 0;
      return parent.operator === "=" && isZero && this.#isReset(parent);
    }
    const call = parent?.type === "CallExpression" && parent.callee === member ? parent : undefined;
    if (call && key === "splice") return this.#isSpliced(call);
    const [pushed, ...more] = call?.arguments ?? [];
    const statement = call && this.#family.parent(call);
    if (key !== "push" || !pushed || more.length > 0 || statement?.type !== "ExpressionStatement")
      return false;
    const made = PushedCall.of(pushed, this.#names);
    if (made) this.#pushes.push({ call: made, statement });
    return made !== undefined;
  }

  /** `batch.splice(0);`, `await Promise.all(batch.splice(0))` */
  #isSpliced(call: CallExpression): boolean {
    const [from, count, ...more] = call.arguments;
    const isFromStart = from?.type === "Literal" && from.value === 0;
    const isAll =
      !count ||
      (count.type === "MemberExpression" &&
        memberName(count) === "length" &&
        count.object.type === "Identifier" &&
        count.object.name === this.#declared.name.name);
    if (!isFromStart || !isAll || more.length > 0) return false;
    const parent = this.#family.parent(call);
    if (parent?.type === "ExpressionStatement") return this.#isReset(call);
    if (!parent || !isPromiseCall(parent, "all", "allSettled")) return false;
    if (!this.#isAwaited(call, parent as CallExpression)) return false;
    const { statement, block } = this.#awaits.at(-1) as Awaited;
    this.#resets.push({ statement, block });
    return true;
  }

  /** A list that is filled, spread and returned, and that nothing else knows of. */
  #isAside(statement: Node): boolean {
    const call = statement.type === "ExpressionStatement" ? bare(statement.expression) : undefined;
    const callee = call?.type === "CallExpression" && !call.optional ? bare(call.callee) : undefined;
    if (callee?.type !== "MemberExpression" || memberName(callee) !== "push") return false;
    const { object } = callee;
    if (object.type !== "Identifier" || !this.#family.isList(object.name)) return false;
    return this.#family.named(object.name).every((one) => {
      const parent = this.#family.parent(one);
      if (!parent || !this.#family.isOwn(one)) return false;
      if (parent.type === "MemberExpression")
        return parent.object === one && ["push", "length"].includes(memberName(parent) ?? "");
      if (parent.type === "VariableDeclarator") return parent.id === one;
      return parent.type === "SpreadElement" || parent.type === "ReturnStatement";
    });
  }

  #isReset(assignment: Node): boolean {
    const statement = this.#family.parent(assignment);
    const block = statement && this.#blockOf(statement);
    if (statement?.type !== "ExpressionStatement" || !block) return false;
    this.#resets.push({ statement, block });
    return true;
  }

  #blockOf(statement: Node): Node[] | undefined {
    const parent = this.#family.parent(statement);
    return parent?.type === "BlockStatement" ? parent.body : undefined;
  }

  /** The statement of a block in which a node stands. */
  #statementOf(node: Node): { statement: Node; block: Node[] } | undefined {
    for (const one of this.#family.around(node)) {
      if (!one.type.endsWith("Statement") && one.type !== "VariableDeclaration") continue;
      const block = this.#blockOf(one);
      return block && { statement: one, block };
    }
    return undefined;
  }

  rewrite(): void {
    const templates = this.#templates;
    const { name, statement, block } = this.#declared;
    const one = templates.fresh("one");
    const region = [...this.#region.using];
    const calls = this.#pushes.map(({ call }) => call.again(templates, one, region));
    const kinds = [...new Set(calls)];
    const chosen = kinds.slice(0, -1).map((text, i) => `${one}.site === ${i} ? ${text} : `);
    const again = `(${one}) => ${chosen.join("")}${kinds.at(-1)}`;
    const parts = this.#region;
    for (const [i, { call }] of this.#pushes.entries())
      this.#family.replace(call.call, call.record(templates, kinds.indexOf(calls[i] as string), region));
    if (this.#throws) this.#guard(parts.block, region.slice(0, -1), again);
    for (const awaited of this.#awaits) {
      const taken = templates.fresh("taken");
      this.#family.replace(awaited.list, templates.expression(`${taken}.map(${again})`, {}, awaited.list));
      const at = awaited.block.indexOf(awaited.statement);
      const text = `const ${taken} = [...${name.name}]; ${name.name} = [];`;
      awaited.block.splice(at, 0, ...templates.statements(text, {}, awaited.statement.start - 1));
    }
    const awaits = statementsOf(this.#awaits);
    for (const reset of this.#resets)
      if (!awaits.has(reset.statement)) reset.block.splice(reset.block.indexOf(reset.statement), 1);
    const declared = templates.statements(`let ${name.name} = [];`, {}, statement.start);
    block.splice(block.indexOf(statement), 1, ...declared);
  }

  /** Something may throw when calls have begun: what has not been awaited then is made all the same. */
  #guard(block: Node[], guarded: Node[], again: string): void {
    const [first] = guarded;
    const last = guarded.at(-1);
    if (!first || !last) return;
    const within = [...guarded];
    const body = { type: "BlockStatement", body: within, start: first.start, end: last.end } as never;
    for (const act of [...this.#awaits, ...this.#resets])
      if (within.includes(act.statement)) act.block = within;
    const [inside, list] = [this.#templates.fresh("body"), this.#declared.name.name];
    const text = `try { ${inside}; } catch (e) { await Promise.allSettled(${list}.map(${again})); throw e; }`;
    const made = this.#templates.statements(text, { [inside]: body }, first.start - 1);
    block.splice(block.indexOf(first), guarded.length, ...made);
  }
}

/** The block where all of it happens, also within a `try`, and the statements there that use the list. */
function regionOf(
  statements: readonly Node[],
  block: Node[],
  name: string,
): { block: Node[]; using: Node[] } {
  const names = new Set([name]);
  const using = statements.filter((one) => mentions(one, names));
  const [only, ...more] = using;
  const isInside = only?.type === "TryStatement" && more.length === 0 && !isOutside(only, names);
  return isInside ? regionOf(only.block.body, only.block.body, name) : { block, using };
}

const isOutside = ({ handler, finalizer }: Of<"TryStatement">, names: ReadonlySet<string>): boolean =>
  [handler, finalizer].some((one) => one !== null && mentions(one, names));

const statementsOf = (acts: readonly { statement: Node }[]): Set<Node> =>
  new Set(acts.map(({ statement }) => statement));

const isEmpty = (node: Expression): boolean => {
  const inner = bare(node);
  return inner.type === "ArrayExpression" && inner.elements.length === 0;
};

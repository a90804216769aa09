import type { Expression, Node } from "oxc-parser";
import { bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import { type Functions, isPlain, neverThrows } from "./plain.ts";
import { leaves, mentions } from "./uses.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/**
 * What the list holds at a place of the program: nothing; calls that nobody has awaited; calls that were awaited. Nothing at
 * all stands for a place that control does not come to.
 */
export type Held = "nothing" | "calls" | "awaited" | undefined;

/** The statements that something is done to the list in. */
export interface Acts {
  readonly name: string;
  readonly pushes: ReadonlySet<Node>;
  readonly awaits: ReadonlySet<Node>;
  readonly resets: ReadonlySet<Node>;
  readonly functions: Functions;
  /** `out.push(x)` of a list that no call gets. */
  isAside(statement: Node): boolean;
}

/** Something that cannot be said of the list. */
class Unknown extends Error {}

interface Around {
  breaks: Held[];
  continues: Held[];
}

/**
 * Follows the list through the statements: whatever is pushed is awaited, and forgotten before more is pushed; while calls
 * are there nothing else waits, leaves, or changes what a call gets.
 */
export class BatchStates {
  readonly #acts: Acts;
  readonly #names: ReadonlySet<string>;
  /** Something may throw while calls are there. */
  throws = false;

  constructor(acts: Acts) {
    this.#acts = acts;
    this.#names = new Set([acts.name]);
  }

  /** Nothing that was pushed is left at the end. */
  isWhole(statements: readonly Node[]): boolean {
    try {
      const end = this.#all(statements, "nothing", undefined);
      return end !== "calls";
    } catch (error) {
      if (error instanceof Unknown) return false;
      throw error;
    }
  }

  #all(statements: readonly Node[], before: Held, around: Around | undefined): Held {
    return statements.reduce<Held>((held, one) => held && this.#one(one, held, around), before);
  }

  #one(node: Node, held: Held, around: Around | undefined): Held {
    const { pushes, awaits, resets } = this.#acts;
    if (pushes.has(node)) return this.#plain(node, only(held, "nothing", "calls")) && "calls";
    if (awaits.has(node)) return only(held, "nothing", "calls") && (resets.has(node) ? "nothing" : "awaited");
    if (resets.has(node)) return only(held, "nothing", "awaited") && "nothing";
    if (held !== "calls" && !mentions(node, this.#names)) return this.#aside(node, held, around);
    switch (node.type) {
      case "BlockStatement":
        return this.#all(node.body, held, around);
      case "IfStatement":
        return this.#if(node, held, around);
      case "ForOfStatement":
      case "ForStatement":
      case "WhileStatement":
        return this.#loop(node, held);
      case "TryStatement":
        return this.#try(node, held, around);
      case "BreakStatement":
      case "ContinueStatement":
        return this.#jump(node, held, around);
      case "VariableDeclaration":
      case "ExpressionStatement":
        return this.#plain(node, held);
      case "ThrowStatement":
        return this.#throw(node, held);
      case "EmptyStatement":
        return held;
      default:
        throw new Unknown();
    }
  }

  /** `throw new Error("…")` */
  #throw({ argument }: Of<"ThrowStatement">, held: Held): undefined {
    const inner = bare(argument);
    const parts =
      inner.type === "NewExpression" && inner.callee.type === "Identifier" ? inner.arguments : [inner];
    for (const part of parts) this.#plain(part, held);
    this.throws = true;
  }

  /** The list has nothing to do with it. */
  #aside(node: Node, held: Held, around: Around | undefined): Held {
    if (node.type === "BreakStatement" || node.type === "ContinueStatement")
      return this.#jump(node, held, around);
    if (node.type === "ReturnStatement" || node.type === "ThrowStatement") return undefined;
    if (node.type === "IfStatement") return this.#if(node, held, around);
    if (node.type === "BlockStatement") return this.#all(node.body, held, around);
    if (jumpsOut(node)) throw new Unknown();
    return held;
  }

  #jump(
    { type, label }: Of<"BreakStatement" | "ContinueStatement">,
    held: Held,
    around: Around | undefined,
  ): Held {
    if (label || !around) throw new Unknown();
    (type === "BreakStatement" ? around.breaks : around.continues).push(held);
    return undefined;
  }

  #if(node: Of<"IfStatement">, held: Held, around: Around | undefined): Held {
    if (held === "calls" || mentions(node.test, this.#names)) this.#plain(node.test, held);
    const no = asksLength(node.test, this.#acts.name) ? "nothing" : held;
    const yes = this.#one(node.consequent, held, around);
    return both(yes, node.alternate ? this.#one(node.alternate, no, around) : no);
  }

  #loop(node: Of<"ForOfStatement" | "ForStatement" | "WhileStatement">, before: Held): Held {
    const isOf = node.type === "ForOfStatement";
    if (isOf && (node.await || node.left.type !== "VariableDeclaration")) throw new Unknown();
    const heads = isOf
      ? [node.right]
      : node.type === "ForStatement"
        ? [node.init, node.test, node.update]
        : [node.test];
    const once = isOf || node.type === "ForStatement" ? heads[0] : undefined;
    if (once) this.#plain(once, before);
    // What is gone through is asked for its next element in each turn.
    if (isOf && before === "calls") this.throws = true;
    let start = before;
    for (;;) {
      const around: Around = { breaks: [], continues: [] };
      for (const head of heads) if (head && head !== once) this.#plain(head, start);
      if (isOf && !isPlain(node.left, this.#acts.functions)) throw new Unknown();
      if (isOf && start === "calls" && !neverThrows(node.left, this.#acts.name)) this.throws = true;
      const end = [this.#one(node.body, start, around), ...around.continues].reduce(both, undefined);
      const next = both(start, end);
      if (next === start) return [start, ...around.breaks].reduce(both, undefined);
      start = next;
    }
  }

  /** It begins with the await, so that a failure finds the calls awaited. */
  #try({ block, handler, finalizer }: Of<"TryStatement">, held: Held, around: Around | undefined): Held {
    const [first] = block.body;
    if (!first || !this.#acts.awaits.has(first)) throw new Unknown();
    if (handler && mentions(handler, this.#names)) throw new Unknown();
    const done = this.#all(block.body, held, around);
    const failed = handler ? this.#all(handler.body.body, "awaited", around) : undefined;
    if (!finalizer) return both(done, failed);
    // It is come to from wherever control leaves.
    if ([block, handler].some((one) => one && leaves(one))) throw new Unknown();
    return this.#all(finalizer.body, both(both(done, failed), "awaited"), around);
  }

  /** Its length may be asked for while it has one. */
  #plain(node: Node, held: Held): Held {
    if (held === "awaited" && mentions(node, this.#names)) throw new Unknown();
    if (held !== "calls") return held;
    const inner = this.#acts.pushes.has(node) || this.#acts.isAside(node) ? pushed(node) : [node];
    if (!inner.every((one) => isPlain(one, this.#acts.functions))) throw new Unknown();
    this.throws ||= !inner.every((one) => neverThrows(one, this.#acts.name));
    return held;
  }
}

/** What is pushed is looked at elsewhere; here it is about what may throw. */
function pushed(statement: Node): Node[] {
  const call = statement.type === "ExpressionStatement" ? bare(statement.expression) : undefined;
  const [value] = call?.type === "CallExpression" ? call.arguments : [];
  let root = value && bare(value as Expression);
  if (root?.type !== "CallExpression") return root ? [root] : [];
  while (root?.type === "CallExpression") {
    const callee = bare(root.callee);
    if (callee.type !== "MemberExpression") return [...root.arguments];
    root = bare(callee.object as Expression);
  }
  throw new Unknown();
}

/** The state, if it is one of these. */
function only(held: Held, ...known: readonly Held[]): Held {
  if (held !== undefined && !known.includes(held)) throw new Unknown();
  return held;
}

/** Of two ways to one place. What may have been awaited has to be forgotten, or is nothing. */
function both(a: Held, b: Held): Held {
  if (a === undefined || a === b) return b;
  if (b === undefined) return a;
  if (a === "nothing") return b;
  if (b === "nothing") return a;
  throw new Unknown();
}

/** A `break` or `continue` of a loop that stands around it. */
function jumpsOut(node: Node, inside = false): boolean {
  if (node.type === "BreakStatement" || node.type === "ContinueStatement")
    return !inside || node.label !== null;
  const isLoop = /^(?:For|While|DoWhile|Switch)/.test(node.type);
  return !isFunction(node) && childrenOf(node).some((child) => jumpsOut(child, inside || isLoop));
}

/** `if (batch.length)`, `if (batch.length > 0)` */
function asksLength(test: Expression, name: string): boolean {
  const inner = bare(test);
  const isCompared =
    inner.type === "BinaryExpression" &&
    inner.right.type === "Literal" &&
    ((inner.right.value === 0 && [">", "!=="].includes(inner.operator)) ||
      (inner.right.value === 1 && inner.operator === ">="));
  const length = isCompared ? inner.left : inner;
  return (
    length.type === "MemberExpression" &&
    memberName(length) === "length" &&
    length.object.type === "Identifier" &&
    length.object.name === name
  );
}

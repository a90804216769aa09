import type { Expression, Node } from "oxc-parser";
import { CALLBACK_METHODS } from "../check/builtins.ts";
import { type AnyFunction, bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";

const LOOPS = new Set<Node["type"]>([
  "ForStatement",
  "ForOfStatement",
  "ForInStatement",
  "WhileStatement",
  "DoWhileStatement",
]);

/** What may happen before what, in one call of a function. */
export class Order {
  readonly #parents = new Map<Node, Node>();

  constructor(roots: readonly AnyFunction[]) {
    for (const root of roots) this.#note(root);
  }

  #note(node: Node): void {
    for (const child of childrenOf(node)) {
      this.#parents.set(child, node);
      this.#note(child);
    }
  }

  parent(node: Node): Node | undefined {
    return this.#parents.get(node);
  }

  /** The nodes around a node, from inside. */
  *around(node: Node): Generator<Node> {
    for (let at = this.#parents.get(node); at; at = this.#parents.get(at)) yield at;
  }

  functionOf(node: Node): AnyFunction | undefined {
    for (const one of this.around(node)) if (isFunction(one)) return one;
    return undefined;
  }

  /** A function that is called where it stands, once for each element. */
  isCallback(fn: Node): boolean {
    const call = this.#parents.get(fn);
    if (!isFunction(fn) || fn.async || call?.type !== "CallExpression") return false;
    const name = memberName(bare(call.callee));
    return call.callee !== fn && name !== undefined && CALLBACK_METHODS.has(name);
  }

  /** The loops and callbacks between a node and the function around; nothing where it runs at another time. */
  loops(node: Node, fn: Node): Node[] | undefined {
    const loops: Node[] = [];
    let inner = node;
    for (const one of this.around(node)) {
      if (one === fn) return loops;
      if (isFunction(one)) {
        if (!this.isCallback(one)) return undefined;
        loops.push(one);
      } else if (LOOPS.has(one.type) && repeats(one, inner)) loops.push(one);
      inner = one;
    }
    return undefined;
  }

  /**
   * The earlier thing may happen to a value of the variable before the later one happens to the same value.
   *
   * @param definitions statements that give the variable another value
   */
  mayPrecede(earlier: Node, later: Node, fn: Node, definitions: readonly Node[]): boolean {
    const [before, after] = [this.loops(earlier, fn), this.loops(later, fn)];
    if (!before || !after) return true;
    if (this.#isReplacedAfter(earlier, definitions) || this.#isReturned(earlier, later, fn)) return false;
    return earlier.start < later.end || this.isAgain(earlier, later, fn, definitions);
  }

  /** A loop leads from the one to the other, with the same value of the variable. */
  isAgain(earlier: Node, later: Node, fn: Node, definitions: readonly Node[]): boolean {
    const [before, after] = [this.loops(earlier, fn), this.loops(later, fn)];
    if (!before || !after) return true;
    return before.some((loop) => after.includes(loop) && !this.#isNewIn(loop, earlier, later, definitions));
  }

  /** The statement or the loop that declares a name, where each turn of a loop has one of its own. */
  declarationOf(declared: Node): Node[] {
    for (const one of this.around(declared)) {
      if (isFunction(one)) return [];
      if (one.type !== "VariableDeclaration") continue;
      const parent = this.#parents.get(one);
      if (parent?.type === "ForOfStatement" || parent?.type === "ForInStatement") return [parent];
      return parent?.type === "BlockStatement" ? [one] : [];
    }
    return [];
  }

  /**
   * `for (let i = 0; …; i += 1)`: each turn has a variable of its own, and what stands in the loop's head gives the next
   * turn's another value.
   */
  isOfNextTurn(declared: Node, assigned: Node, earlier: Node): boolean {
    for (const one of this.around(declared)) {
      if (isFunction(one)) return false;
      if (one.type !== "VariableDeclaration" || one.kind !== "let") continue;
      const loop = this.#parents.get(one);
      if (loop?.type !== "ForStatement" || loop.init !== one || !isWithin(earlier, loop.body)) return false;
      return [loop.update, loop.test].some((head) => head !== null && isWithin(assigned, head));
    }
    return false;
  }

  /** The node of that function, where it is a copy of one. */
  original(node: Node, fn: Node): Node | undefined {
    if (this.#parents.has(node)) return node;
    for (let at: Node | undefined = fn; at; at = childrenOf(at).find((child) => isWithin(node, child)))
      if (at.start === node.start && at.end === node.end && at.type === node.type) return at;
    return undefined;
  }

  /**
   * The function is left with the earlier thing. Not from within a `try`: what is returned may throw after it has given
   * the value away, and a handler or a `finally` goes on.
   */
  #isReturned(earlier: Node, later: Node, fn: Node): boolean {
    let isReturned = false;
    for (const one of this.around(earlier)) {
      if (one === fn) return isReturned;
      if (isFunction(one) || one.type === "TryStatement") return false;
      if (one.type !== "ReturnStatement") continue;
      if (isWithin(later, one)) return false;
      isReturned = true;
    }
    return false;
  }

  /** A value of the variable passes there at most once. */
  isOnce(node: Node, fn: Node, definitions: readonly Node[]): boolean {
    const loops = this.loops(node, fn);
    if (!loops) return false;
    return (
      this.#isReplacedAfter(node, definitions) ||
      loops.every((loop) => this.#isNewIn(loop, node, node, definitions))
    );
  }

  /** The statement that comes next gives the variable another value. */
  #isReplacedAfter(node: Node, definitions: readonly Node[]): boolean {
    const [, block] = this.#statement(node) ?? [];
    const [statement] = this.#statement(node) ?? [];
    if (!block || !statement) return false;
    const next = block[block.indexOf(statement) + 1];
    return next !== undefined && definitions.includes(next);
  }

  /** The statement of a block that a node stands in, with the block. */
  #statement(node: Node): [Node, Node[]] | undefined {
    let inner = node;
    for (const one of this.around(node)) {
      if (one.type === "BlockStatement") return [inner, one.body];
      if (isFunction(one)) return undefined;
      inner = one;
    }
    return undefined;
  }

  /** In each turn of the loop the variable has a new value before either. */
  #isNewIn(loop: Node, a: Node, b: Node, definitions: readonly Node[]): boolean {
    return definitions.some((definition) => {
      if (definition === loop) return true;
      if (!isWithin(definition, loop) || definition.start > Math.min(a.start, b.start)) return false;
      const block = this.#parents.get(definition);
      const isInTurn = block !== undefined && block !== loop && isWithin(block, loop);
      return isInTurn && isWithin(a, block) && isWithin(b, block);
    });
  }

  /** The variable has no value yet when the node happens, also in a later turn of a loop. */
  isMadeAfter({ declared }: Variable, node: Node, fn: Node): boolean {
    const [made, around] = [this.loops(declared, fn), this.loops(node, fn)];
    if (!made || !around || this.declarationOf(declared).length === 0 || declared.start < node.end)
      return false;
    return made.every((loop) => !around.includes(loop) || isNewInEachTurn(declared, loop));
  }

  /** Something uses the variable in the node or after it, also in the next turn of a loop. */
  isUsedAfter({ uses, declared }: Variable, node: Node, fn: Node): boolean {
    const around = this.loops(node, fn);
    if (!around) return true;
    return uses.some((use) => {
      if (use === declared) return false;
      const loops = this.loops(use, fn);
      if (!loops || use.end > node.start) return true;
      return loops.some((loop) => around.includes(loop) && !isNewInEachTurn(declared, loop));
    });
  }
}

export const isWithin = ({ start, end }: Node, outer: Node): boolean =>
  outer.start <= start && end <= outer.end;

const isNewInEachTurn = (declared: Node, loop: Node): boolean =>
  isWithin(declared, loop) &&
  !(loop.type === "ForStatement" && loop.init !== null && isWithin(declared, loop.init));

/** What a loop goes through, and how it begins, is evaluated once. */
function repeats(loop: Node, part: Node): boolean {
  if (loop.type === "ForOfStatement" || loop.type === "ForInStatement") return part !== loop.right;
  return loop.type !== "ForStatement" || part !== loop.init;
}

/** The node without what changes nothing around it. */
export function outermost(order: Order, node: Node): Node {
  const parent = order.parent(node);
  if (!parent) return node;
  const isWrapper = parent.type === "ChainExpression" || bare(parent as Expression) !== parent;
  return isWrapper ? outermost(order, parent) : node;
}

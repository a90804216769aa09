import type { Expression, Node } from "oxc-parser";
import { bare, childrenOf, isFunction } from "../parse/ast.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** The nodes of one function, and what each is a part of. */
export class Family {
  readonly #parents = new Map<Node, Node>();
  readonly #root: Node;

  constructor(root: Node) {
    this.#root = root;
    this.#note(root);
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

  /** The nodes around, from inside, up to the function itself. */
  *around(node: Node): Generator<Node> {
    for (let at = this.#parents.get(node); at && at !== this.#root; at = this.#parents.get(at)) yield at;
  }

  /** It stands in the function itself, and in no other one of it. */
  isOwn(node: Node): boolean {
    return [...this.around(node)].every((one) => !isFunction(one));
  }

  /** Every identifier of that name that is no key and no member. */
  named(name: string): Of<"Identifier">[] {
    const found: Of<"Identifier">[] = [];
    const visit = (node: Node): void => {
      if (node.type === "Identifier" && node.name === name && !this.#isKey(node)) found.push(node);
      for (const child of childrenOf(node)) visit(child);
    };
    visit(this.#root);
    return found;
  }

  #isKey(node: Node): boolean {
    const parent = this.#parents.get(node);
    if (parent?.type === "MemberExpression") return !parent.computed && parent.property === node;
    return parent?.type === "Property" && !parent.computed && !parent.shorthand && parent.key === node;
  }

  /** Puts another node in its place. */
  replace(node: Node, instead: Node): void {
    const parent = this.#parents.get(node) as unknown as Record<string, unknown>;
    for (const [key, value] of Object.entries(parent))
      if (value === node) parent[key] = instead;
      else if (Array.isArray(value) && value.includes(node)) value[value.indexOf(node)] = instead;
    this.#parents.set(instead, parent as unknown as Node);
  }
}

/** A `return`, `break`, `continue` or `throw` of this function's own stands in it. */
export const leaves = (node: Node): boolean =>
  LEAVING.has(node.type) || (!isFunction(node) && childrenOf(node).some(leaves));

const LEAVING = new Set<Node["type"]>([
  "ReturnStatement",
  "BreakStatement",
  "ContinueStatement",
  "ThrowStatement",
]);

export const isNothing = (node: Node | null | undefined): boolean => {
  const inner = node && bare(node as Expression);
  return (
    (inner?.type === "Literal" && inner.value === null && !("regex" in inner)) ||
    (inner?.type === "Identifier" && inner.name === "undefined")
  );
};

export const mentions = (node: Node, names: ReadonlySet<string>): boolean =>
  (node.type === "Identifier" && names.has(node.name)) ||
  childrenOf(node).some((child) => mentions(child, names));

export const isPromiseCall = (node: Node, ...methods: string[]): boolean => {
  const callee = node.type === "CallExpression" ? bare(node.callee) : undefined;
  return (
    callee?.type === "MemberExpression" &&
    !callee.computed &&
    callee.object.type === "Identifier" &&
    callee.object.name === "Promise" &&
    callee.property.type === "Identifier" &&
    methods.includes(callee.property.name)
  );
};

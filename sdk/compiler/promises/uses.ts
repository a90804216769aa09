import type { Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";

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

  /** A variable or a parameter of this function, or of one in it, has the name. */
  declares(name: string): boolean {
    return this.#declarators(name).length > 0 || this.named(name).some((one) => this.#isParameter(one));
  }

  /** `const f = () => …`, which nobody takes for something else. */
  functionOf(name: string): AnyFunction | undefined {
    const init = this.#constant(name);
    return init && isFunction(init) ? init : undefined;
  }

  /** `let out = [];`, which is assigned lists only. */
  isList(name: string): boolean {
    const [only, ...more] = this.#declarators(name);
    if (!only?.init || more.length > 0) return false;
    const values = this.named(name).flatMap((one) => {
      const parent = this.#parents.get(one);
      const isTarget = parent?.type === "AssignmentExpression" && parent.left === one;
      return isTarget
        ? [parent.operator === "=" ? parent.right : undefined]
        : this.#isParameter(one)
          ? [undefined]
          : [];
    });
    return [only.init, ...values].every((one) => one !== undefined && isListOf(one, name));
  }

  #constant(name: string): Node | undefined {
    const [only, ...more] = this.#declarators(name);
    const declaration = only && this.parent(only);
    const isConstant = declaration?.type === "VariableDeclaration" && declaration.kind === "const";
    if (!isConstant || more.length > 0 || this.named(name).some((one) => this.#isParameter(one)))
      return undefined;
    return only?.init ? bare(only.init) : undefined;
  }

  #declarators(name: string): Of<"VariableDeclarator">[] {
    return this.named(name).flatMap((one) => {
      const parent = this.#parents.get(one);
      return parent?.type === "VariableDeclarator" && parent.id === one ? [parent] : [];
    });
  }

  /** It stands in a pattern, or among the parameters of a function, or is a function's own name. */
  #isParameter(name: Node): boolean {
    for (let [inner, at] = [name, this.#parents.get(name)]; at; [inner, at] = [at, this.#parents.get(at)]) {
      if (isFunction(at)) return inner !== at.body;
      if (at.type === "VariableDeclarator") return inner === at.id && inner !== name;
      if (at.type === "CatchClause") return inner === at.param;
      if (!PATTERNS.has(at.type)) return false;
    }
    return true;
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

/** `[…]`, `out.concat(…)` */
function isListOf(given: Expression, name: string): boolean {
  const node = bare(given);
  if (node.type === "ArrayExpression") return true;
  const callee = node.type === "CallExpression" && !node.optional ? bare(node.callee) : undefined;
  if (callee?.type !== "MemberExpression" || callee.object.type !== "Identifier") return false;
  return callee.object.name === name && ["concat", "filter", "slice"].includes(memberName(callee) ?? "");
}

const PATTERNS = new Set<Node["type"]>([
  "ArrayPattern",
  "AssignmentPattern",
  "ObjectPattern",
  "Property",
  "RestElement",
]);

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

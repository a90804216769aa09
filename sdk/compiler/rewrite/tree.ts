import type { Expression, Node, Program } from "oxc-parser";
import { bare, childrenOf, isFunction } from "../parse/ast.ts";
import { type Variable, Variables } from "../parse/variables.ts";

/** What stands for what in a whole module, and what stands around it. */
export class ModuleTree {
  readonly variables: Variables;
  readonly nodes: Node[] = [];
  readonly #parents = new Map<Node, Node>();
  /** How many variables have a name. */
  readonly #named = new Map<string, number>();

  constructor(program: Program) {
    const body = program.body.map((one) =>
      (one.type === "ExportNamedDeclaration" || one.type === "ExportDefaultDeclaration") && one.declaration
        ? one.declaration
        : one,
    );
    const block = { type: "BlockStatement", body, start: program.start, end: program.end };
    const root = { type: "ArrowFunctionExpression", params: [], body: block, start: 0, end: program.end };
    this.variables = new Variables(root as unknown as Node);
    for (const { name } of this.variables.all) this.#named.set(name, (this.#named.get(name) ?? 0) + 1);
    this.#visit(program);
  }

  #visit(node: Node): void {
    this.nodes.push(node);
    for (const child of childrenOf(node)) {
      this.#parents.set(child, node);
      this.#visit(child);
    }
  }

  parent(node: Node): Node | undefined {
    return this.#parents.get(node);
  }

  /** The node with the parentheses and type annotations around it. */
  outer(node: Node): Node {
    const parent = this.parent(node);
    return parent &&
      parent.type !== "ChainExpression" &&
      bare(parent as Expression) === bare(node as Expression)
      ? this.outer(parent)
      : node;
  }

  /** What stands around the node, parentheses and type annotations left out. */
  around(node: Node): Node | undefined {
    return this.parent(this.outer(node));
  }

  of(identifier: Node): Variable | undefined {
    return this.variables.of(identifier);
  }

  /** No other variable of the module has the name, so that it means the same wherever it is known. */
  isUnique(identifier: Node & { name: string }): boolean {
    return (this.#named.get(identifier.name) ?? 0) === (this.of(identifier) ? 1 : 0);
  }

  /** The statement that the node is part of, and which stands in a block. */
  statement(node: Node): Node | undefined {
    const parent = this.parent(node);
    if (!parent) return undefined;
    if (parent.type === "Program" || parent.type === "BlockStatement") return node;
    if (parent.type === "SwitchCase" && parent.test !== node) return node;
    return this.statement(parent);
  }

  /** The innermost function around the node. */
  functionOf(node: Node): Node | undefined {
    const parent = this.parent(node);
    return !parent || isFunction(parent) ? parent : this.functionOf(parent);
  }

  contains(outer: Node, inner: Node): boolean {
    return outer.start <= inner.start && inner.end <= outer.end;
  }
}

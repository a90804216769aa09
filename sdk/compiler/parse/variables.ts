import type { Node } from "oxc-parser";
import { childrenOf, isFunction } from "./ast.ts";

/** A name that a function declares, wherever in it; parameters and inner functions included. */
export interface Variable {
  readonly name: string;
  /** Where the name is declared. */
  readonly declared: Node;
  /** Declared with `const`: nothing assigns to it again. */
  readonly constant: boolean;
  /** Every identifier that stands for it, the declaration's own included. */
  readonly uses: Node[];
}

/** Which identifier stands for which variable, as JavaScript scopes them. What it does not know lies outside. */
export class Variables {
  readonly #known = new Map<Node, Variable>();

  /** @param root a function; its own name is not one of its variables */
  constructor(root: Node) {
    this.#function(root, new Names());
  }

  of(identifier: Node): Variable | undefined {
    return this.#known.get(identifier);
  }

  /** Says that a copied identifier stands for what the original one stands for. */
  alias(copy: Node, original: Node): void {
    const variable = this.#known.get(original);
    if (variable) this.#known.set(copy, variable);
  }

  get all(): Set<Variable> {
    return new Set(this.#known.values());
  }

  #function(node: Node, outer: Names): void {
    if (!isFunction(node)) return;
    const names = new Names(outer);
    if (node.type === "FunctionExpression" && node.id) this.#declare(node.id, names);
    for (const parameter of node.params) this.#pattern(parameter, names, true);
    for (const parameter of node.params) this.#pattern(parameter, names, false);
    if (node.body?.type === "BlockStatement") this.#block(node.body.body, names);
    else if (node.body) this.#visit(node.body, names);
  }

  #block(statements: readonly Node[], outer: Names): void {
    const names = new Names(outer);
    for (const statement of statements) this.#hoist(statement, names);
    for (const statement of statements) this.#visit(statement, names);
  }

  #hoist(statement: Node, names: Names): void {
    if (statement.type === "VariableDeclaration")
      for (const { id } of statement.declarations) this.#pattern(id, names, true, statement.kind === "const");
    else if (
      (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") &&
      statement.id
    )
      this.#declare(statement.id, names);
  }

  /** Declares the names of a pattern, or else visits what it reads. */
  #pattern(node: Node, names: Names, declaring: boolean, constant = false): void {
    switch (node.type) {
      case "Identifier":
        if (declaring) this.#declare(node, names, constant);
        return;
      case "AssignmentPattern":
        this.#pattern(node.left, names, declaring, constant);
        if (!declaring) this.#visit(node.right, names);
        return;
      case "Property":
        if (node.computed && !declaring) this.#visit(node.key, names);
        this.#pattern(node.value, names, declaring, constant);
        return;
      default:
        for (const child of childrenOf(node)) this.#pattern(child, names, declaring, constant);
    }
  }

  #declare(identifier: Node, names: Names, constant = false): void {
    if (identifier.type !== "Identifier") return;
    const variable: Variable = names.own(identifier.name) ?? {
      name: identifier.name,
      declared: identifier,
      constant,
      uses: [],
    };
    names.set(identifier.name, variable);
    variable.uses.push(identifier);
    this.#known.set(identifier, variable);
  }

  #visit(node: Node, names: Names): void {
    switch (node.type) {
      case "Identifier": {
        const variable = names.find(node.name);
        if (!variable) return;
        variable.uses.push(node);
        this.#known.set(node, variable);
        return;
      }
      case "BlockStatement":
        this.#block(node.body, names);
        return;
      case "SwitchStatement": {
        this.#visit(node.discriminant, names);
        const inner = new Names(names);
        for (const { consequent } of node.cases) for (const one of consequent) this.#hoist(one, inner);
        for (const one of node.cases) this.#visit(one, inner);
        return;
      }
      case "ForStatement":
      case "ForOfStatement":
      case "ForInStatement": {
        const inner = new Names(names);
        for (const child of childrenOf(node)) this.#hoist(child, inner);
        for (const child of childrenOf(node)) this.#visit(child, inner);
        return;
      }
      case "CatchClause": {
        const inner = new Names(names);
        if (node.param) this.#pattern(node.param, inner, true);
        if (node.param) this.#pattern(node.param, inner, false);
        this.#block(node.body.body, inner);
        return;
      }
      case "VariableDeclaration":
        for (const { id, init } of node.declarations) {
          this.#pattern(id, names, false);
          if (init) this.#visit(init, names);
        }
        return;
      case "MemberExpression":
        this.#visit(node.object, names);
        if (node.computed) this.#visit(node.property, names);
        return;
      case "Property":
        if (node.computed) this.#visit(node.key, names);
        this.#visit(node.value, names);
        return;
      case "LabeledStatement":
        this.#visit(node.body, names);
        return;
      case "BreakStatement":
      case "ContinueStatement":
        return;
      default:
        if (isFunction(node)) this.#function(node, names);
        else for (const child of childrenOf(node)) this.#visit(child, names);
    }
  }
}

class Names {
  readonly #names = new Map<string, Variable>();
  readonly #outer: Names | undefined;

  constructor(outer?: Names) {
    this.#outer = outer;
  }

  set(name: string, variable: Variable): void {
    this.#names.set(name, variable);
  }

  own(name: string): Variable | undefined {
    return this.#names.get(name);
  }

  find(name: string): Variable | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name);
  }
}

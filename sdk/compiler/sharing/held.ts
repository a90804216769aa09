import type { CallExpression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, isFunction } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import type { Walk } from "./walk.ts";

/** The functions that names stand for: those of declarations, and what is handed to parameters. */
export class Held {
  readonly #walk: Walk;
  readonly #functions = new Map<Variable, AnyFunction[]>();
  /** Parameters that stand for tasks or flows. */
  readonly #tasks = new Set<Variable>();
  /** Variables that are assigned to: nobody knows which function they stand for. */
  readonly #assigned = new Set<Variable>();
  /** Calls by the name of a parameter, which may turn out to stand for another function, too. */
  readonly #calls = new Map<Variable, ((fn: AnyFunction) => void)[]>();

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  of(variable: Variable): readonly AnyFunction[] {
    return this.#functions.get(variable) ?? [];
  }

  has(variable: Variable): boolean {
    return this.#functions.has(variable);
  }

  isKnown(variable: Variable): boolean {
    return !this.#assigned.has(variable) && (this.has(variable) || this.#tasks.has(variable));
  }

  /** The variable may stand for the function: so may each call by its name. */
  hold(variable: Variable, fn: AnyFunction): void {
    const known = this.of(variable);
    if (known.includes(fn)) return;
    this.#functions.set(variable, [...known, fn]);
    for (const call of this.#calls.get(variable) ?? []) call(fn);
  }

  /** Calls with each function that the variable may stand for, those included that are found later. */
  each(variable: Variable, call: (fn: AnyFunction) => void): void {
    this.#calls.set(variable, [...(this.#calls.get(variable) ?? []), call]);
    for (const fn of this.of(variable)) call(fn);
  }

  /** What a function's code hands to functions of its own, which may be gone through before the calls of them are. */
  handOver(root: Node): void {
    const declared = new Map<Variable, AnyFunction>();
    eachNode(root, (node) => {
      const [name, value] =
        node.type === "VariableDeclarator"
          ? [node.id, node.init && bare(node.init)]
          : [isFunction(node) ? node.id : null, node];
      const variable = name ? this.#walk.of(name) : undefined;
      if (variable && value && isFunction(value)) declared.set(variable, value);
    });
    eachNode(root, (node) => {
      if (node.type === "AssignmentExpression") this.#noteAssigned(node.left);
      if (node.type !== "CallExpression") return;
      const callee = this.#walk.of(bare(node.callee));
      const fn = callee && declared.get(callee);
      if (fn) this.hand(fn, node, declared);
    });
  }

  #noteAssigned(target: Node): void {
    const variable = target.type === "Identifier" ? this.#walk.of(target) : undefined;
    if (variable) this.#assigned.add(variable);
    if (target.type.endsWith("Pattern") || target.type === "RestElement" || target.type === "Property")
      for (const child of childrenOf(target)) this.#noteAssigned(child);
  }

  /** Functions among the arguments of a call: the parameters stand for them. */
  hand(
    fn: AnyFunction,
    call: CallExpression,
    declared: ReadonlyMap<Variable, AnyFunction> = new Map(),
  ): void {
    for (const [i, parameter] of fn.params.entries()) {
      const name = parameter.type === "AssignmentPattern" ? parameter.left : (parameter as Node);
      const variable = name.type === "Identifier" ? this.#walk.of(name) : undefined;
      const argument = call.arguments[i];
      const usual = parameter.type === "AssignmentPattern" ? bare(parameter.right) : undefined;
      if (variable && usual && isFunction(usual)) this.hold(variable, usual);
      if (!variable || !argument || argument.type === "SpreadElement") continue;
      const given = bare(argument);
      if (isFunction(given)) this.hold(variable, given);
      else if (given.type === "Identifier") this.#handNamed(variable, given, declared);
    }
  }

  #handNamed(variable: Variable, given: Node, declared: ReadonlyMap<Variable, AnyFunction>): void {
    const known = this.#walk.of(given);
    const fn = known ? declared.get(known) : this.#walk.calls.named(given);
    if (fn) this.hold(variable, fn);
    if (known) {
      if (this.#tasks.has(known)) this.#tasks.add(variable);
      this.each(known, (one) => this.hold(variable, one));
    } else if (this.#walk.outside(given) === "ours") this.#tasks.add(variable);
  }
}

function eachNode(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of childrenOf(node)) eachNode(child, visit);
}

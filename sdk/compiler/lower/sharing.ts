import type { CallExpression, Expression, Node } from "oxc-parser";
import { CALLBACK_METHODS } from "../check/builtins.ts";
import { type AnyFunction, bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import { type Variable, Variables } from "../parse/variables.ts";
import type { Span } from "../source-file.ts";
import { ELEMENT_METHODS, FRESH_METHODS, MUTATING, PLAIN_METHODS } from "./sharing-methods.ts";

/**
 * Which variables may hold parts of the same object, and which of them are changed in place. Between two states a
 * variable is a copy, so a change through one name must not be visible through another one. It does not look at the
 * order of statements, and takes two objects for the same one whenever they might be (B. Steensgaard, "Points-to Analysis
 * in Almost Linear Time", 1996).
 */
export class Sharing {
  #outside: Outside;
  readonly #home: Outside;
  readonly #values = new Map<Variable, Place>();
  readonly #functions = new Map<AnyFunction, Place>();
  readonly #assigned = new Set<Variable>();
  /** Identifiers that are assigned to. */
  readonly #targets: Node[] = [];
  /** Calls of which nothing is known, taken to change what they get. */
  readonly #guessed = new Set<Node>();
  /** Changes in the root itself. */
  readonly #own = new Set<Node>();
  readonly #changes: { place: Place; node: Node }[] = [];
  readonly #held = new Map<Variable, AnyFunction>();
  readonly #resolvers: Variables[] = [];
  #returned: Place | undefined;

  constructor(root: AnyFunction, outside: Outside) {
    this.#outside = outside;
    this.#home = outside;
    this.#resolvers.push(new Variables(root));
    this.#body(root);
  }

  /** The variable is assigned to somewhere. */
  isAssigned(identifier: Node): boolean {
    const variable = this.of(identifier);
    return variable !== undefined && this.#assigned.has(variable);
  }

  /** The change is a call of which nothing is known. */
  isGuessed(node: Node): boolean {
    return this.#guessed.has(node);
  }

  /** The name of a function that the root declares. */
  isFunction(identifier: Node): boolean {
    const variable = this.of(identifier);
    return variable !== undefined && this.#held.has(variable);
  }

  /** Something that the variable may hold is changed in place somewhere. */
  isMutated(identifier: Node): boolean {
    const variable = this.of(identifier);
    return variable !== undefined && this.changesOf(variable).length > 0;
  }

  /** Where what the variable may hold is changed in place. */
  changesOf(variable: Variable): { place: Place; node: Node }[] {
    const value = this.#values.get(variable);
    if (!value) return [];
    const reached = reachable(value);
    return this.#changes
      .filter(({ place }) => reached.has(place.root))
      .map(({ place, node }) => ({ place: place.root, node }));
  }

  /**
   * The variables from outside that a piece of the function assigns to, or whose objects it changes; calls of functions
   * that the root declares are looked into.
   *
   * @param without parts of the piece that do not count
   */
  effectsOf(piece: Node, without: readonly Node[] = []): Set<Variable> {
    const effects = new Set<Variable>();
    const pieces = this.#called(piece);
    const inside = (node: Node): boolean => isWithin(node, pieces) && !isWithin(node, without);
    for (const variable of this.#resolvers.flatMap((resolver) => [...resolver.all])) {
      if (inside(variable.declared)) continue;
      const uses = variable.uses.filter(inside);
      if (uses.length === 0) continue;
      const isChanged =
        this.#targets.some((target) => uses.includes(target)) ||
        this.changesOf(variable).some(({ node }) => inside(node) || this.#isForeign(node));
      if (isChanged) effects.add(variable);
    }
    return effects;
  }

  /** The piece, and the functions of the root that it calls or hands on. */
  #called(piece: Node, found: Node[] = []): Node[] {
    if (found.includes(piece)) return found;
    found.push(piece);
    const visit = (node: Node): void => {
      const variable = node.type === "Identifier" ? this.of(node) : undefined;
      const held = variable && this.#held.get(variable);
      if (held) this.#called(held, found);
      for (const child of childrenOf(node)) visit(child);
    };
    visit(piece);
    return found;
  }

  /** In a function of a module: it is changed by whoever calls that. */
  #isForeign(node: Node): boolean {
    return !this.#own.has(node);
  }

  /** The variable that an identifier stands for, in the root or in a function of a module that it calls. */
  of(identifier: Node): Variable | undefined {
    for (const resolver of this.#resolvers) {
      const variable = resolver.of(identifier);
      if (variable) return variable;
    }
    return undefined;
  }

  /** Says that a copied identifier stands for what the original one stands for. */
  alias(copy: Node, original: Node): void {
    for (const resolver of this.#resolvers) resolver.alias(copy, original);
  }

  #valueOf(variable: Variable): Place {
    const known = this.#values.get(variable) ?? new Place();
    this.#values.set(variable, known);
    return known;
  }

  /** A function's body, once; what it returns goes to its place. */
  #body(node: AnyFunction): Place {
    const known = this.#functions.get(node);
    if (known) return known;
    const returned = new Place();
    this.#functions.set(node, returned);
    if (!node.body) return returned;
    for (const parameter of node.params) this.#bind(parameter, undefined);
    const outer = this.#returned;
    this.#returned = this.#functions.size === 1 ? undefined : returned; // the root's result is a copy
    if (node.body.type === "BlockStatement") this.#visit(node.body);
    else if (this.#returned) merge(returned, this.#value(node.body));
    else this.#useUp(node.body);
    this.#returned = outer;
    return returned;
  }

  #visit(node: Node): void {
    switch (node.type) {
      case "VariableDeclarator":
        if (node.init) this.#hold(node.id, bare(node.init));
        this.#bind(node.id, node.init ? this.#value(node.init) : undefined);
        return;
      case "FunctionDeclaration":
        this.#body(node);
        return;
      case "BlockStatement":
        // A function may be called above its declaration.
        for (const one of node.body)
          if (one.type === "FunctionDeclaration" && one.id) this.#hold(one.id, one);
        for (const one of node.body) this.#visit(one);
        return;
      case "ReturnStatement":
        if (!node.argument) return;
        if (this.#returned) merge(this.#returned, this.#value(node.argument));
        else this.#useUp(node.argument);
        return;
      case "ExpressionStatement":
        this.#useUp(node.expression);
        return;
      case "ForOfStatement":
      case "ForInStatement": {
        const list = this.#value(node.right);
        const item = node.type === "ForOfStatement" ? list?.content : undefined;
        if (node.left.type === "VariableDeclaration")
          for (const { id } of node.left.declarations) this.#bind(id, item);
        else this.#assign(node.left, item, node);
        this.#visit(node.body);
        return;
      }
      case "CatchClause":
        if (node.param) this.#bind(node.param, undefined);
        this.#visit(node.body);
        return;
      default:
        if (isExpression(node)) this.#value(node as Expression);
        else for (const child of childrenOf(node)) this.#visit(child);
    }
  }

  #hold(name: Node, value: Node): void {
    const variable = this.of(name);
    if (variable && isFunction(value)) this.#held.set(variable, value);
  }

  /** A declaration: the pattern's names get the value. */
  #bind(pattern: Node, value: Place | undefined): void {
    switch (pattern.type) {
      case "Identifier": {
        const variable = this.of(pattern);
        if (variable) merge(this.#valueOf(variable), value);
        return;
      }
      case "AssignmentPattern":
        this.#bind(pattern.left, value);
        this.#bind(pattern.left, this.#value(pattern.right));
        return;
      case "Property":
        if (pattern.computed) this.#value(pattern.key as Expression);
        this.#bind(pattern.value, value?.content);
        return;
      case "RestElement": {
        const rest = new Place();
        if (value) merge(rest.content, value.content);
        this.#bind(pattern.argument, rest);
        return;
      }
      case "ArrayPattern":
        for (const element of pattern.elements)
          if (element) this.#bind(element, element.type === "RestElement" ? value : value?.content);
        return;
      default:
        for (const child of childrenOf(pattern)) this.#bind(child, value);
    }
  }

  /** An assignment: to names, to members, to patterns of both. */
  #assign(target: Node, value: Place | undefined, at: Node): void {
    const inner = bare(target as Expression);
    switch (inner.type) {
      case "Identifier": {
        const variable = this.of(inner);
        if (!variable) return;
        this.#assigned.add(variable);
        this.#targets.push(inner);
        merge(this.#valueOf(variable), value);
        return;
      }
      case "MemberExpression": {
        const object = this.#value(inner.object);
        if (inner.computed) this.#value(inner.property);
        this.#change(object, at);
        if (object) merge(object.content, value);
        return;
      }
      default:
        this.#assignPattern(inner, value, at);
    }
  }

  #assignPattern(pattern: Node, value: Place | undefined, at: Node): void {
    switch (pattern.type) {
      case "AssignmentPattern":
        this.#assign(pattern.left, value, at);
        this.#assign(pattern.left, this.#value(pattern.right), at);
        return;
      case "Property":
        if (pattern.computed) this.#value(pattern.key as Expression);
        this.#assign(pattern.value, value?.content, at);
        return;
      case "RestElement": {
        const rest = new Place();
        if (value) merge(rest.content, value.content);
        this.#assign(pattern.argument, rest, at);
        return;
      }
      case "ObjectPattern":
        for (const property of pattern.properties)
          if (property.type === "Property") this.#assignPattern(property, value, at);
          else this.#assign(property, value, at);
        return;
      case "ArrayPattern":
        for (const element of pattern.elements)
          if (element) this.#assign(element, element.type === "RestElement" ? value : value?.content, at);
        return;
    }
  }

  #change(place: Place | undefined, node: Node): void {
    if (place) this.#changes.push({ place, node });
    if (this.#outside === this.#home) this.#own.add(node);
  }

  /** An expression whose value is copied at once, or used by nobody: parts of it are not brought together. */
  #useUp(expression: Expression): void {
    const node = bare(expression);
    if (node.type === "ArrayExpression") {
      for (const child of childrenOf(node))
        this.#useUp(child.type === "SpreadElement" ? child.argument : (child as Expression));
    } else if (node.type === "ObjectExpression") {
      for (const child of node.properties) {
        if (child.type === "SpreadElement") this.#useUp(child.argument);
        else {
          if (child.computed) this.#value(child.key as Expression);
          this.#useUp(child.value as Expression);
        }
      }
    } else this.#value(node);
  }

  /** What an expression may give; nothing for what is surely no object. */
  #value(expression: Expression): Place | undefined {
    const node = bare(expression);
    switch (node.type) {
      case "Identifier": {
        const variable = this.of(node);
        return variable && this.#valueOf(variable);
      }
      case "MemberExpression": {
        const object = this.#value(node.object);
        if (node.computed) this.#value(node.property);
        return memberName(node) === "length" ? undefined : object?.content;
      }
      case "ChainExpression":
        return this.#value(node.expression);
      case "ConditionalExpression":
        this.#value(node.test);
        return joined([this.#value(node.consequent), this.#value(node.alternate)]);
      case "LogicalExpression":
        return joined([this.#value(node.left), this.#value(node.right)]);
      case "SequenceExpression":
        return node.expressions.map((one) => this.#value(one)).at(-1);
      case "AwaitExpression":
        return this.#value(node.argument);
      case "ArrayExpression":
      case "ObjectExpression":
        return this.#literal(node);
      case "AssignmentExpression": {
        const value = this.#value(node.right);
        const mayKeep = ["=", "&&=", "||=", "??="].includes(node.operator);
        this.#assign(node.left, mayKeep ? value : undefined, node);
        return mayKeep
          ? joined([node.operator === "=" ? undefined : this.#value(node.left as Expression), value])
          : undefined;
      }
      case "UpdateExpression":
        this.#assign(node.argument, undefined, node);
        return undefined;
      case "UnaryExpression": {
        const argument = bare(node.argument);
        if (node.operator === "delete" && argument.type === "MemberExpression")
          this.#change(this.#value(argument.object), node);
        this.#value(node.argument);
        return undefined;
      }
      case "CallExpression":
        return this.#call(node);
      case "NewExpression":
        return fresh(node.arguments.flatMap((argument) => this.#given(argument)));
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.#body(node);
        return undefined;
      default:
        for (const child of childrenOf(node)) this.#visit(child);
        return undefined;
    }
  }

  /** What a call's argument may give, and what that holds. */
  #given(argument: Node): (Place | undefined)[] {
    const value = this.#value(
      (argument.type === "SpreadElement" ? argument.argument : argument) as Expression,
    );
    return [value, value?.content];
  }

  #literal(node: Extract<Node, { type: "ArrayExpression" | "ObjectExpression" }>): Place {
    const made = new Place();
    for (const child of childrenOf(node)) {
      if (child.type === "SpreadElement") merge(made.content, this.#value(child.argument)?.content);
      else if (child.type === "Property") {
        if (child.computed) this.#value(child.key as Expression);
        merge(made.content, this.#value(child.value as Expression));
      } else merge(made.content, this.#value(child as Expression));
    }
    return made;
  }

  #call(node: CallExpression): Place | undefined {
    const callee = bare(node.callee);
    if (callee.type === "MemberExpression") return this.#method(node, callee);
    if (callee.type === "Identifier" && !this.of(callee) && this.#outside(callee) === "quiet") {
      for (const argument of node.arguments)
        this.#useUp(argument.type === "SpreadElement" ? argument.argument : argument);
      return undefined;
    }
    const args = node.arguments.map((argument) => this.#argument(argument));
    if (callee.type !== "Identifier") {
      this.#value(callee);
      return isFunction(callee) ? this.#apply(callee, args) : this.#unknown(args, node);
    }
    const variable = this.of(callee);
    if (variable) {
      const held = this.#held.get(variable);
      return held ? this.#apply(held, args) : this.#unknown(args, node);
    }
    const outside = this.#outside(callee);
    return outside === "unknown" || outside === "quiet"
      ? this.#unknown(args, node)
      : this.#outer(outside, args);
  }

  /** A function of a module: its names are its own. */
  #outer({ fn, outside }: Found, args: readonly (Place | undefined)[]): Place | undefined {
    this.#enter({ fn, outside });
    return this.#apply(fn, args);
  }

  #enter({ fn, outside }: Found): void {
    if (this.#functions.has(fn)) return;
    this.#resolvers.push(new Variables(fn));
    const before = this.#outside;
    this.#outside = outside;
    this.#body(fn);
    this.#outside = before;
  }

  #argument(argument: Node): Place | undefined {
    return argument.type === "SpreadElement"
      ? this.#value(argument.argument)?.content
      : this.#value(argument as Expression);
  }

  /** A function whose text is known. */
  #apply(fn: AnyFunction, args: readonly (Place | undefined)[]): Place | undefined {
    const returned = this.#body(fn);
    for (const [i, parameter] of fn.params.entries()) {
      if (parameter.type === "RestElement") this.#bind(parameter.argument, fresh(args.slice(i)));
      else this.#bind(parameter, args[i]);
    }
    return returned;
  }

  /** A function of which nothing is known: it may change what it gets, and give it back. */
  #unknown(args: readonly (Place | undefined)[], node: Node): Place {
    const all = joined(args) ?? new Place();
    merge(all.content, all);
    this.#change(all, node);
    this.#guessed.add(node);
    return all;
  }

  #method(node: CallExpression, callee: Extract<Node, { type: "MemberExpression" }>): Place | undefined {
    const name = memberName(callee) ?? "";
    const { object } = callee;
    if (object.type === "Identifier" && !this.of(object)) {
      const outside = this.#outside(callee);
      if (outside === "quiet") return this.#namespaced(node, object.name, name);
      const args = node.arguments.map((argument) => this.#argument(argument));
      return outside === "unknown" ? this.#unknown(args, node) : this.#outer(outside, args);
    }
    const receiver = this.#value(object);
    if (callee.computed) this.#value(callee.property);
    const returned = this.#callback(node, name, receiver);
    const args = node.arguments
      .filter((argument) => !isFunction(argument))
      .map((argument) => this.#argument(argument));
    if (MUTATING.has(name)) {
      if (!isMadeHere(object)) this.#change(receiver, node);
      for (const argument of args) if (receiver) merge(receiver.content, argument);
    }
    return this.#result(name, receiver, args, returned, node);
  }

  #result(
    name: string,
    receiver: Place | undefined,
    args: (Place | undefined)[],
    returned: Place | undefined,
    node: Node,
  ): Place | undefined {
    if (PLAIN_METHODS.has(name)) return undefined;
    if (ELEMENT_METHODS.has(name)) return receiver?.content;
    if (FRESH_METHODS.has(name)) {
      const deep = name === "flat" || name === "flatMap" || name === "concat";
      const parts = [receiver?.content, returned, ...args];
      return fresh(deep ? parts.flatMap((part) => [part, part?.content]) : parts);
    }
    if (name === "reduce" || name === "reduceRight") return joined([receiver?.content, returned, ...args]);
    if (name === "valueOf" || MUTATING.has(name)) return receiver;
    return this.#unknown([receiver, returned, ...args], node);
  }

  /** The callback of a method gets elements, for `reduce` also what it gave before, and the receiver last. */
  #callback(node: CallExpression, name: string, receiver: Place | undefined): Place | undefined {
    const [first, init] = node.arguments;
    const written = first && bare(first as Expression);
    const given =
      written && (isFunction(written) ? written : CALLBACK_METHODS.has(name) && this.#named(written));
    if (!given) return undefined;
    const returned = this.#body(given);
    const elements = receiver?.content;
    const folds = name === "reduce" || name === "reduceRight";
    const before = folds ? joined([returned, elements, init && this.#argument(init)]) : elements;
    return this.#apply(
      given,
      folds ? [before, elements, undefined, receiver] : [elements, elements, receiver],
    );
  }

  /** The function that a name stands for. */
  #named(node: Node): AnyFunction | undefined {
    if (node.type !== "Identifier") return undefined;
    const variable = this.of(node);
    if (variable) return this.#held.get(variable);
    const outside = this.#outside(node);
    if (outside === "quiet" || outside === "unknown") return undefined;
    this.#enter(outside);
    return outside.fn;
  }

  /** `Object.values(o)`, `Promise.all(xs)`, `Math.max(a)`, a task's `map`. */
  #namespaced(node: CallExpression, namespace: string, name: string): Place | undefined {
    const [first] = node.arguments;
    const callback = node.arguments.find(isFunction);
    const values = node.arguments
      .filter((argument) => argument !== callback)
      .map((argument) => this.#argument(argument));
    const returned = callback && this.#apply(callback, [values[0]?.content]);
    switch (`${namespace}.${name}`) {
      case "Object.assign":
        this.#change(values[0], node);
        for (const value of values.slice(1)) if (values[0]) merge(values[0].content, value?.content);
        return values[0];
      case "Object.values":
        return fresh([values[0]?.content]);
      case "Object.entries":
        return fresh([fresh([values[0]?.content])]);
      case "Object.fromEntries":
        return fresh([values[0]?.content.content]);
      case "Array.from":
        return fresh([values[0]?.content, returned]);
      case "Array.of":
        return fresh(values);
      case "Promise.all":
      case "Promise.allSettled":
        return name === "all" ? fresh([values[0]?.content]) : fresh([fresh([values[0]?.content])]);
      case "Object.freeze":
        return first && values[0];
      default:
        return undefined;
    }
  }
}

/**
 * What stands behind a name that the function does not declare: a function to look into; `quiet`, one that changes
 * nothing and gives nothing that it got (a task, a built-in); `unknown`.
 */
export type Outside = (callee: Node) => Found | "quiet" | "unknown";

export interface Found {
  fn: AnyFunction;
  /** The same for the names in it. */
  outside: Outside;
}

/** Objects that may be the same one. */
export class Place {
  #parent: Place | undefined;
  #content: Place | undefined;

  get root(): Place {
    if (!this.#parent) return this;
    const { root } = this.#parent;
    this.#parent = root;
    return root;
  }

  /** What may stand in fields and elements of the objects. */
  get content(): Place {
    const { root } = this;
    root.#content ??= new Place();
    return root.#content.root;
  }

  /** What is known to stand in them, without making it. */
  get known(): Place | undefined {
    return this.root.#content?.root;
  }

  join(other: Place): void {
    const open: [Place, Place][] = [[this, other]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [a, b] = [next[0].root, next[1].root];
      if (a === b) continue;
      b.#parent = a;
      if (a.#content && b.#content) open.push([a.#content, b.#content]);
      else if (b.#content) a.#content = b.#content;
      b.#content = undefined;
    }
  }
}

function merge(place: Place, value: Place | undefined): void {
  if (value) place.join(value);
}

function joined(places: readonly (Place | undefined)[]): Place | undefined {
  const [first, ...others] = places.filter((place) => place !== undefined);
  for (const other of others) first?.join(other);
  return first;
}

/** An array that nobody else holds yet, as in `[...xs].sort()`. */
function isMadeHere(expression: Expression): boolean {
  const node = bare(expression);
  if (node.type === "ArrayExpression" || node.type === "NewExpression") return true;
  const name = node.type === "CallExpression" ? memberName(node.callee) : undefined;
  const callee = node.type === "CallExpression" ? bare(node.callee) : node;
  if (name === undefined || callee.type !== "MemberExpression") return false;
  if (FRESH_METHODS.has(name) || name === "split" || name === "keys") return true;
  return MUTATING.has(name) && isMadeHere(callee.object);
}

const isWithin = ({ start, end }: Node, spans: readonly Span[]): boolean =>
  spans.some((span) => span.start <= start && end <= span.end);

/** A new array or object that holds the given things. */
function fresh(parts: readonly (Place | undefined)[]): Place {
  const made = new Place();
  for (const part of parts) merge(made.content, part);
  return made;
}

function reachable(place: Place): Set<Place> {
  const reached = new Set<Place>();
  for (let next: Place | undefined = place.root; next && !reached.has(next); next = next.known)
    reached.add(next);
  return reached;
}

const isExpression = (node: Node): boolean =>
  /Expression$|^Identifier$|^Literal$|^TemplateLiteral$/.test(node.type);

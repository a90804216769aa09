import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import { type Variable, Variables } from "../parse/variables.ts";
import { Calls } from "./calls.ts";
import type { Outside } from "./outside.ts";
import { fresh, joined, merge, Place } from "./place.ts";
import { movesItself, type Store, sourcesOf } from "./stores.ts";

/** Goes through a function once and notes what may be what: see {@link Sharing}. */
export class Walk {
  readonly #calls = new Calls(this);
  outside: Outside;
  readonly #home: Outside;
  readonly values = new Map<Variable, Place>();
  readonly functions = new Map<AnyFunction, Place>();
  readonly assigned = new Set<Variable>();
  /** Identifiers that are assigned to. */
  readonly targets: Node[] = [];
  /** Calls of which nothing is known, taken to change what they get. */
  readonly guessed = new Set<Node>();
  /** Changes in the root itself. */
  readonly own = new Set<Node>();
  readonly changes: { place: Place; node: Node }[] = [];
  readonly stores: Store[] = [];
  /** Identifiers of lists that move to their own variable. */
  readonly #moved = new Set<Node>();
  /** The objects of constants of modules. */
  readonly constants: { name: string; place: Place }[] = [];
  readonly #known = new Map<Expression, Place | undefined>();
  /** The constant whose literals are gone through. */
  #naming: string | undefined;
  readonly held = new Map<Variable, AnyFunction>();
  readonly resolvers: Variables[] = [];
  #returned: Place | undefined;

  constructor(root: AnyFunction, outside: Outside) {
    this.outside = outside;
    this.#home = outside;
    this.resolvers.push(new Variables(root));
    this.body(root);
  }

  /** The variable that an identifier stands for, in the root or in a function of a module that it calls. */
  of(identifier: Node): Variable | undefined {
    for (const resolver of this.resolvers) {
      const variable = resolver.of(identifier);
      if (variable) return variable;
    }
    return undefined;
  }

  #valueOf(variable: Variable): Place {
    const known = this.values.get(variable) ?? new Place();
    this.values.set(variable, known);
    return known;
  }

  /** A function's body, once; what it returns goes to its place. */
  body(node: AnyFunction): Place {
    const known = this.functions.get(node);
    if (known) return known;
    const returned = new Place();
    this.functions.set(node, returned);
    if (!node.body) return returned;
    for (const parameter of node.params) this.bind(parameter, undefined);
    const outer = this.#returned;
    this.#returned = this.functions.size === 1 ? undefined : returned; // the root's result is a copy
    if (node.body.type === "BlockStatement") this.#visit(node.body);
    else if (this.#returned) this.#return(node.body, returned);
    else this.useUp(node.body);
    this.#returned = outer;
    return returned;
  }

  #return(expression: Expression, returned: Place): void {
    const value = this.value(expression);
    merge(returned, value);
    this.store(expression, value);
  }

  #visit(node: Node): void {
    switch (node.type) {
      case "VariableDeclarator":
        if (node.init) this.#hold(node.id, bare(node.init));
        this.bind(node.id, node.init ? this.value(node.init) : undefined);
        return;
      case "FunctionDeclaration":
        this.body(node);
        return;
      case "BlockStatement":
        // A function may be called above its declaration.
        for (const one of node.body)
          if (one.type === "FunctionDeclaration" && one.id) this.#hold(one.id, one);
        for (const one of node.body) this.#visit(one);
        return;
      case "ReturnStatement":
        if (!node.argument) return;
        if (this.#returned) this.#return(node.argument, this.#returned);
        else this.useUp(node.argument);
        return;
      case "ExpressionStatement":
        this.useUp(node.expression);
        return;
      case "ForOfStatement":
      case "ForInStatement": {
        const list = this.value(node.right);
        const item = node.type === "ForOfStatement" ? list?.content : undefined;
        if (node.left.type === "VariableDeclaration")
          for (const { id } of node.left.declarations) this.bind(id, item);
        else this.#assign(node.left, item, node);
        this.#visit(node.body);
        return;
      }
      case "CatchClause":
        if (node.param) this.bind(node.param, undefined);
        this.#visit(node.body);
        return;
      default:
        if (isExpression(node)) this.value(node as Expression);
        else for (const child of childrenOf(node)) this.#visit(child);
    }
  }

  #hold(name: Node, value: Node): void {
    const variable = this.of(name);
    if (variable && isFunction(value)) this.held.set(variable, value);
  }

  /** A declaration: the pattern's names get the value. */
  bind(pattern: Node, value: Place | undefined): void {
    switch (pattern.type) {
      case "Identifier": {
        const variable = this.of(pattern);
        if (variable) merge(this.#valueOf(variable), value);
        return;
      }
      case "AssignmentPattern":
        this.bind(pattern.left, value);
        this.bind(pattern.left, this.value(pattern.right));
        return;
      case "Property":
        if (pattern.computed) this.value(pattern.key as Expression);
        this.bind(pattern.value, value?.content);
        return;
      case "RestElement": {
        const rest = new Place();
        if (value) merge(rest.content, value.content);
        this.bind(pattern.argument, rest);
        return;
      }
      case "ArrayPattern":
        for (const element of pattern.elements)
          if (element) this.bind(element, element.type === "RestElement" ? value : value?.content);
        return;
      default:
        for (const child of childrenOf(pattern)) this.bind(child, value);
    }
  }

  /** An assignment: to names, to members, to patterns of both. */
  #assign(target: Node, value: Place | undefined, at: Node): void {
    const inner = bare(target as Expression);
    switch (inner.type) {
      case "Identifier": {
        const variable = this.of(inner);
        if (!variable) return;
        this.assigned.add(variable);
        this.targets.push(inner);
        merge(this.#valueOf(variable), value);
        return;
      }
      case "MemberExpression": {
        const object = this.value(inner.object);
        if (inner.computed) this.value(inner.property);
        this.change(object, at);
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
        this.#assign(pattern.left, this.value(pattern.right), at);
        return;
      case "Property":
        if (pattern.computed) this.value(pattern.key as Expression);
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

  /** Notes what is put into something: a value, or with `content` what is in it. */
  store(expression: Expression, place: Place | undefined, often = false): void {
    const sources = sourcesOf(expression).filter((source) => !this.#moved.has(source));
    const isNew = this.stores.every(({ site }) => site !== expression); // some expressions are gone through twice
    if (place && isNew && (often || sources.length > 0))
      this.stores.push({ place, sources, site: expression, often, own: this.outside === this.#home });
  }

  change(place: Place | undefined, node: Node): void {
    if (place) this.changes.push({ place, node });
    if (this.outside === this.#home) this.own.add(node);
  }

  /** An expression whose value is copied at once, or used by nobody: parts of it are not brought together. */
  useUp(expression: Expression): void {
    const node = bare(expression);
    if (node.type === "ArrayExpression") {
      for (const child of childrenOf(node))
        this.useUp(child.type === "SpreadElement" ? child.argument : (child as Expression));
    } else if (node.type === "ObjectExpression") {
      for (const child of node.properties) {
        if (child.type === "SpreadElement") this.useUp(child.argument);
        else {
          if (child.computed) this.value(child.key as Expression);
          this.useUp(child.value as Expression);
        }
      }
    } else this.value(node);
  }

  /** What an expression may give; nothing for what is surely no object. */
  value(expression: Expression): Place | undefined {
    const node = bare(expression);
    switch (node.type) {
      case "Identifier": {
        const variable = this.of(node);
        return variable ? this.#valueOf(variable) : this.#constant(node);
      }
      case "MemberExpression": {
        const object = this.value(node.object);
        if (node.computed) this.value(node.property);
        if (object === undefined && this.#isOutside(node.object)) return this.#constant(node); // module.CONSTANT
        return memberName(node) === "length" ? undefined : object?.content;
      }
      case "ChainExpression":
        return this.value(node.expression);
      case "ConditionalExpression":
        this.value(node.test);
        return joined([this.value(node.consequent), this.value(node.alternate)]);
      case "LogicalExpression":
        return joined([this.value(node.left), this.value(node.right)]);
      case "SequenceExpression":
        return node.expressions.map((one) => this.value(one)).at(-1);
      case "AwaitExpression":
        return this.value(node.argument);
      case "ArrayExpression":
      case "ObjectExpression":
        return this.#literal(node);
      case "AssignmentExpression": {
        const moved = movesItself(node.left, node.right);
        if (moved) this.#moved.add(moved);
        const value = this.value(node.right);
        const mayKeep = ["=", "&&=", "||=", "??="].includes(node.operator);
        if (mayKeep && bare(node.left as Expression).type === "MemberExpression")
          this.store(node.right, value);
        this.#assign(node.left, mayKeep ? value : undefined, node);
        return mayKeep
          ? joined([node.operator === "=" ? undefined : this.value(node.left as Expression), value])
          : undefined;
      }
      case "UpdateExpression":
        this.#assign(node.argument, undefined, node);
        return undefined;
      case "UnaryExpression": {
        const argument = bare(node.argument);
        if (node.operator === "delete" && argument.type === "MemberExpression")
          this.change(this.value(argument.object), node);
        this.value(node.argument);
        return undefined;
      }
      case "CallExpression":
        return this.#naming === undefined ? this.#calls.value(node) : this.#computed(node, this.#naming);
      case "NewExpression":
        return fresh(node.arguments.flatMap((argument) => this.#given(argument)));
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.body(node);
        return undefined;
      default:
        for (const child of childrenOf(node)) this.#visit(child);
        return undefined;
    }
  }

  #isOutside(node: Node): boolean {
    return node.type === "Identifier" && !this.of(node) && this.outside(node) === "unknown";
  }

  /** A constant of a module, in place of whose objects others must not be changed. */
  #constant(node: Node): Place | undefined {
    const found = this.outside(node);
    if (typeof found !== "object" || !("init" in found)) return undefined;
    if (this.#known.has(found.init)) return this.#known.get(found.init);
    this.#known.set(found.init, undefined);
    const before = [this.outside, this.#naming] as const;
    [this.outside, this.#naming] = [found.outside, found.name];
    const place = this.value(found.init);
    if (place) this.constants.push({ name: found.name, place });
    [this.outside, this.#naming] = before;
    this.#known.set(found.init, place);
    return place;
  }

  /** What a call gives to a constant: functions may change it before they return it, nobody after that. */
  #computed(node: CallExpression, name: string): Place {
    this.#naming = undefined;
    this.#calls.value(node);
    this.#naming = name;
    const place = new Place();
    merge(place.content, place);
    this.constants.push({ name, place });
    return place;
  }

  /** What a call's argument may give, and what that holds. */
  #given(argument: Node): (Place | undefined)[] {
    const value = this.value(
      (argument.type === "SpreadElement" ? argument.argument : argument) as Expression,
    );
    return [value, value?.content];
  }

  #literal(node: Extract<Node, { type: "ArrayExpression" | "ObjectExpression" }>): Place {
    const made = new Place();
    if (this.#naming !== undefined) this.constants.push({ name: this.#naming, place: made });
    for (const child of childrenOf(node)) {
      if (child.type === "Property" && child.computed) this.value(child.key as Expression);
      const isSpread = child.type === "SpreadElement";
      const part = (
        isSpread ? child.argument : child.type === "Property" ? child.value : child
      ) as Expression;
      const value = isSpread ? this.value(part)?.content : this.value(part);
      merge(made.content, value);
      this.store(part, value);
    }
    return made;
  }
}

const isExpression = (node: Node): boolean =>
  /Expression$|^Identifier$|^Literal$|^TemplateLiteral$/.test(node.type);

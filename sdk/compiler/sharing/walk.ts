import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import { type Variable, Variables } from "../parse/variables.ts";
import { Calls } from "./calls.ts";
import { Constants } from "./constants.ts";
import { Held } from "./held.ts";
import { literal } from "./literals.ts";
import type { Outside } from "./outside.ts";
import { type Given, Patterns } from "./patterns.ts";
import { fresh, joined, merge, Place } from "./place.ts";
import {
  type Applied,
  asParts,
  type Change,
  type Flow,
  type How,
  movesItself,
  partsOf,
  type Source,
  type Store,
  sourcesOf,
} from "./stores.ts";

const KEEPING = ["=", "&&=", "||=", "??="];
const NO_FLOW: Flow = { sources: [], around: [] };

/** Goes through a function once and notes what may be what: see {@link Sharing}. */
export class Walk {
  readonly calls = new Calls(this);
  readonly #patterns = new Patterns(this);
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
  readonly changes: Change[] = [];
  readonly stores: Store[] = [];
  /** Deep copies, and what they are copies of. */
  readonly clones = new Map<CallExpression, { copy: Place; originals: readonly Place[] }>();
  /** Where the values of variables come from. */
  readonly flows = new Map<Variable, Flow[]>();
  /** The loops and functions around a variable's declaration. */
  readonly homes = new Map<Variable, readonly Node[]>();
  /** What functions return. */
  readonly returns = new Map<AnyFunction, Flow>();
  readonly returned = new Map<AnyFunction, Expression[]>();
  readonly applied = new Map<CallExpression, readonly Applied[]>();
  /** What a task or a built-in function gets: nobody else keeps that. */
  readonly handedOver = new Set<Node>();
  /** Calls of tasks and flows, whose results are new. */
  readonly ours = new Set<Node>();
  /** Identifiers of lists that move to their own variable. */
  readonly #moved = new Set<Node>();
  readonly constants = new Constants(this);
  readonly held = new Held(this);
  readonly resolvers: Variables[] = [];
  /** The functions that they resolve names in: the root, and functions of modules. */
  readonly roots: AnyFunction[] = [];
  /** Where the root calls a function of a module. */
  readonly entries: Node[] = [];
  #returned: Place | undefined;
  /** Whatever is thrown may be caught anywhere. */
  readonly #thrown = new Place();
  readonly #thrownFrom: Source[] = [];
  /** The loops and functions that are gone through. */
  around: readonly Node[] = [];
  /** The same at the declaration of a function. */
  readonly #written = new Map<AnyFunction, readonly Node[]>();

  constructor(root: AnyFunction, outside: Outside) {
    this.outside = outside;
    this.#home = outside;
    this.resolvers.push(new Variables(root));
    this.roots.push(root);
    this.held.handOver(root);
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
    const before = [this.around, this.#returned, this.#fn] as const;
    this.around = [...(this.#written.get(node) ?? this.around), node];
    this.#fn = node;
    this.returns.set(node, this.flow([]));
    this.returned.set(node, []);
    const isRoot = this.functions.size === 1;
    for (const parameter of node.params)
      this.bind(parameter, { place: isRoot ? new Place() : undefined, flow: NO_FLOW });
    this.#returned = isRoot ? undefined : returned; // the root's result is a copy
    if (node.body.type === "BlockStatement") this.#visit(node.body);
    else if (this.#returned) this.#return(node.body, returned);
    else this.useUp(node.body);
    [this.around, this.#returned, this.#fn] = before;
    return returned;
  }

  #fn: AnyFunction | undefined;
  /** Names of a `var` belong to the function. */
  #hoists = false;

  #return(expression: Expression, returned: Place): void {
    merge(returned, this.value(expression));
    const known = this.#fn && this.returns.get(this.#fn);
    if (this.#fn) this.returned.get(this.#fn)?.push(expression);
    if (this.#fn && known)
      this.returns.set(this.#fn, { ...known, sources: [...known.sources, ...sourcesOf(expression)] });
  }

  flow(sources: readonly Source[]): Flow {
    return { sources, around: this.around };
  }

  #within(loop: Node, visit: () => void): void {
    const { around } = this;
    this.around = [...around, loop];
    visit();
    this.around = around;
  }

  #visit(node: Node): void {
    switch (node.type) {
      case "VariableDeclaration":
        this.#hoists = node.kind === "var";
        for (const one of node.declarations) this.#visit(one);
        this.#hoists = false;
        return;
      case "VariableDeclarator": {
        if (node.init) this.#hold(node.id, bare(node.init));
        const place = node.init ? this.value(node.init) : undefined;
        this.bind(node.id, { place, flow: this.flow(node.init ? sourcesOf(node.init) : []) });
        return;
      }
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
      case "ThrowStatement":
        merge(this.#thrown, this.value(node.argument));
        this.#thrownFrom.push(...sourcesOf(node.argument));
        return;
      case "ExpressionStatement":
        this.useUp(node.expression);
        return;
      case "ForOfStatement":
      case "ForInStatement":
        this.#visitEach(node);
        return;
      case "ForStatement":
        if (node.init) this.#visit(node.init);
        this.#within(node, () => {
          for (const part of [node.test, node.body, node.update]) if (part) this.#visit(part);
        });
        return;
      case "WhileStatement":
      case "DoWhileStatement":
        this.#within(node, () => {
          for (const child of childrenOf(node)) this.#visit(child);
        });
        return;
      case "CatchClause":
        if (node.param) this.bind(node.param, { place: this.#thrown, flow: this.flow(this.#thrownFrom) });
        this.#visit(node.body);
        return;
      default:
        if (isExpression(node)) this.value(node as Expression);
        else for (const child of childrenOf(node)) this.#visit(child);
    }
  }

  #visitEach(node: Extract<Node, { type: "ForOfStatement" | "ForInStatement" }>): void {
    const list = this.value(node.right);
    const isOf = node.type === "ForOfStatement";
    // Each turn has another element, so that the loop itself does not count.
    const given: Given = {
      place: isOf ? list?.content : undefined,
      flow: this.flow(isOf ? partsOf(node.right) : []),
    };
    this.#within(node, () => {
      if (node.left.type === "VariableDeclaration")
        for (const { id } of node.left.declarations) this.bind(id, given);
      else this.#patterns.assign(node.left, given, node);
      this.#visit(node.body);
    });
  }

  #hold(name: Node, value: Node): void {
    const variable = this.of(name);
    if (!variable || !isFunction(value)) return;
    this.held.hold(variable, value);
    this.#written.set(value, this.around);
  }

  bind(pattern: Node, given: Given): void {
    this.#patterns.bind(pattern, given);
  }

  /** A name that is declared gets the value. */
  name(identifier: Node, place: Place | undefined, flow: Flow): void {
    const variable = this.of(identifier);
    if (!variable) return;
    const inner = this.#hoists ? this.around.findLastIndex(isFunction) + 1 : this.around.length;
    if (!this.homes.has(variable)) this.homes.set(variable, this.around.slice(0, inner));
    merge(this.#valueOf(variable), place);
    this.#from(variable, flow);
  }

  assignName(identifier: Node, place: Place | undefined, flow: Flow): void {
    const variable = this.of(identifier);
    if (!variable) return;
    this.assigned.add(variable);
    this.targets.push(identifier);
    merge(this.#valueOf(variable), place);
    this.#from(variable, flow);
  }

  #from(variable: Variable, flow: Flow): void {
    if (flow.sources.length === 0) return;
    this.flows.set(variable, [...(this.flows.get(variable) ?? []), flow]);
  }

  /** What stands under the key of a member expression. */
  field(object: Place, node: Extract<Node, { type: "MemberExpression" }>): Place {
    const { property } = node;
    const isNumber = node.computed && property.type === "Literal" && typeof property.value === "number";
    return object.at(isNumber ? String(property.value) : memberName(node));
  }

  #sources(expression: Expression): Source[] {
    return sourcesOf(expression).filter((one) => one.kind === "call" || !this.#moved.has(one.name));
  }

  /** Notes what is put into something. */
  store(expression: Expression, place: Place | undefined, how: How = {}): void {
    const sources = this.#sources(expression);
    this.put(expression, place, this.flow(how.inner || how.part ? asParts(sources) : sources), how);
  }

  put(site: Node, place: Place | undefined, flow: Flow, how: How = {}): void {
    const { inner = false, often = false } = how;
    const isNew = this.stores.every((one) => one.site !== site || one.inner !== inner); // some are gone through twice
    if (place && isNew && (often || flow.sources.length > 0))
      this.stores.push({ ...flow, place, site, inner, often });
  }

  /** Code of the root is gone through, and not of a function of a module. */
  get isHome(): boolean {
    return this.outside === this.#home;
  }

  change(place: Place | undefined, node: Node, target?: Expression): void {
    if (place) this.changes.push({ place, node, target });
    if (this.isHome) this.own.add(node);
  }

  /** An expression whose value is copied at once, or used by nobody: parts of it are not brought together. */
  useUp(expression: Expression): void {
    const node = bare(expression);
    this.handedOver.add(expression).add(node);
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
        return variable ? this.#valueOf(variable) : this.constants.value(node);
      }
      case "MemberExpression": {
        const object = this.value(node.object);
        if (node.computed) this.value(node.property);
        if (object === undefined && this.constants.isOutside(node.object)) return this.constants.value(node); // module.CONSTANT
        return memberName(node) === "length" ? undefined : object && this.field(object, node);
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
        return literal(this, node);
      case "AssignmentExpression":
        return this.#assignment(node);
      case "UpdateExpression":
        this.#patterns.assign(node.argument, { place: undefined, flow: NO_FLOW }, node);
        return undefined;
      case "UnaryExpression": {
        const argument = bare(node.argument);
        if (node.operator === "delete" && argument.type === "MemberExpression")
          this.change(this.value(argument.object), node, argument.object);
        this.value(node.argument);
        return undefined;
      }
      case "CallExpression":
        if (this.#makesArray(node.callee)) return fresh(node.arguments.flatMap((one) => this.#given(one)));
        return this.constants.made(node) ?? this.calls.value(node);
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

  #assignment(node: Extract<Node, { type: "AssignmentExpression" }>): Place | undefined {
    const moved = movesItself(node.left, node.right);
    if (moved) this.#moved.add(moved);
    const value = this.value(node.right);
    const mayKeep = KEEPING.includes(node.operator);
    const flow = this.flow(mayKeep ? this.#sources(node.right) : []);
    this.#patterns.assign(node.left, { place: mayKeep ? value : undefined, flow }, node);
    if (!mayKeep) return undefined;
    return joined([node.operator === "=" ? undefined : this.value(node.left as Expression), value]);
  }

  /** `Array(3)`, as `new Array(3)`. */
  #makesArray(callee: Node): boolean {
    return (
      callee.type === "Identifier" &&
      callee.name === "Array" &&
      !this.of(callee) &&
      this.outside(callee) === "quiet"
    );
  }

  /** What an argument of a class may give, and what that holds. */
  #given(argument: Node): (Place | undefined)[] {
    const part = (argument.type === "SpreadElement" ? argument.argument : argument) as Expression;
    const value = this.value(part);
    this.store(part, value, { inner: true });
    return [value, value?.content];
  }
}

const isExpression = (node: Node): boolean =>
  /Expression$|^Identifier$|^Literal$|^TemplateLiteral$/.test(node.type);

import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, isFunction, memberName } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import { COMBINING_METHODS, ELEMENT_METHODS, FRESH_METHODS, RECEIVER_METHODS } from "./methods.ts";
import { isWithin, type Order } from "./order.ts";
import { keyedOnce } from "./patterns.ts";
import type { Change } from "./stores.ts";
import { mayCopyTwice } from "./twice.ts";
import { ANY, KEEPING, keyOf, leadsTo, type Path, useOf, usesOf } from "./uses.ts";
import type { Walk } from "./walk.ts";

/** A value of a variable: the statement that gives it, the expression, and where in it. */
interface Definition {
  at: Node;
  /** Nothing: a value that nobody else has. */
  value: Expression | undefined;
  path: Path;
}

/** An owner of what is changed: a variable that it was made for, or that it was taken out of. */
interface Owner {
  variable: Variable;
  path: Path;
  /** The use that leads on to the changed variable. */
  through: Node | undefined;
  /** It was taken away from there. */
  moved: boolean;
}

const MOST_OWNERS = 8;
const MAKES_NEW = /^(JSON\.parse|Object\.(keys|fromEntries|entries|values)|Array\.of)$/;
const GATHERS = /^(Promise\.all|Array\.from)$/;

/**
 * Changes of an object that one variable alone has at that moment: it was made there, nobody else got it before the
 * change, and what it was taken out of is not read any more. No copy of it can then be out of date.
 */
export class Owned {
  readonly #walk: Walk;
  readonly #order: Order;
  readonly #root: AnyFunction;

  constructor(walk: Walk, order: Order) {
    this.#walk = walk;
    this.#order = order;
    this.#root = walk.roots[0] as AnyFunction;
  }

  isAlone({ node, target }: Change): boolean {
    const path: string[] = [];
    let at = target && bare(target);
    // What is changed of `(by[k] ??= [])` is `by[k]`.
    while (at?.type === "MemberExpression" || at?.type === "AssignmentExpression") {
      if (at.type === "MemberExpression") path.unshift(keyOf(at));
      else if (!KEEPING.includes(at.operator)) return false;
      at = bare(at.type === "MemberExpression" ? at.object : (at.left as Expression));
    }
    const variable = at?.type === "Identifier" ? this.#walk.of(at) : undefined;
    const fn = variable && this.#order.functionOf(variable.declared);
    if (!variable || !fn || !this.#order.loops(node, fn)) return false;
    return new Owners(this.#walk, this.#order, this.#root, node, fn).areAlone(variable, path);
  }
}

/** The owners of what one change changes. */
class Owners {
  readonly #walk: Walk;
  readonly #order: Order;
  readonly #root: AnyFunction;
  readonly #change: Node;
  readonly #fn: AnyFunction;
  readonly #known: Owner[] = [];

  constructor(walk: Walk, order: Order, root: AnyFunction, change: Node, fn: AnyFunction) {
    this.#walk = walk;
    this.#order = order;
    this.#root = root;
    this.#change = change;
    this.#fn = fn;
  }

  areAlone(variable: Variable, path: Path): boolean {
    return this.#isOwner({ variable, path, through: undefined, moved: true });
  }

  #isOwner(owner: Owner): boolean {
    const { variable, path, through, moved } = owner;
    if (this.#known.some((one) => one.variable === variable) || this.#known.length > MOST_OWNERS)
      return false;
    this.#known.push(owner);
    const definitions = this.#definitions(variable);
    if (!definitions) return false;
    const home = this.#order.functionOf(variable.declared);
    const isHere = home === this.#fn;
    const statements = definitions.map(({ at }) => at);
    if (!isHere && !this.#isOver(variable, home)) return false;
    if (through && !moved) {
      if (isHere && this.#order.isUsedAfter(variable, this.#change, this.#fn)) return false;
      if (!home || !this.#order.isOnce(through, home, statements)) return false;
    }
    // Another value of an owner may be what is changed.
    const anew = through && statements.length > 1 ? [] : statements;
    const isCarried = this.#isAccumulator(variable);
    for (const identifier of usesOf(variable)) {
      if (through && isWithin(identifier, through)) continue;
      const { leaks, puts } = useOf(this.#walk, this.#order, identifier);
      for (const { path: given, at } of leaks)
        if (leadsTo(given, path) && (isCarried ? !this.#isResult(at) : this.#isBefore(at, isHere, anew)))
          return false;
      for (const { path: to, value } of puts)
        if (leadsTo(to, path) && !this.#isNew(value, path.slice(to.length), false)) return false;
    }
    const isMoved = through !== undefined && moved;
    return definitions.every(
      ({ value, path: from }) => !value || this.#isNew(value, [...from, ...path], isMoved),
    );
  }

  #isBefore(leak: Node, isHere: boolean, definitions: readonly Node[]): boolean {
    if (isHere) return this.#order.mayPrecede(leak, this.#change, this.#fn, definitions);
    // What a function that was called returns is what the caller has; all else of it is over.
    return !this.#isResult(leak);
  }

  #isResult(leak: Node): boolean {
    const parent = this.#order.parent(leak);
    return (
      parent?.type === "ReturnStatement" || (parent && isFunction(parent) && parent.body === leak) === true
    );
  }

  /** The first parameter of a `reduce`'s callback: one object goes through all calls. */
  #isAccumulator({ declared }: Variable): boolean {
    const fn = this.#order.parent(declared);
    return (
      fn !== undefined &&
      isFunction(fn) &&
      fn.params.indexOf(declared as never) === 0 &&
      this.#reduced(fn) !== undefined
    );
  }

  /** What a `reduce` with this callback begins with. */
  #reduced(fn: AnyFunction): Expression | undefined {
    const call = this.#order.parent(fn as Node);
    const callee = call?.type === "CallExpression" ? bare(call.callee) : undefined;
    if (call?.type !== "CallExpression" || callee?.type !== "MemberExpression" || call.arguments.length !== 2)
      return undefined;
    const [given, init] = call.arguments;
    if ((given as Node) !== (fn as Node) || !init || init.type === "SpreadElement") return undefined;
    return /^reduce(Right)?$/.test(memberName(callee) ?? "") ? init : undefined;
  }

  /** A variable of a function that was called before; nobody has its variables any more. */
  #isOver({ uses }: Variable, home: AnyFunction | undefined): boolean {
    if (!home || [...this.#order.around(this.#change)].includes(home)) return false;
    return uses.every((use) => use === home.id || this.#order.loops(use, home) !== undefined);
  }

  /** Where the variable gets its values; nothing where that is not known. */
  #definitions(variable: Variable): Definition[] | undefined {
    const first = this.#declaration(variable.declared, []);
    if (!first) return undefined;
    const all = [first];
    for (const target of this.#walk.targets) {
      if (this.#walk.of(target) !== variable) continue;
      const parent = this.#order.parent(target);
      if (parent?.type === "UpdateExpression") continue;
      if (parent?.type !== "AssignmentExpression" || parent.left !== target) return undefined;
      if (!KEEPING.includes(parent.operator)) continue;
      const at = this.#order.parent(parent);
      if (!at) return undefined;
      all.push({ at: parent.operator === "=" ? at : parent, value: parent.right, path: [] });
    }
    return all;
  }

  #declaration(node: Node, path: Path): Definition | undefined {
    const parent = this.#order.parent(node);
    switch (parent?.type) {
      case "VariableDeclarator": {
        const statement = this.#order.parent(parent);
        if (statement?.type !== "VariableDeclaration" || statement.kind === "var") return undefined;
        const around = this.#order.parent(statement);
        if (around?.type === "ForOfStatement" && around.left === statement)
          return { at: around, value: around.right, path: [ANY, ...path] };
        return { at: statement, value: parent.init ?? undefined, path };
      }
      case "Property": {
        const pattern = this.#order.parent(parent);
        if (parent.computed || parent.key.type !== "Identifier" || parent.value !== node) return undefined;
        if (pattern?.type !== "ObjectPattern" || !keyedOnce(pattern.properties)) return undefined;
        return this.#declaration(pattern, [parent.key.name, ...path]);
      }
      case "ArrayPattern":
        return this.#declaration(parent, [String(parent.elements.indexOf(node as never)), ...path]);
      default:
        return parent && isFunction(parent) ? this.#parameter(parent, node, path) : undefined;
    }
  }

  #parameter(fn: AnyFunction, node: Node, path: Path): Definition | undefined {
    if (fn === this.#root) return { at: fn, value: undefined, path };
    const call = this.#order.parent(fn);
    const callee = call?.type === "CallExpression" ? bare(call.callee) : undefined;
    if (callee?.type !== "MemberExpression" || fn.params.indexOf(node as never) !== 0) return undefined;
    const init = this.#reduced(fn);
    if (init)
      return path.length === 0 && this.#givesBack(fn, node) ? { at: fn, value: init, path } : undefined;
    const name = memberName(callee);
    const isItem = name !== undefined && /^(map|forEach|filter|find|some|every|flatMap)$/.test(name);
    return isItem ? { at: fn, value: callee.object, path: [ANY, ...path] } : undefined;
  }

  /** Whatever the function returns is what its parameter got. */
  #givesBack(fn: AnyFunction, parameter: Node): boolean {
    const variable = this.#walk.of(parameter);
    const returned = this.#walk.returned.get(fn) ?? [];
    return !fn.async && !fn.generator && returned.every((one) => this.#walk.of(bare(one)) === variable);
  }

  /** What the expression gives has, at the path, an object that nobody but the owners has. */
  #isNew(given: Expression, path: Path, moved: boolean): boolean {
    const node = bare(given);
    switch (node.type) {
      case "Literal":
      case "TemplateLiteral":
      case "BinaryExpression":
      case "UnaryExpression":
        return true;
      case "AwaitExpression":
        return this.#isNew(node.argument, path, moved);
      case "ConditionalExpression":
        return this.#isNew(node.consequent, path, moved) && this.#isNew(node.alternate, path, moved);
      case "LogicalExpression":
        return this.#isNew(node.left, path, moved) && this.#isNew(node.right, path, moved);
      case "NewExpression":
        return path.length === 0;
      case "Identifier":
        return this.#isOf(node, path, node, moved);
      case "MemberExpression":
        return this.#isNew(node.object, [keyOf(node), ...path], moved);
      case "ChainExpression":
        return this.#isNew(node.expression, path, moved);
      case "ArrayExpression":
      case "ObjectExpression":
        return this.#isLiteral(node, path);
      case "CallExpression":
        return this.#isGiven(node, path, moved);
      default:
        return false;
    }
  }

  #isOf(identifier: Node, path: Path, through: Node, moved: boolean): boolean {
    if (identifier.type === "Identifier" && identifier.name === "undefined") return true;
    const variable = this.#walk.of(identifier);
    return variable !== undefined && this.#isOwner({ variable, path, through, moved });
  }

  #isLiteral(
    node: Extract<Node, { type: "ArrayExpression" | "ObjectExpression" }>,
    [key, ...rest]: Path,
  ): boolean {
    if (key === undefined) return true;
    const parts = node.type === "ArrayExpression" ? node.elements : node.properties;
    return parts.every((part, i) => {
      if (!part) return true;
      if (part.type === "SpreadElement") return this.#isNew(part.argument, [ANY, ...rest], false);
      const own = part.type === "Property" ? propertyKey(part) : String(i);
      if (key !== ANY && own !== ANY && own !== key && !parts.some((one) => one?.type === "SpreadElement"))
        return true;
      return this.#isNew((part.type === "Property" ? part.value : part) as Expression, rest, false);
    });
  }

  #isGiven(node: CallExpression, path: Path, moved: boolean): boolean {
    if (this.#walk.ours.has(node)) return true; // results are copies, all the way down
    const callee = bare(node.callee);
    const [key, ...rest] = path;
    if (callee.type !== "MemberExpression") {
      if (callee.type === "Identifier" && callee.name === "structuredClone")
        return key === undefined || !mayCopyTwice(this.#walk, node);
      return this.#isReturned(node, path);
    }
    const name = memberName(callee) ?? "";
    const { object } = callee;
    if (object.type === "Identifier" && !this.#walk.of(object)) {
      const full = `${object.name}.${name}`;
      const [first] = node.arguments;
      if (full === "JSON.parse") return true;
      if (MAKES_NEW.test(full)) return key === undefined;
      if (GATHERS.test(full) && node.arguments.length === 1 && first && first.type !== "SpreadElement")
        return key === undefined || this.#isNew(first, path, false);
      return this.#isReturned(node, path);
    }
    if (name === "split" || name === "keys") return true;
    if (COMBINING_METHODS.has(name) && key === undefined) return true;
    if (name === "map") return this.#isMapped(node, rest);
    if (FRESH_METHODS.has(name) && !COMBINING_METHODS.has(name) && name !== "entries" && name !== "flat")
      return key === undefined || this.#isNew(object, [ANY, ...rest], name === "splice");
    if (name === "fill" || name === "copyWithin") return key === undefined && this.#isNew(object, [], moved);
    if (RECEIVER_METHODS.has(name)) return this.#isNew(object, path, moved);
    if (ELEMENT_METHODS.has(name))
      return this.#isNew(object, [ANY, ...path], name === "pop" || name === "shift");
    return false;
  }

  /** What a function that is known returns. */
  #isReturned(node: CallExpression, path: Path): boolean {
    const applied = this.#walk.applied.get(node) ?? [];
    return applied.length > 0 && applied.every(({ fn }) => this.#returns(fn, path));
  }

  #isMapped({ arguments: [callback] }: CallExpression, path: Path): boolean {
    const fn = callback && callback.type !== "SpreadElement" ? bare(callback) : undefined;
    return fn !== undefined && isFunction(fn) && this.#returns(fn, path);
  }

  #returns(fn: AnyFunction, path: Path): boolean {
    if (fn.generator) return false;
    const returned = this.#walk.returned.get(fn) ?? [];
    return returned.every((expression) => this.#isNew(expression, path, false));
  }
}

function propertyKey(property: Extract<Node, { type: "Property" }>): string {
  const { key } = property;
  if (!property.computed && key.type === "Identifier") return key.name;
  return key.type === "Literal" && typeof key.value === "string" ? key.value : ANY;
}

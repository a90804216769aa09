import type { CallExpression, Expression, Node } from "oxc-parser";
import { bare, isFunction, memberName } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import type { ModuleTree } from "./tree.ts";
import {
  anyOf,
  DATA,
  either,
  functionAt,
  holdsFunctions,
  isOpen,
  listOf,
  NOTHING,
  objectOf,
  sizeOf,
  type Value,
} from "./values.ts";

/** Methods of lists that call a function with their elements. */
const EACH = new Set(["map", "filter", "forEach", "find", "findIndex", "some", "every", "flatMap"]);
/** Methods that give the list, or another one of some of its elements. */
export const LISTS = new Set(["filter", "slice", "reverse", "toReversed", "concat"]);
/** Methods that give an element. */
export const ELEMENTS = new Set(["find", "at", "pop", "shift"]);
/** Methods of a list that hold functions, which are known otherwise. */
export const METHODS = new Set([...EACH, ...LISTS, ...ELEMENTS, "push", "entries", "keys", "hasOwnProperty"]);

const MOST_ROUNDS = 6;

/** Which functions the expressions of a module may give: those that stand in objects, lists and choices. */
export class FlowOfFunctions {
  readonly #tree: ModuleTree;
  /** Whether a name that no variable of the module has stands for a function. */
  readonly #isFunction: (identifier: Node) => boolean;
  readonly #values = new Map<Variable, Value>();

  constructor(tree: ModuleTree, isFunctionName: (identifier: Node) => boolean) {
    this.#tree = tree;
    this.#isFunction = isFunctionName;
    let size = -1;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (const node of tree.nodes) this.#visit(node);
      const now = [...this.#values.values()].reduce((sum, one) => sum + sizeOf(one), 0);
      if (now === size) break;
      size = now;
    }
  }

  #visit(node: Node): void {
    if (node.type === "VariableDeclarator" && node.init) {
      // A function that has a name is no value of an object yet.
      if (node.id.type !== "Identifier" || !this.isFunctionValue(bare(node.init)))
        this.#bind(node.id, this.of(node.init));
    } else if (node.type === "ForOfStatement" && node.left.type === "VariableDeclaration")
      for (const { id } of node.left.declarations) this.#bind(id, anyOf(this.of(node.right)));
    else if (node.type === "CallExpression") this.#call(node);
  }

  #call(node: CallExpression): void {
    const callee = bare(node.callee);
    const method = memberName(callee);
    if (callee.type !== "MemberExpression" || method === undefined) return;
    const list = this.of(callee.object);
    const [first] = node.arguments;
    if (EACH.has(method) && first && isFunction(first) && first.params[0])
      this.#bind(first.params[0], anyOf(list));
    const receiver = bare(callee.object);
    const variable = receiver.type === "Identifier" ? this.#tree.of(receiver) : undefined;
    if (method !== "push" || !variable || !this.isMadeAsList(variable)) return;
    for (const argument of node.arguments) {
      const value =
        argument.type === "SpreadElement" ? this.of(argument.argument) : listOf(this.of(argument));
      if (holdsFunctions(value)) this.#add(variable, value);
    }
  }

  /** `const done = []`, a list that holds what is pushed. */
  isMadeAsList(variable: Variable): boolean {
    const declarator = this.#tree.parent(variable.declared);
    const init =
      declarator?.type === "VariableDeclarator" && declarator.init ? bare(declarator.init) : undefined;
    return variable.constant && init?.type === "ArrayExpression";
  }

  #add(variable: Variable, value: Value): void {
    this.#values.set(variable, either(this.#values.get(variable) ?? NOTHING, value));
  }

  #bind(pattern: Node, value: Value): void {
    switch (pattern.type) {
      case "Identifier": {
        const variable = this.#tree.of(pattern);
        if (variable && holdsFunctions(value)) this.#add(variable, value);
        return;
      }
      case "ObjectPattern":
        for (const one of pattern.properties) {
          if (one.type !== "Property") this.#bind(one.argument, value);
          else this.#bind(one.value, one.computed ? DATA : this.#field(value, keyOf(one)));
        }
        return;
      case "ArrayPattern":
        for (const [i, one] of pattern.elements.entries())
          if (one)
            this.#bind(
              one.type === "RestElement" ? one.argument : one,
              one.type === "RestElement" ? value : this.#field(value, String(i)),
            );
        return;
      case "AssignmentPattern":
        this.#bind(pattern.left, either(this.of(pattern.right), value));
    }
  }

  #field(value: Value, key: string | undefined): Value {
    const own = key === undefined ? undefined : value.fields.get(key);
    if (own) return own;
    const isPlace = key === undefined || /^\d+$/.test(key);
    return isPlace && value.rest && holdsFunctions(value.rest) ? isOpen(value.rest) : DATA;
  }

  /** A function where it is written, or the name of one. */
  isFunctionValue(node: Node): boolean {
    if (isFunction(node)) return true;
    return (
      node.type === "Identifier" &&
      !this.#values.has(this.#tree.of(node) as Variable) &&
      this.#isFunction(node)
    );
  }

  of(expression: Node): Value {
    const node = bare(expression as Expression);
    if (this.isFunctionValue(node)) return functionAt(node);
    switch (node.type) {
      case "Identifier": {
        const variable = this.#tree.of(node);
        return (variable && this.#values.get(variable)) ?? DATA;
      }
      case "ChainExpression":
        return this.of(node.expression);
      case "ConditionalExpression":
        return either(this.of(node.consequent), this.of(node.alternate));
      case "LogicalExpression": {
        const left = this.of(node.left);
        const right = this.of(node.right);
        return node.operator === "&&" ? either(isOpen(left), right) : either(left, right);
      }
      case "ObjectExpression":
        return this.#object(node);
      case "ArrayExpression":
        return this.#array(node);
      case "MemberExpression": {
        const object = this.of(node.object);
        if (!holdsFunctions(object)) return DATA;
        const keys = keysOf(node);
        const value = keys
          ? keys.reduce((all, key) => either(all, this.#field(object, key)), NOTHING)
          : isOpen(anyOf(object));
        return node.optional ? isOpen(value) : value;
      }
      case "CallExpression":
        return this.#given(node);
      default:
        return DATA;
    }
  }

  #object(node: Extract<Node, { type: "ObjectExpression" }>): Value {
    const fields = new Map<string, Value>();
    let rest: Value | undefined;
    for (const one of node.properties) {
      if (one.type === "SpreadElement") {
        const spread = this.of(one.argument);
        if (!holdsFunctions(spread)) {
          for (const [key, value] of fields) fields.set(key, isOpen(value)); // it may hold the key
          continue;
        }
        for (const [key, value] of spread.fields) fields.set(key, value);
        if (spread.rest) rest = either(rest ?? NOTHING, spread.rest);
      } else if (one.computed) {
        // Functions under such a key are looked for nowhere.
        for (const [key, known] of fields) fields.set(key, isOpen(known));
      } else fields.set(keyOf(one) ?? "", one.kind === "init" ? this.of(one.value) : DATA);
    }
    return objectOf(fields, rest);
  }

  #array(node: Extract<Node, { type: "ArrayExpression" }>): Value {
    const isPlain = node.elements.every((one) => one && one.type !== "SpreadElement");
    if (isPlain) return objectOf(new Map(node.elements.map((one, i) => [String(i), this.of(one as Node)])));
    const parts = node.elements.map((one) =>
      !one ? DATA : one.type === "SpreadElement" ? anyOf(this.of(one.argument)) : this.of(one),
    );
    return listOf(parts.reduce((all, one) => either(all, one), NOTHING));
  }

  #given(node: CallExpression): Value {
    const callee = bare(node.callee);
    const method = memberName(callee);
    const [first] = node.arguments;
    if (callee.type !== "MemberExpression" || method === undefined) return DATA;
    if (
      callee.object.type === "Identifier" &&
      callee.object.name === "Object" &&
      first &&
      !this.#tree.of(callee.object)
    ) {
      const value = this.of(first);
      if (!holdsFunctions(value)) return DATA;
      if (method === "freeze") return value;
      if (method === "values") return listOf(anyOf(value));
      if (method === "entries")
        return listOf(
          objectOf(
            new Map([
              ["0", DATA],
              ["1", anyOf(value)],
            ]),
          ),
        );
      return DATA;
    }
    const list = this.of(callee.object);
    if (!holdsFunctions(list) || list.fields.has(method)) return DATA;
    if (method === "entries")
      return listOf(
        objectOf(
          new Map([
            ["0", DATA],
            ["1", anyOf(list)],
          ]),
        ),
      );
    if (LISTS.has(method)) {
      const more = method === "concat" ? node.arguments.map((one) => anyOf(this.of(one))) : [];
      return listOf(more.reduce((all, one) => either(all, one), anyOf(list)));
    }
    return ELEMENTS.has(method) ? isOpen(anyOf(list)) : DATA;
  }
}

/** The key of a property that is written in place. */
export function keyOf(property: Node): string | undefined {
  if (property.type !== "Property" || property.computed) return undefined;
  const { key } = property;
  return key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
}

/** The keys of a member that are written in place: `o.a`, `o["a"]`, `o[0]`, `o[yes ? "a" : "b"]`. */
export function keysOf(node: Extract<Node, { type: "MemberExpression" }>): string[] | undefined {
  const name = memberName(node);
  return name !== undefined ? [name] : node.computed ? literalsOf(node.property) : undefined;
}

function literalsOf(given: Expression): string[] | undefined {
  const node = bare(given);
  if (node.type === "Literal")
    return typeof node.value === "number" || typeof node.value === "string"
      ? [String(node.value)]
      : undefined;
  if (node.type !== "ConditionalExpression") return undefined;
  const [yes, no] = [literalsOf(node.consequent), literalsOf(node.alternate)];
  return yes && no ? [...yes, ...no] : undefined;
}

import type { CallExpression, Expression, Node } from "oxc-parser";
import { bare, isFunction, memberName } from "../parse/ast.ts";
import { type FlowOfFunctions, METHODS } from "./flow-of-functions.ts";
import type { ModuleTree } from "./tree.ts";
import { functionsIn, holdsFunctions } from "./values.ts";

/** How a call of a function that stands in a table is used. */
export type How = "awaited" | "promise" | "value";

/** Where functions that stand in objects, lists and choices are used, and which of them are used otherwise than is known. */
export class Uses {
  /** `handlers[key](x)`. */
  readonly calls: CallExpression[] = [];
  /** `typeof handler === "function"`: the text "function". */
  readonly typeTests: Node[] = [];
  /** `xs.map(parsers.csv)`. */
  readonly handed: Node[] = [];
  /** Functions that stay as they are written. */
  readonly others = new Set<Node>();
  readonly #tree: ModuleTree;
  readonly #flow: FlowOfFunctions;

  constructor(tree: ModuleTree, flow: FlowOfFunctions) {
    this.#tree = tree;
    this.#flow = flow;
    for (const node of tree.nodes) if (isValueNode(node)) this.#visit(node);
  }

  #visit(node: Node): void {
    if (node !== bare(node as Expression) || node.type === "ChainExpression") return;
    const value = this.#flow.of(node);
    if (!holdsFunctions(value)) return;
    const isKnown = value.fns.has(node) ? this.#isWritten(node) : this.#isKnown(node);
    if (!isKnown) for (const fn of functionsIn(value)) this.others.add(fn);
  }

  /** A function, or the name of one, that stands in an object, a list or a choice. */
  #isWritten(node: Node): boolean {
    if (this.#isBinding(node)) return true;
    const around = this.#around(node);
    const outer = this.#outer(node);
    if (around?.type === "Property") return around.value === outer && isPlain(around);
    if (around?.type === "ArrayExpression") return true;
    if (around?.type === "ConditionalExpression") return around.test !== outer && this.#isChosen(around);
    return around?.type === "LogicalExpression" && around.left !== outer && this.#isChosen(around);
  }

  /** What a choice gives is called, or held; where it is handed on at once it is none of ours. */
  #isChosen(choice: Node): boolean {
    return this.#isKnown(choice);
  }

  #outer(node: Node): Node {
    const outer = this.#tree.outer(node);
    const parent = this.#tree.parent(outer);
    return parent?.type === "ChainExpression" ? this.#outer(parent) : outer;
  }

  #around(node: Node): Node | undefined {
    return this.#tree.parent(this.#outer(node));
  }

  /** The name is declared here. */
  #isBinding(node: Node): boolean {
    if (node.type !== "Identifier") return false;
    const parent = this.#tree.parent(node);
    return (
      this.#tree.of(node)?.declared === node ||
      (parent?.type === "Property" && parent.key === node && !parent.computed)
    );
  }

  #isKnown(node: Node): boolean {
    if (this.#isBinding(node)) return true;
    const outer = this.#outer(node);
    const around = this.#tree.parent(outer);
    const { fns } = this.#flow.of(node);
    switch (around?.type) {
      case "VariableDeclarator":
        return this.#isConstant(around) && around.init === outer;
      case "MemberExpression":
        return fns.size === 0 && around.object === outer && this.#isRead(around);
      case "CallExpression":
        return this.#isCalled(node, outer, around);
      case "IfStatement":
      case "WhileStatement":
        return around.test === outer;
      case "ConditionalExpression":
        return around.test === outer || this.#isKnown(around);
      case "LogicalExpression":
        return this.#isTested(around) || this.#isKnown(around);
      case "UnaryExpression":
        return around.operator === "!" || (around.operator === "typeof" && this.#isTypeTest(around));
      case "BinaryExpression":
        return around.operator === "in" ? around.right === outer : this.#isComparedWithNothing(around, outer);
      case "ForOfStatement":
        return around.right === outer && around.left.type === "VariableDeclaration" && !around.await;
      case "ForInStatement":
        return around.right === outer;
      case "ArrayExpression":
        return fns.size === 0 || this.#flow.of(around).fns.size === 0;
      case "Property":
        return (
          around.value === outer && isPlain(around) && this.#tree.parent(around)?.type === "ObjectExpression"
        );
      case "SpreadElement": {
        const holder = this.#tree.parent(around)?.type;
        return fns.size === 0 && (holder === "ArrayExpression" || holder === "ObjectExpression");
      }
      case "ExpressionStatement":
        return true;
      default:
        return false;
    }
  }

  #isConstant(declarator: Extract<Node, { type: "VariableDeclarator" }>): boolean {
    const declaration = this.#tree.parent(declarator);
    const around = declaration && this.#tree.parent(declaration);
    return (
      declaration?.type === "VariableDeclaration" &&
      declaration.kind === "const" &&
      around?.type !== "ExportNamedDeclaration"
    );
  }

  /** `handlers.a`, and not `handlers.a = …`. */
  #isRead(member: Node): boolean {
    const parent = this.#tree.parent(this.#outer(member));
    const outer = this.#outer(member);
    const value = this.#flow.of(member);
    if (parent?.type === "AssignmentExpression") return parent.left !== outer;
    if (
      parent?.type === "UpdateExpression" ||
      (parent?.type === "UnaryExpression" && parent.operator === "delete")
    )
      return false;
    if (parent?.type === "ForOfStatement" || parent?.type === "ForInStatement")
      if (parent.left === outer) return false;
    if (holdsFunctions(value)) return true; // it is looked at by itself
    const isCallee = parent?.type === "CallExpression" && parent.callee === outer;
    return !isCallee || METHODS.has(memberName(bare(member as Expression)) ?? "") || this.#isData(member);
  }

  /** `step.name.toUpperCase()`: a method of what holds no function is not asked for here. */
  #isData(member: Node): boolean {
    return (
      member.type === "MemberExpression" &&
      this.#flow.of(member.object).fns.size === 0 &&
      !holdsFunctions(this.#flow.of(member.object))
    );
  }

  #isCalled(node: Node, outer: Node, call: CallExpression): boolean {
    if (call.callee === outer) return this.#noteCall(call);
    const callee = bare(call.callee);
    const method = memberName(callee);
    const value = this.#flow.of(node);
    if (callee.type !== "MemberExpression" || method === undefined) return false;
    if (
      callee.object.type === "Identifier" &&
      callee.object.name === "Object" &&
      !this.#tree.of(callee.object)
    )
      return (
        value.fns.size === 0 &&
        ["keys", "values", "entries", "hasOwn", "freeze"].includes(method) &&
        call.arguments[0] === outer
      );
    if (method === "push" || method === "concat") {
      const list = bare(callee.object);
      const variable = list.type === "Identifier" ? this.#tree.of(list) : undefined;
      return method === "concat" || (variable !== undefined && this.#flow.isMadeAsList(variable));
    }
    if (!["map", "filter", "some", "every", "find"].includes(method) || call.arguments[0] !== outer)
      return false;
    if (value.open || value.fns.size !== 1) return false;
    this.handed.push(node);
    return true;
  }

  #noteCall(call: CallExpression): boolean {
    const { fns } = this.#flow.of(call.callee);
    if (fns.size === 0 || call.arguments.some(({ type }) => type === "SpreadElement")) return false;
    if (!this.calls.includes(call)) this.calls.push(call);
    return true;
  }

  /** How what a call gives is used: awaited at once, or in a place where a promise may stand. */
  how(call: CallExpression): How {
    const outer = this.#outer(call);
    const around = this.#tree.parent(outer);
    if (around?.type === "AwaitExpression") return "awaited";
    if (around?.type === "ReturnStatement") {
      const fn = this.#tree.functionOf(around);
      return fn && isFunction(fn) && fn.async && !this.#isInTry(around, fn) ? "awaited" : "promise";
    }
    if (around && isFunction(around) && around.body === outer) return around.async ? "awaited" : "promise";
    if (around?.type === "ArrayExpression") return "promise";
    return "value";
  }

  #isInTry(node: Node, fn: Node): boolean {
    for (let at = this.#tree.parent(node); at && at !== fn; at = this.#tree.parent(at))
      if (at.type === "TryStatement") return true;
    return false;
  }

  /** `h && …`, `h || …`, where the left side is only looked at. */
  #isTested(logical: Node): boolean {
    const around = this.#around(logical);
    const outer = this.#outer(logical);
    if (
      around?.type === "IfStatement" ||
      around?.type === "WhileStatement" ||
      around?.type === "ConditionalExpression"
    )
      return around.test === outer;
    return around?.type === "UnaryExpression" && around.operator === "!";
  }

  #isTypeTest(unary: Node): boolean {
    const around = this.#around(unary);
    if (around?.type !== "BinaryExpression" || !/^[!=]==?$/.test(around.operator)) return false;
    const other = bare((around.left === this.#outer(unary) ? around.right : around.left) as Expression);
    if (other.type !== "Literal" || other.value !== "function") return false;
    this.typeTests.push(other);
    return true;
  }

  #isComparedWithNothing(binary: Extract<Node, { type: "BinaryExpression" }>, outer: Node): boolean {
    if (!/^[!=]==?$/.test(binary.operator)) return false;
    const other = bare((binary.left === outer ? binary.right : binary.left) as Expression);
    return (
      (other.type === "Identifier" && other.name === "undefined") ||
      (other.type === "Literal" && other.value === null)
    );
  }
}

/** `key: value`, with a key that is written in place. */
const isPlain = ({ kind, computed }: Extract<Node, { type: "Property" }>): boolean =>
  kind === "init" && !computed;

const isValueNode = (node: Node): boolean =>
  /Expression$|^Identifier$/.test(node.type) && node.type !== "ParenthesizedExpression";

import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, isFunction } from "../parse/ast.ts";
import type { Span } from "../source-file.ts";
import type { Edit, Piece } from "./edits.ts";
import { FlowOfFunctions, keysOf } from "./flow-of-functions.ts";
import type { ModuleTree } from "./tree.ts";
import { Uses } from "./uses.ts";
import { functionsIn } from "./values.ts";

/** What a name that stands for a function stands for; nothing where it stands for none. */
export type FunctionKind = "sync" | "async";
export type KindOf = (identifier: Node & { type: "Identifier" }) => FunctionKind | undefined;

/** What a function of a table is called by, and how. */
interface Entry {
  name: string;
  kind: FunctionKind;
  /** Of one that is written in place: where its declaration goes. */
  statement?: Node;
  /** It gives a promise, but may throw before there is one. */
  isHasty?: boolean;
}

/**
 * `const handlers = { a: async (x) => …, b: load }; await handlers[key](x)`: functions get names, their places in the
 * table hold texts, and a call by a place is a choice between calls by name. Whatever else is done with one of them, all
 * stays as it is written.
 */
export function tableEdits(tree: ModuleTree, text: string, kindOf: KindOf): Edit[] {
  const flow = new FlowOfFunctions(tree, (node) => node.type === "Identifier" && kindOf(node) !== undefined);
  const uses = new Uses(tree, flow);
  return new Tables(tree, flow, uses, text, kindOf).edits();
}

class Tables {
  readonly #tree: ModuleTree;
  readonly #flow: FlowOfFunctions;
  readonly #uses: Uses;
  readonly #text: string;
  readonly #kindOf: KindOf;
  readonly #entries = new Map<Node, Entry>();
  readonly #out: Set<Node>;

  constructor(tree: ModuleTree, flow: FlowOfFunctions, uses: Uses, text: string, kindOf: KindOf) {
    this.#tree = tree;
    this.#flow = flow;
    this.#uses = uses;
    this.#text = text;
    this.#kindOf = kindOf;
    this.#out = uses.others;
  }

  edits(): Edit[] {
    const written = this.#tree.nodes.filter((node) => this.#isInTable(node));
    for (const fn of written) this.#enter(fn);
    // What one call cannot choose, no other one may choose either.
    for (let size = -1; size !== this.#out.size; ) {
      size = this.#out.size;
      for (const node of [...this.#uses.calls.map(({ callee }) => callee), ...this.#uses.handed])
        this.#leaveOut(node);
      for (const call of this.#uses.calls)
        if (!this.#canCall(call)) for (const fn of this.#functions(call)) this.#out.add(fn);
      this.#leaveOutTogether();
    }
    const named = written.filter((fn) => !this.#out.has(fn));
    if (named.length === 0) return [];
    return [
      ...named.flatMap((fn) => this.#name(fn)),
      ...this.#uses.calls.flatMap((call) => this.#choose(call)),
      ...this.#uses.typeTests.flatMap((test) => this.#test(test)),
      ...this.#uses.handed.flatMap((node) => this.#handed(node)),
      ...this.#tree.nodes.flatMap((node) => this.#guard(node)),
    ];
  }

  #functions = (call: CallExpression): Node[] => [...this.#flow.of(call.callee).fns];

  #isInTable(node: Node): boolean {
    if (!this.#flow.isFunctionValue(node) || node !== bare(node as Expression)) return false;
    const around = this.#tree.around(node);
    const outer = this.#tree.outer(node);
    switch (around?.type) {
      case "Property":
        return around.value === outer && this.#tree.parent(around)?.type === "ObjectExpression";
      case "ArrayExpression":
        return true;
      case "ConditionalExpression":
        return around.test !== outer;
      default:
        return around?.type === "LogicalExpression";
    }
  }

  /** Functions that may stand at one place go one way. */
  #leaveOutTogether(): void {
    for (const node of this.#tree.nodes) {
      if (node.type !== "Identifier" && node.type !== "MemberExpression") continue;
      this.#leaveOut(node);
    }
  }

  #leaveOut(node: Node): void {
    const fns = functionsIn(this.#flow.of(node));
    if ([...fns].some((fn) => this.#out.has(fn) || !this.#entries.has(fn)))
      for (const fn of fns) this.#out.add(fn);
  }

  #enter(node: Node): void {
    const entry = isFunction(node) ? this.#written(node) : this.#named(node);
    if (entry) this.#entries.set(node, entry);
    else this.#out.add(node);
  }

  #named(node: Node): Entry | undefined {
    if (node.type !== "Identifier" || !this.#tree.isUnique(node)) return undefined;
    const kind = this.#kindOf(node);
    return kind && { name: node.name, kind };
  }

  #written(fn: AnyFunction): Entry | undefined {
    const statement = this.#tree.statement(fn as Node);
    if (!statement || fn.generator || usesThis(fn) || !this.#canMove(fn, statement)) return undefined;
    const kind = fn.async || this.#givesPromise(fn) ? "async" : "sync";
    const isHasty = kind === "async" && !fn.async && !isQuietCall(fn);
    return { name: this.#unused(this.#hint(fn)), kind, statement, isHasty };
  }

  /** Nothing that it reads is declared between the statement and it. */
  #canMove(fn: AnyFunction, statement: Node): boolean {
    for (const { declared, uses } of this.#tree.variables.all) {
      if (!this.#tree.contains(statement, declared) || this.#tree.contains(fn as Node, declared)) continue;
      const isOwn = statement.type === "VariableDeclaration" || statement.type === "ExportNamedDeclaration";
      const isHere =
        isOwn &&
        this.#tree.statement(declared) === statement &&
        this.#tree.functionOf(declared) === this.#tree.functionOf(statement);
      if (!isHere && uses.some((use) => this.#tree.contains(fn as Node, use))) return false;
    }
    return true;
  }

  /** `() => load(x)`, which is called to be awaited. */
  #givesPromise(fn: AnyFunction): boolean {
    const { body } = fn;
    if (!body) return false;
    if (body.type !== "BlockStatement") return this.#isPromise(body);
    const visit = (node: Node): boolean =>
      node.type === "ReturnStatement"
        ? node.argument !== null && this.#isPromise(node.argument)
        : !isFunction(node) && childrenOf(node).some(visit);
    return visit(body);
  }

  #isPromise(given: Expression): boolean {
    const node = bare(given);
    if (node.type === "ConditionalExpression")
      return this.#isPromise(node.consequent) || this.#isPromise(node.alternate);
    if (node.type !== "CallExpression") return false;
    const callee = bare(node.callee);
    if (callee.type === "Identifier") return this.#kindOf(callee) === "async";
    if (callee.type !== "MemberExpression") return isFunction(callee) && callee.async;
    const object = bare(callee.object);
    if (object.type === "Identifier") return object.name === "Promise" || this.#kindOf(object) === "async";
    return object.type === "CallExpression" && this.#isPromise(object);
  }

  #hint(fn: AnyFunction): string {
    const around = this.#tree.around(fn as Node);
    const key = around?.type === "Property" && around.key.type === "Identifier" ? around.key.name : "step";
    return key;
  }

  readonly #names = new Set<string>();

  #unused(hint: string): string {
    for (let n = 1; ; n++) {
      const name = `${hint}$fn${n}`;
      if (this.#names.has(name) || this.#text.includes(name)) continue;
      this.#names.add(name);
      return name;
    }
  }

  /** A call's functions are all known, and it stands where the choice between them may. */
  #canCall(call: CallExpression): boolean {
    const value = this.#flow.of(call.callee);
    const entries = [...value.fns].map((fn) => this.#entries.get(fn));
    if (value.fns.size === 0 || entries.some((one) => !one)) return false;
    if (!entries.every((entry) => this.#isInScope(call, entry as Entry))) return false;
    if (new Set(entries.map((one) => one?.name)).size === 1 && !value.open && isQuiet(bare(call.callee)))
      return this.#uses.how(call) === "awaited" || !entries[0]?.isHasty;
    if (value.open && !wordsOf(bare(call.callee))) return false;
    if (entries.every((entry) => entry?.kind === "sync"))
      return !call.optional || this.#uses.how(call) !== "promise";
    const how = this.#uses.how(call);
    return (
      how === "awaited" ||
      (how === "promise" && !value.open && !call.optional && !entries.some((one) => one?.isHasty))
    );
  }

  /** What a function is called by is declared around the call, before it or at the top of the module. */
  #isInScope(call: CallExpression, { statement }: Entry): boolean {
    if (!statement) return true;
    const block = this.#tree.parent(statement);
    if (!block || block.type === "Program") return true;
    return this.#tree.contains(block, call) && call.start > statement.start;
  }

  #name(fn: Node): Edit[] {
    const entry = this.#entries.get(fn) as Entry;
    const tag = JSON.stringify(tagOf(entry));
    const around = this.#tree.parent(fn);
    const isMethod = around?.type === "Property" && around.method;
    const place: Span = isMethod
      ? { start: around.start, end: around.end }
      : { start: fn.start, end: fn.end };
    const isShort = around?.type === "Property" && around.shorthand;
    const key = isMethod ? this.#text.slice(around.key.start, around.key.end) : entry.name;
    const edits: Edit[] = [{ ...place, with: [isMethod || isShort ? `${key}: ${tag}` : tag] }];
    if (!entry.statement || !isFunction(fn)) return edits;
    const isMadeAsync = entry.kind === "async" && !fn.async;
    const head = isMethod ? `${fn.async ? "async " : ""}function ` : "";
    const start = entry.statement.start;
    const makes: (string | Piece)[] = [
      `const ${entry.name} = ${isMadeAsync ? "async " : ""}${head}`,
      { start: fn.start, end: fn.end, bare: true },
      ";\n",
    ];
    return [{ start, end: start, with: makes }, ...edits];
  }

  #isNamed = (fns: Iterable<Node>): boolean => [...fns].every((fn) => !this.#out.has(fn));

  #choose(call: CallExpression): Edit[] {
    const callee = bare(call.callee);
    const value = this.#flow.of(callee);
    if (!this.#isNamed(value.fns)) return [];
    const entries = [
      ...new Map(
        [...value.fns].map((fn) => [this.#entries.get(fn)?.name, this.#entries.get(fn) as Entry]),
      ).values(),
    ];
    const args = call.arguments.map(({ start, end }): Span => ({ start, end }));
    const [only] = entries;
    const span = { start: call.start, end: call.end };
    if (only && entries.length === 1 && !value.open && isQuiet(callee))
      return [{ ...span, with: [`${only.name}(`, ...separated(args), ")"] }];
    const isSync = entries.every(({ kind }) => kind === "sync");
    const on: Span = { start: callee.start, end: callee.end };
    const made = [
      `((${this.#chooser(call, entries, isSync)})(`,
      on,
      ...args.flatMap((one) => [", ", one]),
      "))",
    ];
    return [{ ...span, with: call.optional ? ["((", on, ") == null ? undefined : ", ...made, ")"] : made }];
  }

  /** The function that gets what stands in the table, and the arguments. */
  #chooser(call: CallExpression, entries: readonly Entry[], isSync: boolean): string {
    const { open } = this.#flow.of(call.callee);
    const args = call.arguments.map((_, i) => `a$${i}`).join(", ");
    const params = call.arguments.length === 0 ? "f$" : `f$, ${args}`;
    const last = open ? undefined : entries.at(-1);
    const cases = entries.map((entry) => {
      const awaits = entry.kind === "async" ? "await " : "";
      const test = entry === last ? "default" : `case ${JSON.stringify(tagOf(entry))}`;
      return `${test}: return ${awaits}${entry.name}(${args});`;
    });
    const words = JSON.stringify(`${wordsOf(bare(call.callee)) ?? ""} is not a function`);
    const otherwise = open ? ` default: throw new TypeError(${words});` : "";
    if (isSync && !open) {
      const tests = entries.map((entry) => {
        const made = `${entry.name}(${args})`;
        return entry === last ? made : `f$ === ${JSON.stringify(tagOf(entry))} ? ${made} : `;
      });
      return `(${params}) => ${tests.join("")}`;
    }
    return `${isSync ? "" : "async "}(${params}) => { switch (f$) { ${cases.join(" ")}${otherwise} } }`;
  }

  #test(literal: Node): Edit[] {
    const binary = this.#tree.around(literal);
    const unary =
      binary?.type === "BinaryExpression"
        ? [binary.left, binary.right]
            .map((one) => bare(one as Expression))
            .find(({ type }) => type === "UnaryExpression")
        : undefined;
    const fns = unary?.type === "UnaryExpression" ? this.#flow.of(unary.argument).fns : new Set<Node>();
    if (fns.size === 0 || !this.#isNamed(fns)) return [];
    return [{ start: literal.start, end: literal.end, with: [JSON.stringify("string")] }];
  }

  /** `handlers[key]`: a key such as `toString` gives a function that stands in no table. */
  #guard(node: Node): Edit[] {
    if (node.type !== "MemberExpression" || !node.computed || node.optional || keysOf(node)) return [];
    const { fns } = this.#flow.of(node);
    if (fns.size === 0 || !this.#isNamed(fns)) return [];
    const span = { start: node.start, end: node.end };
    return [{ ...span, with: ["runlet$own(", { ...span, bare: true }, ")"] }];
  }

  #handed(node: Node): Edit[] {
    const [fn] = this.#flow.of(node).fns;
    const entry = fn && this.#entries.get(fn);
    if (!fn || !entry || this.#out.has(fn)) return [];
    return [{ start: node.start, end: node.end, with: [entry.name] }];
  }
}

const tagOf = ({ name }: Entry): string => `ƒ ${name}`;

const separated = (spans: readonly Span[]): (string | Span)[] =>
  spans.flatMap((one, i) => (i === 0 ? [one] : [", ", one]));

/** A function with a `this` of its own, which is the table. */
const usesThis = (node: Node | AnyFunction): boolean =>
  childrenOf(node as Node).some(
    (child) =>
      child.type === "ThisExpression" ||
      child.type === "Super" ||
      (child.type === "Identifier" && child.name === "arguments") ||
      usesThis(child),
  );

/** `(x) => load(x, 1)`: nothing throws before the call. */
function isQuietCall({ body }: AnyFunction): boolean {
  const call = body && body.type !== "BlockStatement" ? bare(body) : undefined;
  return (
    call?.type === "CallExpression" &&
    bare(call.callee).type === "Identifier" &&
    call.arguments.every(({ type }) => type === "Literal" || type === "Identifier")
  );
}

/** Names and keys that are written in place: to evaluate them again, or not at all, is nothing. */
const isQuiet = (node: Node): boolean =>
  node.type === "Identifier" ||
  (node.type === "MemberExpression" &&
    !node.optional &&
    (!node.computed || node.property.type === "Literal") &&
    isQuiet(bare(node.object)));

/** What V8 calls a callee in its messages. */
function wordsOf(node: Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type === "LogicalExpression") {
    const [left, right] = [wordsOf(bare(node.left)), wordsOf(bare(node.right))];
    return left && right && `(${left} ${node.operator} ${right})`;
  }
  if (node.type !== "MemberExpression" || node.optional) return undefined;
  const object = wordsOf(bare(node.object));
  if (object === undefined) return undefined;
  const { property } = node;
  if (!node.computed) return property.type === "Identifier" ? `${object}.${property.name}` : undefined;
  if (property.type === "Literal")
    return typeof property.value === "string" ? `${object}.${property.value}` : undefined;
  const key = wordsOf(bare(property as Expression));
  return key && `${object}[${key}]`;
}

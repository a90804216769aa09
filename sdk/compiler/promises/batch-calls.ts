import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, isFunction, memberName } from "../parse/ast.ts";
import { type Functions, isPlain } from "./plain.ts";
import type { Templates } from "./template.ts";
import { type Family, mentions } from "./uses.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** What kinds of names there are. */
export interface Names {
  /** A task or a flow of the module. */
  isCalled(name: string): boolean;
  readonly functions: Functions;
}

/** What names stand for in a function: its own hide those from outside. */
export const within = (family: Family, { isCalled, functions }: Names): Names => ({
  isCalled: (name) => !family.declares(name) && isCalled(name),
  functions: (name) => (family.declares(name) ? family.functionOf(name) : functions(name)),
});

/** `t(x)`, `work(x)` of an async function, `t(x).then(f).catch(g)`: a call that is pushed. */
export class PushedCall {
  readonly call: Expression;
  readonly #root: CallExpression;
  readonly #names: Names;

  private constructor(call: Expression, root: CallExpression, names: Names) {
    this.call = call;
    this.#root = root;
    this.#names = names;
  }

  static of(call: Node, names: Names): PushedCall | undefined {
    const whole = bare(call as Expression);
    let root = whole;
    while (root.type === "CallExpression" && bare(root.callee).type === "MemberExpression") {
      const callee = bare(root.callee) as Of<"MemberExpression">;
      if (!METHODS.has(memberName(callee) ?? "") || !root.arguments.every(isHandler)) return undefined;
      root = bare(callee.object as Expression);
    }
    if (root.type !== "CallExpression" || root.optional || root.callee.type !== "Identifier")
      return undefined;
    if (root.arguments.some(({ type }) => type === "SpreadElement")) return undefined;
    return new PushedCall(whole, root, names);
  }

  get arguments(): readonly Node[] {
    return this.#root.arguments;
  }

  /**
   * It gets the same where the calls begin as where it is pushed.
   *
   * @param region where the list is used
   */
  isKnown(region: readonly Node[]): boolean {
    if (!this.arguments.every((one) => isPlain(one, this.#names.functions))) return false;
    const name = (this.#root.callee as Of<"Identifier">).name;
    const fn = this.#names.functions(name);
    if (fn ? !fn.async || fn.generator : !this.#names.isCalled(name)) return false;
    const set = assigned(region);
    // It would read it later than where it is called.
    if (fn && this.#reads(fn, set)) return false;
    return this.#kept(region).every((one) => !set.has(one) || isCounter(one, region));
  }

  /** The function mentions one of the names, or calls one that does. */
  #reads(fn: AnyFunction, names: ReadonlySet<string>, within: readonly Node[] = []): boolean {
    if (mentions(fn, names)) return true;
    const visit = (node: Node): boolean => {
      const other = node.type === "Identifier" ? this.#names.functions(node.name) : undefined;
      const isOther = other && other !== fn && !within.includes(other);
      return (isOther && this.#reads(other, names, [...within, fn])) || childrenOf(node).some(visit);
    };
    return childrenOf(fn).some(visit);
  }

  /** Names of the region that the handlers read later. */
  #kept(region: readonly Node[]): string[] {
    const declared = [...new Set(region.flatMap(declaredIn))];
    const handlers = this.#handlers();
    return declared.filter((name) => handlers.some((one) => mentions(one, new Set([name]))));
  }

  #handlers(): Node[] {
    const found: Node[] = [];
    for (let at = this.call; at !== this.#root && at.type === "CallExpression"; ) {
      found.push(...at.arguments);
      at = bare((bare(at.callee) as Of<"MemberExpression">).object as Expression);
    }
    return found;
  }

  /** `{ site: 1, a0: x, y }`: what the call gets, in its place. */
  record(templates: Templates, site: number, region: readonly Node[]): Expression {
    const names = this.arguments.map((_, i) => templates.fresh(`given${i}`));
    const fields = [
      `site: ${site}`,
      ...names.map((name, i) => `a${i}: ${name}`),
      ...this.#kept(region).map(given),
    ];
    const parts = Object.fromEntries(names.map((name, i) => [name, this.arguments[i] as Node]));
    return templates.expression(`({ ${fields.join(", ")} })`, parts, this.call);
  }

  /** The call as text, of what is kept in the variable of that name. */
  again(templates: Templates, one: string, region: readonly Node[]): string {
    const args = this.arguments.map((_, i) => `${one}.a${i}`).join(", ");
    const after = templates.text({ start: this.#root.end, end: this.call.end });
    const made = `${templates.text(this.#root.callee)}(${args})${after}`;
    const kept = this.#kept(region);
    if (kept.length === 0) return made;
    return `(async ({ ${kept.map(given).join(", ")} }) => await ${made})(${one})`;
  }
}

const given = (name: string): string => `${name}: ${name}`;

const METHODS: ReadonlySet<string> = new Set(["then", "catch", "finally"]);

const isHandler = (node: Node): boolean => isFunction(node) || node.type === "Identifier";

/** Variables that something in the statements assigns to. */
function assigned(region: readonly Node[]): Set<string> {
  const found = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === "AssignmentExpression") for (const name of namesOf(node.left)) found.add(name);
    if (node.type === "UpdateExpression") for (const name of namesOf(node.argument)) found.add(name);
    for (const child of childrenOf(node)) visit(child);
  };
  for (const one of region) visit(one);
  return found;
}

/** A counter that only its loop's head counts: each turn has one of its own. */
function isCounter(name: string, region: readonly Node[]): boolean {
  const loops: Of<"ForStatement">[] = [];
  const visit = (node: Node): void => {
    if (node.type === "ForStatement" && node.init && declaredIn(node.init).includes(name)) loops.push(node);
    for (const child of childrenOf(node)) visit(child);
  };
  for (const one of region) visit(one);
  const [loop, ...more] = loops;
  return loop !== undefined && more.length === 0 && !assigned([loop.body]).has(name);
}

function declaredIn(node: Node): string[] {
  if (isFunction(node)) return [];
  const own = node.type === "VariableDeclarator" ? namesOf(node.id) : [];
  return [...own, ...childrenOf(node).flatMap(declaredIn)];
}

/** The names in a pattern, or in what is assigned to. */
function namesOf(node: Node): string[] {
  if (node.type === "Identifier") return [node.name];
  if (node.type === "Property") return namesOf(node.value);
  if (node.type === "AssignmentPattern") return namesOf(node.left);
  if (node.type === "MemberExpression") return [];
  return childrenOf(node).flatMap(namesOf);
}

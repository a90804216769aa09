import type { CallExpression, Expression, Node } from "oxc-parser";
import { type AnyFunction, bare, childrenOf, isFunction, memberName, promiseRoot } from "../parse/ast.ts";
import { arrow, identifier, inPlaceOf } from "../parse/make.ts";
import { targetOf } from "./awaited.ts";
import { type CallSite, type CallSites, callOf, listed } from "./call-site.ts";
import { futureOf } from "./futures.ts";
import type { Lowering, Place } from "./lowering.ts";
import { cannotThrow } from "./map.ts";
import { isS3Call } from "./map-source.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** What a callback of `map` is called with, at most. */
const CALLBACK_ARGUMENTS = 3;
/** Methods of a list that keep its elements as they are. */
const KEEPING = new Set(["filter", "flat", "slice", "toReversed"]);

/**
 * Reads a list of calls: literals with spreads, `map`, `flatMap`, `Array.from`, `concat`, `? :`, and calls in callbacks.
 * What is none of these, and calls something, is not read.
 */
export class CallList {
  readonly #lowering: Lowering;
  readonly #place: Place;
  readonly #list: Node;
  readonly #sites: CallSite[] = [];
  /** What stands in the place of a piece of the list. */
  readonly #instead = new Map<Node, () => Node>();
  #isMixed = false;

  constructor(lowering: Lowering, place: Place, list: Node) {
    this.#lowering = lowering;
    this.#place = place;
    this.#list = list;
  }

  /** Its calls, or nothing where there are none, or not all can be seen. */
  read(): CallSites | undefined {
    if (!this.#isList(this.#list) || this.#sites.length === 0) return undefined;
    const expression = this.#lowering.copyBound(this.#list as Expression, (node) =>
      this.#instead.get(node)?.(),
    );
    return { sites: this.#sites, isMixed: this.#isMixed, expression };
  }

  /** One call that statements push into a list: it begins after them, so that it must not read what they change. */
  pushed(call: CallExpression): CallSite | undefined {
    const site = this.#siteOf(call);
    if (!site || call !== site.root || (site.as !== "call" && site.as !== "body")) return undefined;
    const { sharing } = this.#lowering;
    const isChanged = (node: Node): boolean =>
      (node.type === "Identifier" && sharing.isMutated(node)) || childrenOf(node).some(isChanged);
    const callee = bare(call.callee);
    const readsTheFlow = isFunction(callee) || sharing.of(callee) !== undefined;
    return site.as === "call" || !(readsTheFlow || site.args.some(isChanged)) ? site : undefined;
  }

  #isList(node: Node): boolean {
    const inner = bare(node as Expression);
    if (!this.#calls(inner)) return this.#isPlain(inner);
    if (inner.type === "ArrayExpression")
      return inner.elements.every(
        (one) => one && (one.type === "SpreadElement" ? this.#isList(one.argument) : this.#isElement(one)),
      );
    if (inner.type === "ConditionalExpression")
      return !this.#calls(inner.test) && this.#isList(inner.consequent) && this.#isList(inner.alternate);
    if (inner.type !== "CallExpression" || inner.optional) return false;
    const callee = bare(inner.callee);
    if (callee.type !== "MemberExpression" || callee.optional) return false;
    return this.#isMethod(inner, callee, memberName(callee) ?? "");
  }

  #isMethod(call: CallExpression, { object }: Of<"MemberExpression">, method: string): boolean {
    const [first, second, ...more] = call.arguments;
    if (
      method === "from" &&
      object.type === "Identifier" &&
      object.name === "Array" &&
      !this.#isLocal(object)
    )
      return (
        !!first && !!second && more.length === 0 && !this.#calls(first) && this.#isCallback(second, false)
      );
    if ((method === "map" || method === "flatMap") && first && !second)
      return !this.#calls(object) && this.#isCallback(first, method === "flatMap");
    if (method === "concat")
      return this.#isList(object) && call.arguments.every((one) => this.#isListOrElement(one));
    if (!KEEPING.has(method) || call.arguments.some((one) => this.#calls(one))) return false;
    const receiver = bare(object as Expression);
    const mapped = method === "flat" && !first ? this.#mapped(receiver) : undefined;
    if (mapped) return !this.#calls(mapped.object) && this.#isCallback(mapped.callback, true);
    return method !== "flat" && (method !== "filter" || isBoolean(first)) && this.#isList(receiver);
  }

  #mapped(node: Node): { object: Node; callback: Node } | undefined {
    if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return undefined;
    const [callback, ...more] = node.arguments;
    if (memberName(node.callee) !== "map" || !callback || more.length > 0) return undefined;
    return { object: node.callee.object, callback };
  }

  #isListOrElement(node: Node): boolean {
    if (node.type === "SpreadElement") return false;
    return this.#siteOf(bare(node as Expression)) ? this.#isElement(node) : this.#isList(node);
  }

  /** What is one element: a call, one of two, or a value. */
  #isElement(node: Node): boolean {
    const inner = bare(node as Expression);
    const resolved = this.#resolved(inner);
    if (resolved) {
      this.#instead.set(inner, () => inPlaceOf(this.#lowering.copyBound(resolved), inner));
      this.#isMixed = true;
      return true;
    }
    const site = this.#siteOf(inner);
    if (site) return this.#add(inner, site);
    if (!this.#calls(inner)) {
      this.#isMixed = true;
      return true;
    }
    if (inner.type === "ConditionalExpression")
      return (
        !this.#calls(inner.test) && this.#isElement(inner.consequent) && this.#isElement(inner.alternate)
      );
    if (inner.type === "LogicalExpression" && !this.#calls(inner.left)) {
      this.#isMixed = true;
      return this.#isElement(inner.right);
    }
    return false;
  }

  /** The value of `Promise.resolve(x)`. */
  #resolved(node: Node): Expression | undefined {
    const [value, ...more] = node.type === "CallExpression" ? node.arguments : [];
    if (node.type !== "CallExpression" || !value || value.type === "SpreadElement" || more.length > 0)
      return undefined;
    const target = this.#targetOf(node);
    return target?.kind === "promise" && target.method === "resolve" && !this.#calls(value)
      ? value
      : undefined;
  }

  /** Elements that are values; an empty list has none. */
  #isPlain(node: Node): boolean {
    this.#isMixed ||= node.type !== "ArrayExpression" || node.elements.length > 0;
    return true;
  }

  #isCallback(node: Node, gives: boolean): boolean {
    if (node.type === "Identifier") return this.#isNamed(node);
    if (node.type !== "ArrowFunctionExpression" || node.params.some((one) => this.#calls(one))) return false;
    if (node.async) return this.#addBody(node, node);
    const accept = (given: Node): boolean => (gives ? this.#isListOrElement(given) : this.#isElement(given));
    if (node.body.type !== "BlockStatement") return accept(node.body);
    const returned = returnsOf(node.body);
    if (returned.some(({ argument }) => !argument) || node.body.body.at(-1)?.type !== "ReturnStatement")
      this.#isMixed = true;
    const known = returned.flatMap(({ argument }) => argument ?? []);
    return known.every(accept) && this.#callsOutside(node.body, known) === false;
  }

  /** `xs.map(task)`: it is called with all that map gives. */
  #isNamed(name: Of<"Identifier">): boolean {
    return this.#addBody(name, undefined);
  }

  /** A function in the place of a callback: one that lists what it is called with. */
  #addBody(node: Of<"Identifier"> | Of<"ArrowFunctionExpression">, fn: AnyFunction | undefined): boolean {
    const count = fn ? fn.params.length : CALLBACK_ARGUMENTS;
    const names = Array.from({ length: count }, (_, i) => `given$${i}`);
    const call = callOf(node as Expression, [], node) as CallExpression;
    const site = this.#targetSite(
      call,
      names.map((name) => identifier(name, node)),
    );
    if (!site) return false;
    const number = this.#sites.push(site) - 1;
    this.#instead.set(node, () => {
      const args = names.map((name) => identifier(name, node));
      return arrow(
        names.map((name) => identifier(name, node)),
        listed(this.#lowering, site, number, args),
        node,
      );
    });
    return true;
  }

  #add(node: Node, site: CallSite): boolean {
    const number = this.#sites.push(site) - 1;
    this.#instead.set(node, () =>
      listed(
        this.#lowering,
        site,
        number,
        site.args.map((one) => this.#lowering.copyBound(one)),
      ),
    );
    return true;
  }

  #siteOf(node: Node): CallSite | undefined {
    const future = futureOf(this.#lowering, this.#place, node);
    if (future && !this.#isLocal(node))
      return { call: node as Expression, root: node, as: "future", args: [], keeps: [] };
    if (node.type !== "CallExpression") return undefined;
    return this.#targetSite(node, promiseRoot(node).arguments);
  }

  #targetSite(call: CallExpression, args: readonly Node[]): CallSite | undefined {
    const root = promiseRoot(call);
    const target = this.#targetOf(call);
    const kind = call === root ? target : this.#targetOf(root);
    if (!target || (kind?.kind !== "promise" && args.some((one) => this.#calls(one)))) return undefined;
    const keeps = this.#keptBy(call, args);
    if (!keeps) return undefined;
    const site = { call, root, args, keeps };
    switch (kind?.kind) {
      case "step":
        return { ...site, as: "call" };
      case "submit":
        return args.some(isWaitFor) ? undefined : { ...site, as: "call" };
      case "flow":
        // It takes one argument, and what `map` gives beside it is nothing to it.
        return args.some(({ type }) => type === "SpreadElement")
          ? undefined
          : { ...site, as: "body", args: args.slice(0, 1) };
      case "function":
        return args.some(({ type }) => type === "SpreadElement")
          ? undefined
          : { ...site, as: "body", isVoid: call === root && givesNothing(kind.fn) };
      case "promise":
        return call === root && kind.method === "all" ? this.#inner(site) : undefined;
      case "taskMap":
        return call === root
          ? { ...site, as: "body", args: args.slice(0, 1), rest: args.slice(1) }
          : undefined;
      case "wait":
        return call === root && keeps.length === 0 && args.every(cannotThrow)
          ? { ...site, as: "future", args: [] }
          : undefined;
      default:
        return undefined;
    }
  }

  /** `Promise.all(…)` in the list. */
  #inner(site: Omit<CallSite, "as">): CallSite | undefined {
    const [list, ...more] = site.args;
    if (!list || more.length > 0 || list.type === "SpreadElement") return undefined;
    const inner = new CallList(this.#lowering, this.#place, list as Expression).read();
    if (!inner) return undefined;
    this.#isMixed ||= inner.isMixed;
    return { ...site, as: "list", inner };
  }

  #targetOf(call: CallExpression): ReturnType<typeof targetOf> {
    const callee = bare(promiseRoot(call).callee);
    const base = callee.type === "MemberExpression" ? callee.object : callee;
    if (this.#isLocal(base)) return undefined;
    return isS3Call(this.#lowering, this.#place, call)
      ? undefined
      : targetOf(this.#lowering, this.#place, call);
  }

  /** The variables of the list that functions of the call read; nothing where one of them changes. */
  #keptBy(call: CallExpression, args: readonly Node[]): Of<"Identifier">[] | undefined {
    const kept = new Map<unknown, Of<"Identifier">>();
    let changes = false;
    const visit = (node: Node, inside: boolean): void => {
      if (args.includes(node)) return;
      const isInside = inside || isFunction(node);
      if (node.type === "Identifier" && isInside && this.#isLocal(node)) {
        const variable = this.#lowering.sharing.of(node);
        const isOwn = variable && within(variable.declared, call);
        if (!isOwn) kept.set(variable, node);
        if (!isOwn && (this.#lowering.sharing.isAssigned(node) || this.#lowering.sharing.isMutated(node)))
          changes = true;
      }
      for (const child of childrenOf(node)) visit(child, isInside);
    };
    visit(call, false);
    return changes ? undefined : [...kept.values()];
  }

  /** A name that the list itself declares. */
  #isLocal(node: Node): boolean {
    const variable = this.#lowering.sharing.of(node);
    return variable !== undefined && within(variable.declared, this.#list);
  }

  /** Something in the node is called that a flow waits for. */
  #calls(node: Node): boolean {
    if (node.type === "AwaitExpression") return false; // it stands first, or it is refused
    if (isFunction(node) && node.async) return true;
    if (node.type === "CallExpression" && this.#targetOf(node)) return true;
    if (node.type === "Identifier" && !this.#isLocal(node)) return this.#isCallable(node);
    return referring(node).some((child) => this.#calls(child));
  }

  /** The name of a task, a flow or a future. */
  #isCallable(name: Of<"Identifier">): boolean {
    if (futureOf(this.#lowering, this.#place, name)) return true;
    return (
      targetOf(this.#lowering, this.#place, callOf(name as Expression, [], name) as CallExpression) !==
      undefined
    );
  }

  #callsOutside(node: Node, parts: readonly Node[]): boolean {
    if (parts.includes(node)) return false;
    if (isFunction(node) && node.async) return true;
    if (node.type === "CallExpression" && this.#targetOf(node)) return true;
    if (node.type === "AwaitExpression") return true;
    return childrenOf(node).some((child) => this.#callsOutside(child, parts));
  }
}

const isBoolean = (node: Node | undefined): boolean => node?.type === "Identifier" && node.name === "Boolean";

const isWaitFor = (node: Node): boolean =>
  node.type === "ObjectExpression" &&
  node.properties.some(
    (one) => one.type === "Property" && one.key.type === "Identifier" && one.key.name === "waitFor",
  );

const givesNothing = ({ body }: AnyFunction): boolean =>
  body?.type === "BlockStatement" && returnsOf(body).every(({ argument }) => !argument);

/** The children, but for names of members and keys. */
const referring = (node: Node): Node[] =>
  childrenOf(node).filter(
    (child) =>
      !(node.type === "MemberExpression" && !node.computed && child === node.property) &&
      !(node.type === "Property" && !node.computed && child === node.key),
  );

function returnsOf(node: Node): Of<"ReturnStatement">[] {
  if (isFunction(node)) return [];
  return node.type === "ReturnStatement" ? [node] : childrenOf(node).flatMap(returnsOf);
}

const within = (node: Node, outer: Node): boolean => outer.start <= node.start && node.end <= outer.end;

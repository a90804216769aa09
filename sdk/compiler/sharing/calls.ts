import type { CallExpression, Expression, Node } from "oxc-parser";
import { CALLBACK_METHODS } from "../check/builtins.ts";
import { type AnyFunction, bare, isFunction, memberName, promiseMethod } from "../parse/ast.ts";
import { Variables } from "../parse/variables.ts";
import { hasTwice, leavesOf } from "./leaves.ts";
import {
  COMBINING_METHODS,
  ELEMENT_METHODS,
  FRESH_METHODS,
  isMadeHere,
  MUTATING,
  PLAIN_METHODS,
} from "./methods.ts";
import type { Found, Outside } from "./outside.ts";
import { copied, fresh, joined, merge, Place } from "./place.ts";
import { type Applied, asParts, type Flow, partsOf, sourcesOf } from "./stores.ts";
import type { Walk } from "./walk.ts";

type Promised = NonNullable<ReturnType<typeof promiseMethod>>;

/** What a parameter gets. */
interface Argument {
  place: Place | undefined;
  flow: Flow;
}

/** What calls do with what they get, and what they give. */
export class Calls {
  readonly #walk: Walk;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** What a call may give. */
  value(node: CallExpression): Place | undefined {
    const callee = bare(node.callee);
    const promised = promiseMethod(node);
    if (promised) return this.#chained(node, promised);
    const isOurs = this.#isOurs(callee);
    if (isOurs) this.#walk.ours.add(node);
    const isBuiltIn = this.#isBuiltIn(callee);
    if (isBuiltIn && callee.type === "Identifier" && callee.name === "structuredClone")
      return this.#cloned(node);
    if (isOurs || isBuiltIn) {
      for (const argument of node.arguments)
        this.#walk.useUp(argument.type === "SpreadElement" ? argument.argument : argument);
      return isOurs ? new Place() : undefined; // a future may be awaited twice
    }
    if (callee.type === "MemberExpression") return this.#method(node, callee);
    const args = node.arguments.map((argument) => this.#given(argument));
    if (callee.type !== "Identifier") {
      this.#walk.value(callee);
      return isFunction(callee) ? this.#call(node, callee, args) : this.#unknown(args.map(placeOf), node);
    }
    const variable = this.#walk.of(callee);
    if (variable) {
      const isKnown = this.#walk.held.isKnown(variable);
      const given = isKnown ? new Place() : this.#unknown(args.map(placeOf), node);
      this.#walk.held.each(variable, (fn) => merge(given, this.#call(node, fn, args)));
      return given;
    }
    const outside = this.#walk.outside(callee);
    return isFound(outside) ? this.#outer(node, outside, args) : this.#unknown(args.map(placeOf), node);
  }

  /** `load(x)`, `load.map(xs)`, `load.with({ retries: 2 })(x)`: what they get and give is copied. */
  #isOurs(given: Node): boolean {
    const node = bare(given as Expression);
    if (node.type === "MemberExpression") return this.#isOurs(node.object) || this.#isMemberOfOurs(node);
    if (node.type === "CallExpression") return this.#isOurs(node.callee);
    return node.type === "Identifier" && !this.#walk.of(node) && this.#walk.outside(node) === "ours";
  }

  /** `tasks.load(x)`, of a module that is imported whole. */
  #isMemberOfOurs(member: Extract<Node, { type: "MemberExpression" }>): boolean {
    const { object } = member;
    return object.type === "Identifier" && !this.#walk.of(object) && this.#walk.outside(member) === "ours";
  }

  #isBuiltIn(callee: Node): boolean {
    return callee.type === "Identifier" && !this.#walk.of(callee) && this.#walk.outside(callee) === "quiet";
  }

  /** Of what stands twice in the original, the copy has one copy, which stands twice in it: see {@link Twice}. */
  #cloned(node: CallExpression): Place {
    const originals: Place[] = [];
    for (const argument of node.arguments) {
      const part = argument.type === "SpreadElement" ? argument.argument : argument;
      this.#walk.useUp(part);
      for (const leaf of leavesOf(part)) {
        const place = this.#walk.value(leaf);
        if (place) originals.push(place);
      }
    }
    const copy = new Place();
    if (hasTwice(node.arguments[0])) {
      merge(copy.content, copy);
      this.#walk.put(node, copy, { sources: [], around: [] }, { often: true });
    }
    if (!this.#walk.clones.has(node)) this.#walk.clones.set(node, { copy, originals });
    return copy;
  }

  /** `load(x).catch(f)`: what the call gives, and what the function gives in its place. */
  #chained(node: CallExpression, { method, inner }: Promised): Place | undefined {
    const settled = this.#walk.value(inner);
    const given = node.arguments.map((argument) => {
      const written = bare(argument as Expression);
      const fn = isFunction(written) ? written : this.named(written);
      const flow = this.#walk.flow(sourcesOf(inner));
      return fn
        ? this.#call(node, fn, method === "then" ? [{ place: settled, flow }] : [])
        : this.#argument(argument);
    });
    return method === "finally" ? settled : joined(method === "then" ? given : [settled, ...given]);
  }

  /** A function of a module: its names are its own. */
  #outer(node: CallExpression, { fn, outside }: Found, args: readonly Argument[]): Place | undefined {
    if (this.#walk.isHome) this.#walk.entries.push(node);
    if (!this.#walk.functions.has(fn)) this.#resolve(fn);
    this.#walk.held.hand(fn, node);
    this.#enter({ fn, outside });
    return this.#call(node, fn, args);
  }

  /** A call whose result is what a function gives. */
  #applied(node: CallExpression, one: Applied): void {
    const known = this.#walk.applied.get(node) ?? [];
    if (!known.some(({ fn }) => fn === one.fn)) this.#walk.applied.set(node, [...known, one]);
  }

  #call(node: CallExpression, fn: AnyFunction, args: readonly Argument[]): Place | undefined {
    this.#applied(node, { fn, flows: args.map(({ flow }) => flow) });
    return this.#apply(fn, args);
  }

  #enter({ fn, outside }: Found): void {
    if (this.#walk.functions.has(fn)) return;
    this.#resolve(fn);
    const before = [this.#walk.outside, this.#walk.around] as const;
    [this.#walk.outside, this.#walk.around] = [outside, []];
    this.#walk.body(fn);
    [this.#walk.outside, this.#walk.around] = before;
  }

  /** The names of a function of a module are known before its body is gone through. */
  #resolve(fn: AnyFunction): void {
    if (this.#walk.roots.includes(fn)) return;
    this.#walk.resolvers.push(new Variables(fn));
    this.#walk.roots.push(fn);
    this.#walk.held.handOver(fn as Node);
  }

  #argument(argument: Node): Place | undefined {
    return argument.type === "SpreadElement"
      ? this.#walk.value(argument.argument)?.content
      : this.#walk.value(argument as Expression);
  }

  #given(argument: Node): Argument {
    const part = (argument.type === "SpreadElement" ? argument.argument : argument) as Expression;
    const sources = sourcesOf(part);
    const flow = this.#walk.flow(argument.type === "SpreadElement" ? asParts(sources) : sources);
    return { place: this.#argument(argument), flow };
  }

  /** A function whose text is known. */
  #apply(fn: AnyFunction, args: readonly (Argument | undefined)[]): Place | undefined {
    const returned = this.#walk.body(fn);
    for (const [i, parameter] of fn.params.entries()) {
      if (parameter.type !== "RestElement") {
        const { place, flow } = args[i] ?? { place: undefined, flow: this.#walk.flow([]) };
        this.#walk.bind(parameter, { place, flow });
        continue;
      }
      const rest = args.slice(i).filter((one) => one !== undefined);
      const flow = this.#walk.flow(rest.flatMap((one) => one.flow.sources));
      this.#walk.bind(parameter.argument, { place: fresh(rest.map(placeOf)), flow });
    }
    return returned;
  }

  /** A function of which nothing is known: it may change what it gets, and give it back. */
  #unknown(args: readonly (Place | undefined)[], node: Node): Place {
    const all = joined(args) ?? new Place();
    merge(all.content, all);
    this.#walk.change(all, node);
    this.#walk.guessed.add(node);
    return all;
  }

  #method(node: CallExpression, callee: Extract<Node, { type: "MemberExpression" }>): Place | undefined {
    const object = bare(callee.object);
    if (object.type !== "ConditionalExpression" || !GIVES_COUNT.test(memberName(callee) ?? ""))
      return this.#methodOf(node, callee, callee.object);
    // What is put into one of two lists brings the two no closer together.
    this.#walk.value(object.test);
    for (const one of [object.consequent, object.alternate]) this.#methodOf(node, callee, one);
    return undefined;
  }

  #methodOf(
    node: CallExpression,
    callee: Extract<Node, { type: "MemberExpression" }>,
    object: Expression,
  ): Place | undefined {
    const name = memberName(callee) ?? "";
    if (object.type === "Identifier" && !this.#walk.of(object)) {
      const outside = this.#walk.outside(callee);
      if (outside === "quiet") return this.#namespaced(node, object.name, name);
      if (typeof outside === "string" || isFound(outside)) {
        const args = node.arguments.map((argument) => this.#given(argument));
        return isFound(outside) ? this.#outer(node, outside, args) : this.#unknown(args.map(placeOf), node);
      }
    }
    const receiver = this.#walk.value(object);
    if (callee.computed) this.#walk.value(callee.property);
    const returned = this.#callback(node, name, receiver);
    const given = node.arguments.filter((argument) => !isFunction(argument));
    const args = given.map((argument) => this.#argument(argument));
    this.#store(
      name,
      object,
      receiver,
      given.map((argument, i) => [argument, args[i]] as const),
    );
    if (MUTATING.has(name)) {
      if (!isMadeHere(object)) this.#walk.change(receiver, node, object);
      for (const argument of stored(name, args)) if (receiver) merge(receiver.content, argument);
    }
    return this.#result(name, receiver, args, returned, node);
  }

  /** What a method puts into its receiver, or into what it makes. */
  #store(
    name: string,
    object: Expression,
    receiver: Place | undefined,
    given: readonly (readonly [CallExpression["arguments"][number], Place | undefined])[],
  ): void {
    const combines = COMBINING_METHODS.has(name) && !name.endsWith("ap"); // what a map gives, its callback gives
    if (combines) this.#walk.store(object, receiver, { inner: true });
    if (name === "copyWithin") this.#walk.store(object, receiver, { inner: true, often: true });
    if (!combines && !MUTATING.has(name)) return;
    for (const [argument, value] of combines ? given : stored(name, given)) {
      const part = (argument.type === "SpreadElement" ? argument.argument : argument) as Expression;
      // "concat" takes lists apart, and what is none as it is.
      if (name === "concat") this.#walk.store(part, value, { inner: true });
      this.#walk.store(part, value, { part: part !== argument, often: name === "fill" });
    }
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
      // What a map gives, its callback gives; of a callback that is not known it may be anything.
      const isMapped = returned !== undefined && (name === "map" || name === "flatMap");
      const parts = isMapped ? [returned] : [receiver?.content, returned, ...args];
      return fresh(deep ? parts.flatMap((part) => [part, part?.content]) : parts);
    }
    if (name === "reduce" || name === "reduceRight") {
      return joined([returned, ...(args.length > 0 ? args : [receiver?.content])]);
    }
    if (name === "valueOf" || MUTATING.has(name)) return receiver;
    return this.#unknown([receiver, returned, ...args], node);
  }

  /** The callback of a method gets elements, for `reduce` also what it gave before, and the receiver last. */
  #callback(node: CallExpression, name: string, receiver: Place | undefined): Place | undefined {
    const [first] = node.arguments;
    const written = first && bare(first as Expression);
    const variable = written && CALLBACK_METHODS.has(name) ? this.#walk.of(written) : undefined;
    // A function of which nothing is known may change what it is called with.
    if (variable && !this.#walk.held.isKnown(variable)) return this.#unknown([receiver?.content], node);
    if (variable) {
      const gives = new Place();
      this.#walk.held.each(variable, (fn) => merge(gives, this.#calledBack(node, name, receiver, fn)));
      return gives;
    }
    const given =
      written && (isFunction(written) ? written : CALLBACK_METHODS.has(name) && this.named(written));
    return given ? this.#calledBack(node, name, receiver, given) : undefined;
  }

  #calledBack(
    node: CallExpression,
    name: string,
    receiver: Place | undefined,
    given: AnyFunction,
  ): Place | undefined {
    const [, init] = node.arguments;
    const returned = this.#walk.body(given);
    const flow = this.#walk.flow(partsOf((node.callee as { object: Expression }).object));
    const elements = { place: receiver?.content, flow };
    if (name === "reduce" || name === "reduceRight") {
      const start = init && this.#given(init);
      const before = { place: joined([returned, (start ?? elements).place]), flow: (start ?? elements).flow };
      this.#applied(node, { fn: given, flows: [before.flow, flow] });
      return this.#apply(given, [before, elements, undefined, { place: receiver, flow }]);
    }
    if (name === "map" || name === "flatMap") this.#gather(given, returned);
    return this.#apply(given, [elements, undefined, { place: receiver, flow }]);
  }

  /** What a callback returns goes into a new list. */
  #gather(fn: AnyFunction, returned: Place): void {
    const flow = this.#walk.returns.get(fn);
    if (flow) this.#walk.put(fn, returned, flow);
  }

  /** The function that a name stands for. */
  named(node: Node): AnyFunction | undefined {
    if (node.type !== "Identifier") return undefined;
    const variable = this.#walk.of(node);
    if (variable) return this.#walk.held.of(variable)[0];
    const outside = this.#walk.outside(node);
    if (!isFound(outside)) return undefined;
    if (this.#walk.isHome) this.#walk.entries.push(node);
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
    const flow = this.#walk.flow(first && first.type !== "SpreadElement" ? partsOf(first) : []);
    const returned = callback && this.#apply(callback, [{ place: values[0]?.content, flow }]);
    if (callback && returned) this.#gather(callback, returned);
    switch (`${namespace}.${name}`) {
      case "Object.assign":
        this.#walk.change(values[0], node, first as Expression);
        for (const [i, argument] of node.arguments.slice(1).entries()) {
          const value = values[i + 1];
          if (value) values[0]?.shape.join(value.shape);
          this.#walk.store(argument as Expression, value, { inner: true });
        }
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
        for (const [i, argument] of node.arguments.entries())
          this.#walk.store(argument as Expression, values[i]);
        return fresh(values);
      case "Promise.all":
        return copied(values[0]);
      case "Promise.allSettled":
        return fresh([fresh([values[0]?.content])]);
      case "Object.freeze":
        return first && values[0];
      default:
        return undefined;
    }
  }
}

const GIVES_COUNT = /^(push|unshift)$/;

/** Which arguments the receiver holds afterwards; a Map's key is looked up, and an index only counts. */
function stored<T>(name: string, args: readonly T[]): readonly T[] {
  if (name === "set") return args.slice(1);
  if (name === "splice") return args.slice(2);
  return name === "delete" || name === "update" || name === "copyWithin" || name.startsWith("setUTC")
    ? []
    : args;
}

const placeOf = ({ place }: Argument): Place | undefined => place;

const isFound = (outside: ReturnType<Outside>): outside is Found =>
  typeof outside === "object" && "fn" in outside;

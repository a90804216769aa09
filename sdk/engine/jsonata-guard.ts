import { JSONATA_BYTES, JSONATA_DEPTH, JSONATA_STEPS } from "../asl/limits.ts";
import { type AstNode, boundName, walk } from "./jsonata-ast.ts";

/** An evaluation went past a limit of the service; the text is that of the service's own JSONata. */
export class LimitExceeded extends Error {}

const stackOverflow = (depth: number): LimitExceeded =>
  new LimitExceeded(
    "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive. " +
      `Depth=${depth} max=${JSONATA_DEPTH}`,
  );

export const outOfMemory = (): LimitExceeded =>
  new LimitExceeded("Expression evaluation memory limit exceeded");

/** What JavaScript's own stack says comes long after the service would have. */
export const deepRecursion = (): LimitExceeded => stackOverflow(JSONATA_DEPTH + 1);

/** Trees below this depth cannot reach the limit without calling what they define themselves. */
const SHALLOW = JSONATA_DEPTH - 20;

/** Functions that make much of little. */
const GROWING: ReadonlySet<string> = new Set(["pad", "range", "reduce"]);

/**
 * Whether an evaluation may come near a limit: watching every step costs, and few expressions recurse or grow.
 */
export function needsGuard(ast: AstNode): boolean {
  if (depthOf(ast, SHALLOW) > SHALLOW) return true;
  const defined = new Set<string>();
  walk(ast, (node) => {
    if (node.type === "bind") defined.add(boundName(node));
    if (node.type === "lambda")
      for (const parameter of node.arguments ?? []) defined.add(String(parameter.value));
  });
  let found = false;
  walk(ast, (node) => {
    if (node.type === "binary" && node.value === "..") found = true;
    if (node.type !== "function" && node.type !== "apply" && node.type !== "variable") return;
    const name = node.type === "variable" ? String(node.value) : calledName(node);
    found ||= name === undefined || GROWING.has(name) || (node.type !== "variable" && defined.has(name));
  });
  return found;
}

/** The name that is called; nothing where what is called is computed. A `~>` may call anything on its right. */
function calledName(node: AstNode): string | undefined {
  const target = node.type === "apply" ? node.rhs : node.procedure;
  if (target?.type === "function") return calledName(target);
  return target?.type === "variable" ? String(target.value) : undefined;
}

/** How deep the tree is; of one deeper than `most`, only that it is. */
export function depthOf(ast: AstNode, most: number): number {
  let deepest = 0;
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > most + 1) return;
    const inner = "type" in value ? depth + 1 : depth;
    deepest = Math.max(deepest, inner);
    for (const item of Object.values(value)) visit(item, inner);
  };
  visit(ast, 0);
  return deepest;
}

/** Nodes that JSONata's JavaScript evaluates side by side, with the node that they are parts of. */
export function sideBySide(ast: AstNode): ReadonlyMap<object, object> {
  const parts = new Map<object, object>();
  walk(ast, (node) => {
    if (node.type === "unary" && node.value === "[")
      for (const part of node.expressions ?? []) parts.set(part, node);
    if (node.type === "unary" && Array.isArray(node.lhs))
      for (const [, value] of node.lhs) if (value) parts.set(value, node);
    for (const [, value] of node.group?.lhs ?? []) if (value) parts.set(value, node);
  });
  return parts;
}

interface Step {
  node: object;
  /** Lets the next part of the same array or object begin. */
  release: (() => void) | undefined;
}

/**
 * Watches one evaluation: how deep it is nested, how much it holds, how long it goes on. The service evaluates one node
 * after the other; JSONata's JavaScript evaluates the parts of an array side by side, so they are made to wait for each
 * other here, or depths would add up.
 */
export class Guard {
  readonly #parts: ReadonlyMap<object, object>;
  readonly #open = new Map<object, { last: Promise<void> }>();
  readonly #stack: Step[] = [];
  #steps = 0;

  constructor(parts: ReadonlyMap<object, object>) {
    this.#parts = parts;
  }

  /** @throws LimitExceeded (or rejects with it) */
  enter(node: object): Promise<void> | undefined {
    const whole = this.#parts.get(node);
    if (!whole) {
      this.#push({ node, release: undefined });
      return undefined;
    }
    const { before, release } = this.#queue(whole);
    return before.then(() => this.#push({ node, release }));
  }

  /** @throws LimitExceeded */
  leave(node: object, result: unknown): void {
    let step = this.#stack.pop();
    while (step && step.node !== node) step = this.#stack.pop();
    step?.release?.();
    if (isTooLarge(result)) throw outOfMemory();
  }

  #push(step: Step): void {
    this.#stack.push(step);
    if (this.#stack.length > JSONATA_DEPTH) throw stackOverflow(this.#stack.length);
    if (++this.#steps > JSONATA_STEPS) {
      throw new LimitExceeded("Expression evaluation timeout: Check for infinite loop");
    }
  }

  /** All parts of one evaluation of the whole ask for their place at once, one after the other. */
  #queue(whole: object): { before: Promise<void>; release: () => void } {
    let queue = this.#open.get(whole);
    if (!queue) {
      queue = { last: Promise.resolve() };
      this.#open.set(whole, queue);
      queueMicrotask(() => this.#open.delete(whole));
    }
    const before = queue.last;
    let release: () => void = () => undefined;
    queue.last = new Promise((resolve) => {
      release = resolve;
    });
    return { before, release };
  }
}

/** A number counts eight bytes, a character one. Small lists are let pass: they cannot hold that much of a state's data. */
function isTooLarge(value: unknown): boolean {
  if (typeof value === "string") return value.length > JSONATA_BYTES;
  if (!Array.isArray(value) || value.length < 5_000) return false;
  if (value.length * 8 > JSONATA_BYTES) return true;
  let bytes = 0;
  for (const item of value as unknown[]) {
    bytes += typeof item === "string" ? item.length : 8;
    if (bytes > JSONATA_BYTES) return true;
  }
  return false;
}

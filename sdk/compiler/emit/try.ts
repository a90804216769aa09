import type { LeaveNode, TryNode } from "../graph.ts";
import { ends } from "../lower/block.ts";
import { emitBlock } from "./block.ts";
import type { Emission, Site, Target } from "./context.ts";
import { nextOf } from "./context.ts";

/** `try`: no state of its own; every state of the body that can fail leads to the handler. */
export function emitTry(emission: Emission, site: Site<TryNode>): string {
  const { target, node, entry } = site;
  const exit = ends(node.body) && ends(node.handler) ? undefined : nextOf(site);
  const handler = emitBlock(emission, target, node.handler, exit);
  const handlers = new Map(target.handlers).set(node, target.handler);
  const inner: Target = { ...target, handlers, handler: { next: handler, error: node.error } };
  return emitBlock(emission, inner, node.body, exit, entry);
}

/** On the way out of a `try` its handler no longer counts. */
export function emitLeave(emission: Emission, { target, node, next, entry }: Site<LeaveNode>): string {
  const { handler: _, ...rest } = target;
  const handler = target.handlers.get(node.from);
  return emitBlock(emission, handler ? { ...rest, handler } : rest, node.body, next, entry);
}

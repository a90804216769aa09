import type { TryNode } from "../graph.ts";
import { ends } from "../lower/block.ts";
import { emitBlock } from "./block.ts";
import type { Emission, Site, Target } from "./context.ts";
import { nextOf } from "./context.ts";

/** `try`: no state of its own; every state of the body that can fail leads to the handler. */
export function emitTry(emission: Emission, site: Site<TryNode>): string {
  const { target, node, entry } = site;
  const exit = ends(node.body) && ends(node.handler) ? undefined : nextOf(site);
  const handler = emitBlock(emission, target, node.handler, exit);
  const inner: Target = { ...target, handler: { next: handler, error: node.error } };
  return emitBlock(emission, inner, node.body, exit, entry);
}

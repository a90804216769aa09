import type { BlockNode, JumpNode, LoopNode } from "../graph.ts";
import { emitBlock } from "./block.ts";
import { emitTest } from "./branch.ts";
import { emitCheck } from "./check.ts";
import { type Emission, nextOf, partName, type Site, type Target } from "./context.ts";
import { turning } from "./segments.ts";

/**
 * A loop: a Choice at its entry, the body, and at its end a second Choice that also does what the turn left to do, so
 * that a turn costs one transition more than its body.
 */
export function emitLoop(emission: Emission, site: Site<LoopNode>): string {
  const { target, node } = site;
  const after = site.next;
  const again = node.again && partName(emission, node, "again");
  const inner: Target = { ...target, indexes: [...target.indexes, node.turn], jumps: new Map(target.jumps) };
  const end = again === undefined ? undefined : emitBlock(emission, inner, node.tail, again);
  inner.jumps.set(node, { break: after, continue: end });
  const body = emitBlock(emission, inner, node.body, end);
  emission.loops.push({ state: body, label: node.id });
  if (node.again && again !== undefined) {
    const turns = turning(emission, site, body);
    if (node.again.purpose === "check" && !turns) {
      const check = { ...node, kind: "check" as const, id: again, check: node.again };
      emitCheck(emission, { target, node: check, next: body, entry: undefined });
    } else {
      const to = {
        name: again,
        consequent: body,
        otherwise: node.again.purpose === "check" ? body : nextOf(site),
        inline: "again inline" as const,
        begins: true,
        ...(turns && { turns }),
      };
      emitTest(emission, { ...site, entry: undefined }, { ...node.again, purpose: "test" }, to);
    }
  }
  if (!node.first) return body;
  return emitTest(emission, site, node.first, {
    name: node.id,
    consequent: body,
    otherwise: nextOf(site),
    inline: "inline",
    begins: false,
  });
}

/** A labelled block: no state of its own. */
export function emitLabelled(emission: Emission, { target, node, next, entry }: Site<BlockNode>): string {
  const inner: Target = { ...target, jumps: new Map(target.jumps) };
  inner.jumps.set(node, { break: next, continue: undefined });
  return emitBlock(emission, inner, node.body, next, entry);
}

/** `break` and `continue` cost nothing: what comes before them leads on. */
export function emitJump({ target, node }: Site<JumpNode>): string {
  const to = target.jumps.get(node.loop)?.[node.jump];
  if (to === undefined) throw new Error(`The ${node.jump} of "${node.loop.id}" leads nowhere.`);
  return to;
}

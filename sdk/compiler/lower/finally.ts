import type { Node } from "oxc-parser";
import type { Block } from "../graph.ts";
import { ends, lowerStatements } from "./block.ts";
import { flush } from "./loops.ts";
import { type Finalizer, innerPlace, type Lowering, type Place } from "./lowering.ts";

/**
 * Leads out of the `try`s around, through their `finally` blocks, and then does what the way out is for.
 *
 * @param from the `finally` blocks of this many loops and more are passed; those further out are not left
 */
export function leaveTries(
  lowering: Lowering,
  place: Place,
  from: number,
  span: Node,
  arrive: (place: Place) => void,
): void {
  const finalizer = place.finalizers.at(-1);
  if (!finalizer || finalizer.place.loops.length < from) {
    arrive(place);
    return;
  }
  const body: Block = [];
  const left = leftPlace(finalizer, body);
  runFinally(lowering, left, finalizer);
  if (!ends(body)) leaveTries(lowering, left, from, span, arrive);
  place.nodes.push({ kind: "leave", id: lowering.stateName("leave"), span, from: finalizer.from, body });
}

/** The statements of a `finally`, once more. */
export function runFinally(lowering: Lowering, place: Place, { block, crossing }: Finalizer): void {
  const copy = lowering.copy(block);
  const inner = { ...innerPlace(place), nodes: place.nodes };
  // What it returns or jumps to wins over the way that led here.
  lowerStatements(lowering, inner, copy.body, crossing);
  if (!ends(inner.nodes)) flush(lowering, inner, block);
}

const leftPlace = ({ place }: Finalizer, nodes: Block): Place => ({ ...innerPlace(place), nodes });

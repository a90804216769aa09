import type { Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import type { MapNode } from "../graph.ts";
import { bare } from "../parse/ast.ts";
import type { Lowering } from "./lowering.ts";

export type MapNodeOptions = Pick<MapNode, "concurrency" | "batchSize" | "tolerates" | "forced">;

/** What an inline Map runs at a time. */
const MOST_INLINE = 40;
/** What a distributed Map runs at a time. */
const MOST_CONCURRENCY = 10_000;
/** The results of a batch are one payload, in which each has the bytes of a reference. */
const MOST_BATCH = 500;

/**
 * The options of `task.map`, which must be written in place: they decide what is emitted. A concurrency above 40 and
 * batches are what a distributed Map alone can do.
 */
export function mapOptions(lowering: Lowering, options: Node | undefined): MapNodeOptions {
  const read: MapNodeOptions = { concurrency: 0 };
  if (!options) return read;
  const wrong =
    options.type !== "ObjectExpression" || !options.properties.every((one) => readOption(one, read));
  if (wrong) report(lowering.context, "RLT1209", options);
  if (read.concurrency > MOST_INLINE || read.batchSize !== undefined) read.forced = true;
  return read;
}

function readOption(property: Node, into: MapNodeOptions): boolean {
  if (property.type !== "Property" || property.computed || property.key.type !== "Identifier") return false;
  const value = bare(property.value as Expression);
  const given = value.type === "Literal" ? value.value : undefined;
  switch (property.key.name) {
    case "concurrency":
      if (!isWhole(given, 1, MOST_CONCURRENCY)) return false;
      into.concurrency = given;
      return true;
    case "batchSize":
      if (!isWhole(given, 1, MOST_BATCH)) return false;
      into.batchSize = given;
      return true;
    case "toleratedFailures": {
      const percent = typeof given === "string" ? /^(\d+(?:\.\d+)?)%$/.exec(given)?.[1] : undefined;
      if (percent !== undefined && Number(percent) <= 100) into.tolerates = { percent: Number(percent) };
      else if (isWhole(given, 0, Number.MAX_SAFE_INTEGER)) into.tolerates = { count: given };
      else return false;
      return true;
    }
    default:
      return false;
  }
}

const isWhole = (value: unknown, least: number, most: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;

import type { MapState } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry } from "../../entry.ts";
import { fieldsOf } from "../../fields.ts";
import type { MapRunLimits } from "../../map-runs.ts";
import { invalidNumber, PathEntry } from "../../path-entry.ts";

/** How many items, and what share of all, may fail. A limit that the state does not name is not there. */
export interface Tolerance {
  count: number | undefined;
  /** 0 to 100. */
  percentage: number | undefined;
}

/** What the limits of a Map Run tolerate. */
export function toleranceOf(limits: MapRunLimits): Tolerance {
  return { count: limits.toleratedFailureCount, percentage: limits.toleratedFailurePercentage };
}

/** Whether so many failed items bring the Map down. Without any limit a single one does. */
export function exceeds({ count, percentage }: Tolerance, failed: number, total: number): boolean {
  if (failed === 0) return false;
  if (count === undefined && percentage === undefined) return true;
  return (
    (count !== undefined && failed > count) ||
    (percentage !== undefined && (failed / Math.max(total, 1)) * 100 > percentage)
  );
}

const isCount = (value: Json): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0;
const isPercentage = (value: Json): value is number =>
  typeof value === "number" && value >= 0 && value <= 100;

export async function readTolerance(entry: Entry<MapState>): Promise<Tolerance> {
  if (entry instanceof PathEntry) return { count: countOf(entry), percentage: percentageOf(entry) };
  const { state } = entry;
  return {
    count:
      state.ToleratedFailureCount === undefined
        ? undefined
        : await entry.typed("ToleratedFailureCount", "integer", isCount),
    percentage:
      state.ToleratedFailurePercentage === undefined
        ? undefined
        : await entry.typed("ToleratedFailurePercentage", "number", isPercentage),
  };
}

function countOf(entry: PathEntry<MapState>): number | undefined {
  const { ToleratedFailureCountPath: path } = fieldsOf(entry.state);
  if (path === undefined) return entry.state.ToleratedFailureCount as number | undefined;
  const value = entry.pathValue(path);
  const count = numberOf(value);
  if (count === undefined || !Number.isInteger(count)) {
    throw invalidNumber(entry, "ToleratedFailureCountPath", path, value, "integer");
  }
  if (count < 0) throw entry.failure("States.Runtime", "ToleratedFailureCount cannot be negative.");
  return count;
}

function percentageOf(entry: PathEntry<MapState>): number | undefined {
  const { ToleratedFailurePercentagePath: path } = fieldsOf(entry.state);
  if (path === undefined) return entry.state.ToleratedFailurePercentage as number | undefined;
  const value = entry.pathValue(path);
  const percentage = numberOf(value);
  if (percentage === undefined) {
    throw invalidNumber(entry, "ToleratedFailurePercentagePath", path, value, "float");
  }
  if (isPercentage(percentage)) return percentage;
  throw entry.failure("States.Runtime", "ToleratedFailurePercentage must be between 0 and 100.");
}

/** A number, or a text that is one (recorded: `"1"` is taken). */
function numberOf(value: Json): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

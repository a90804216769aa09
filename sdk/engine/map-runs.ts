import { StateMachineError } from "./machines.ts";

/** What a Map Run may be changed in while it runs. Absent: no limit of that kind. */
export interface MapRunLimits {
  /** 0 for no limit but the service's own. */
  maxConcurrency: number;
  toleratedFailureCount: number | undefined;
  /** 0 to 100. */
  toleratedFailurePercentage: number | undefined;
}

interface Running {
  limits: MapRunLimits;
  changed: () => void;
}

/** The Map Runs of one engine that are under way, by ARN. */
export class MapRuns {
  readonly #running = new Map<string, Running>();

  /** Enters a Map Run; the result takes it out again. `changed` is called after each update of its limits. */
  open(arn: string, limits: MapRunLimits, changed: () => void): () => void {
    this.#running.set(arn, { limits, changed });
    return () => void this.#running.delete(arn);
  }

  /**
   * UpdateMapRun: changes limits of a Map Run that is under way; what is not named stays.
   *
   * @throws StateMachineError ResourceNotFound, ValidationException
   */
  update(arn: string, change: Partial<MapRunLimits>): void {
    const running = this.#running.get(arn);
    if (!running) throw new StateMachineError("ResourceNotFound", `Resource not found: '${arn}'`);
    const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage: share } = change;
    for (const [name, value] of Object.entries({ maxConcurrency, toleratedFailureCount })) {
      if (value !== undefined && (!Number.isInteger(value) || value < 0)) {
        throw new StateMachineError("ValidationException", `${name} must be a whole number of at least 0.`);
      }
    }
    if (share !== undefined && !(share >= 0 && share <= 100)) {
      throw new StateMachineError(
        "ValidationException",
        "toleratedFailurePercentage must be between 0 and 100.",
      );
    }
    const { limits } = running;
    if (maxConcurrency !== undefined) limits.maxConcurrency = maxConcurrency;
    if (toleratedFailureCount !== undefined) limits.toleratedFailureCount = toleratedFailureCount;
    if (share !== undefined) limits.toleratedFailurePercentage = share;
    running.changed();
  }
}

import type { Json } from "../../../sdk/model/json.ts";

/** A JSONata engine; the JVM's answers of one process come in order. */
export interface Engine {
  name: string;
  evaluate(
    expr: string,
    bindings: Record<string, Json>,
    depth?: number,
  ): Promise<{ value: Json } | { undefined: true } | { error: string } | { odd: string }>;
  close(): void;
}

/** Starts the JVM runner, or says why it cannot. */
export function jvmEngine(): Engine | { skipped: string };

export function jsEngine(): Engine;

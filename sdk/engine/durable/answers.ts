import { PAYLOAD_BYTES } from "../../asl/limits.ts";
import type { IntegrationCall, Outcome } from "../integration.ts";
import { isFunctionArn } from "../task-events.ts";
import type { Answer } from "./records.ts";

/** What is written of an answer: nothing of a result that no state may take. */
export function answerOf(call: IntegrationCall, outcome: Outcome): Answer {
  if (!outcome.ok) return { ok: false, error: outcome.error, cause: outcome.cause };
  try {
    const text = JSON.stringify(outcome.output);
    if (isResult(call) && text !== undefined && text.length > PAYLOAD_BYTES) return { oversized: true };
  } catch (error) {
    return defectOf(error); // a BigInt, or what contains itself
  }
  return { ok: true, output: outcome.output };
}

export const defectOf = (thrown: unknown): Answer => ({
  defect: thrown instanceof Error ? thrown.message : String(thrown),
});

/** Whether the answer becomes the result of a state: what a Map reads from an object store may be of any size. */
const isResult = ({ resource, taskToken }: IntegrationCall): boolean =>
  taskToken === undefined && (isFunctionArn(resource) || resource.includes(":::lambda:invoke"));

import { PAYLOAD_BYTES } from "../../asl/limits.ts";
import type { IntegrationCall, Outcome } from "../integration.ts";
import { boundedText } from "../json-text.ts";
import { isFunctionArn } from "../resources.ts";
import type { Answer } from "./records.ts";

/** What is written of an answer: nothing of a result that no state may take. */
export function answerOf(call: IntegrationCall, outcome: Outcome): Answer {
  if (!outcome.ok) return { ok: false, error: outcome.error, cause: outcome.cause };
  try {
    const { output } = outcome;
    const text = typeof output === "object" && output !== null ? boundedText(output) : JSON.stringify(output);
    if (isResult(call) && text !== undefined && text.length > PAYLOAD_BYTES) return { oversized: true };
  } catch (error) {
    return defectOf(error); // a BigInt, what contains itself, or is too deep
  }
  return { ok: true, output: outcome.output };
}

export const defectOf = (thrown: unknown): Answer => ({
  defect: thrown instanceof Error ? thrown.message : String(thrown),
});

/** Whether the answer becomes the result of a state: what a Map reads from an object store may be of any size. */
const isResult = ({ resource, taskToken }: IntegrationCall): boolean =>
  taskToken === undefined && (isFunctionArn(resource) || resource.includes(":::lambda:invoke"));

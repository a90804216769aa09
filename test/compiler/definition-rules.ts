import jsonata from "jsonata";
import { expressionText, isExpression } from "../../sdk/asl/expression.ts";
import { DEFINITION_BYTES, EXPRESSION_DEPTH, NAME_CHARACTERS } from "../../sdk/asl/limits.ts";
import type { State, StateMachine } from "../../sdk/asl/types.ts";
import type { CompiledFlow } from "../../sdk/compiler/index.ts";
import { validateDefinition } from "../../sdk/engine/index.ts";

/** States of a machine and of the machines inside it, by name. */
export function statesOf(machine: Pick<StateMachine, "States">): [string, State][] {
  return Object.entries(machine.States).flatMap(([name, state]): [string, State][] => [
    [name, state],
    ...(state.Type === "Map" ? statesOf(state.ItemProcessor) : []),
    ...(state.Type === "Parallel" ? state.Branches.flatMap(statesOf) : []),
  ]);
}

/** Every string of a definition, with the key under which it stands. */
export function stringsOf(value: unknown, key = ""): { key: string; text: string }[] {
  if (typeof value === "string") return [{ key, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([inner, item]) => stringsOf(item, inner));
}

/** What deploying makes of a placeholder. */
const ARN = "arn:aws:lambda:us-east-1:000000000000:function:any";

/** Fields whose `${` the text of the definition escapes; in any other one it stands in an expression, where it cannot. */
const ESCAPED = new Set(["Resource", "StateMachineArn", "FunctionName", "Comment", "Cause"]);

/** What AWS would refuse, or what the house refuses, in the definition of a flow. */
export function brokenRules({ name, definition }: CompiledFlow): string[] {
  const deployed = JSON.parse(JSON.stringify(definition), (key, value: unknown) =>
    key === "Resource" && typeof value === "string" && value.startsWith("${") ? ARN : value,
  ) as StateMachine;
  const broken = validateDefinition(deployed).map(
    ({ code, location, message }) => `${code} ${location}: ${message}`,
  );
  const names = statesOf(definition).map(([state]) => state);
  for (const state of names) {
    if (state.length > NAME_CHARACTERS || /[^\x20-\x7e]/.test(state)) broken.push(`The name "${state}".`);
  }
  if (new Set(names).size < names.length) broken.push("Two states have one name.");
  for (const { key, text } of stringsOf(definition)) {
    if (!ESCAPED.has(key) && text.includes("${")) broken.push(`"\${" in ${key}: ${text}`);
    if (!isExpression(text)) continue;
    const depth = depthOfText(expressionText(text));
    if (depth > EXPRESSION_DEPTH) broken.push(`An expression of depth ${depth} in ${key}.`);
  }
  if (JSON.stringify(definition).length > DEFINITION_BYTES) broken.push("A definition above 1 MB.");
  return broken.map((rule) => `${name}: ${rule}`);
}

const depths = new Map<string, number>();

/** Remembered, since the flows of a file have most of their expressions in common. */
function depthOfText(text: string): number {
  const known = depths.get(text);
  if (known !== undefined) return known;
  const depth = depthOf(jsonata(text).ast());
  depths.set(text, depth);
  return depth;
}

/** Counted here on its own, so that the compiler's own count is checked. */
function depthOf(node: unknown): number {
  if (typeof node !== "object" || node === null) return 0;
  const inner = Math.max(
    0,
    ...Object.entries(node).map(([key, child]) => (key === "position" ? 0 : depthOf(child))),
  );
  return "type" in node ? inner + 1 : inner;
}

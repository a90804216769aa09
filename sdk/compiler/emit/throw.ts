import type { Expression } from "oxc-parser";
import { ERROR_CLASSES } from "../check/builtins.ts";
import type { ThrowNode } from "../graph.ts";
import { bare } from "../parse/ast.ts";
import { comment, type Emission, type Entry, type Target } from "./context.ts";
import { planValues } from "./plan.ts";
import { fastContext } from "./step.ts";
import { inlineState } from "./tasks.ts";

/** `throw`: a Fail where name and message are known now, else an inline step that throws it. */
export function emitThrow(
  emission: Emission,
  target: Target,
  node: ThrowNode,
  entry: Entry | undefined,
): string {
  const known = knownError(emission, node, entry);
  const span = node.span;
  if (known && !target.settle) {
    target.states[node.id] = {
      Type: "Fail",
      Comment: comment(emission, span),
      Error: known.name,
      Cause: causeOf(known),
    };
    return node.id;
  }
  if (known && target.settle) {
    target.states[node.id] = {
      Type: "Pass",
      Comment: comment(emission, span),
      Output: { Error: known.name, Cause: causeOf(known) },
      Next: target.settle,
    };
    return node.id;
  }
  const name = `${node.id} inline`;
  target.states[name] = inlineState(emission, target, entry, node.error, {
    name,
    when: "always",
    crossing: "exact",
    end: true,
  });
  return name;
}

/** The shape of a Lambda function's error, so that every reader decodes one shape. */
const causeOf = (error: { name: string; message: string }): string =>
  JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: [] });

/** A built-in error with a literal message, and nothing pending before it. */
function knownError(
  emission: Emission,
  node: ThrowNode,
  entry: Entry | undefined,
): { name: string; message: string } | undefined {
  const checks = planValues({ ...node.error, values: [] }, fastContext(emission, entry));
  const made = node.error.values[0] && bare(node.error.values[0].expression as Expression);
  if (
    !checks.fast ||
    checks.guard !== undefined ||
    made?.type !== "NewExpression" ||
    made.callee.type !== "Identifier"
  )
    return undefined;
  const { name } = made.callee;
  if (!ERROR_CLASSES.has(name) || emission.reader.lookup(emission.module, name) || made.arguments.length > 1)
    return undefined;
  const [argument] = made.arguments;
  if (!argument) return { name, message: "" };
  if (argument.type !== "Literal" || typeof argument.value !== "string" || !argument.value.isWellFormed())
    return undefined;
  // A string that Step Functions would evaluate is left to the inline step.
  return /^\{%|%\}$/.test(argument.value) ? undefined : { name, message: argument.value };
}

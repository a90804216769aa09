import type { Expression } from "oxc-parser";
import { expression } from "../../asl/expression.ts";
import type { Template } from "../../asl/types.ts";
import { ERROR_CLASSES } from "../check/builtins.ts";
import type { ThrowNode } from "../graph.ts";
import { bare } from "../parse/ast.ts";
import { comment, type Emission, partName, planContext, type Site } from "./context.ts";
import { planChecks } from "./plan.ts";
import { numbered, settledFailure } from "./settle.ts";
import { entryAssign, inlineState, NO_OUTPUT, turnOf } from "./tasks.ts";

/** `throw`: a Fail where name and message are known now, else an inline step that throws it. */
export function emitThrow(emission: Emission, site: Site<ThrowNode>): string {
  const { target, node } = site;
  const known = knownError(emission, site);
  const rethrown = node.caught && isQuiet(emission, site) ? rethrow(`$${node.caught.variable}`) : undefined;
  const error = rethrown ?? (known && { name: known.name, cause: causeOf(known) });
  if (error && target.handler) {
    const { next, error: caught } = target.handler;
    target.states[node.id] = {
      Type: "Pass",
      Comment: comment(emission, node.span),
      Assign: { ...entryAssign(site.entry), [caught.variable]: { Error: error.name, Cause: error.cause } },
      Output: NO_OUTPUT,
      Next: next,
    };
    return node.id;
  }
  if (rethrown) {
    const where = { Comment: comment(emission, node.span) };
    target.states[node.id] = target.settle
      ? {
          Type: "Succeed",
          ...where,
          Output: settledOutput(emission, site, rethrown.name, rethrown.cause),
        }
      : { Type: "Fail", ...where, Error: rethrown.name, Cause: rethrown.cause };
    return node.id;
  }
  if (known) {
    const where = { Comment: comment(emission, node.span) };
    target.states[node.id] = target.settle
      ? {
          Type: "Succeed",
          ...where,
          Output: settledOutput(emission, site, known.name, causeOf(known)),
        }
      : { Type: "Fail", ...where, Error: known.name, Cause: causeOf(known) };
    return node.id;
  }
  const name = partName(emission, node, "inline");
  target.states[name] = inlineState(emission, site, node.error, {
    name,
    when: "always",
    crossing: "exact",
    end: true,
  });
  return name;
}

const settledOutput = (
  emission: Emission,
  { target, node, entry }: Site,
  name: string,
  cause: string,
): Template => numbered(target, settledFailure(target, name, cause, turnOf(emission, node)), entry);

const isQuiet = (emission: Emission, site: Site<ThrowNode>): boolean => {
  const checks = planChecks(site.node.error, planContext(emission, site));
  return checks.fast && checks.guard === undefined && emission.paths !== "slow";
};

export const rethrow = (code: string): { name: string; cause: string } => ({
  name: expression(`$exists(${code}.Error) ? ${code}.Error : "Error"`),
  cause: expression(`$exists(${code}.Cause) and ${code}.Cause != null ? ${code}.Cause : ""`),
});

/** The shape of a Lambda function's error, so that every reader decodes one shape. */
const causeOf = (error: { name: string; message: string }): string =>
  JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: [] });

/** A longer text would not fit the field that Step Functions keeps for a cause. */
const MOST_CHARACTERS = 20_000;

/** A built-in error with a literal message, and nothing pending before it. */
function knownError(
  emission: Emission,
  site: Site<ThrowNode>,
): { name: string; message: string } | undefined {
  const { node } = site;
  const checks = planChecks(node.error, planContext(emission, site));
  const made = node.error.values[0] && bare(node.error.values[0].expression as Expression);
  if (!checks.fast || checks.guard !== undefined) return undefined;
  if (made?.type !== "NewExpression" || made.callee.type !== "Identifier" || emission.paths === "slow")
    return undefined;
  const { name } = made.callee;
  if (!ERROR_CLASSES.has(name) || emission.reader.lookup(emission.module, name)) return undefined;
  const [argument, ...more] = made.arguments;
  if (!argument) return { name, message: "" };
  if (more.length > 0 || argument.type !== "Literal" || typeof argument.value !== "string") return undefined;
  const { value: message } = argument;
  return message.isWellFormed() && message.length <= MOST_CHARACTERS ? { name, message } : undefined;
}

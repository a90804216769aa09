import type { Expression } from "oxc-parser";
import { expression } from "../../asl/expression.ts";
import type { Template } from "../../asl/types.ts";
import { ERROR_CLASSES } from "../check/builtins.ts";
import type { ThrowNode } from "../graph.ts";
import { bare } from "../parse/ast.ts";
import { ruleMaker } from "./branch.ts";
import { comment, type Emission, partName, planContext, type Site } from "./context.ts";
import { type Plan, planCause, planChecks } from "./plan.ts";
import { numbered, settledFailure } from "./settle.ts";
import { entryAssign, inlineState, NO_OUTPUT, turnOf } from "./tasks.ts";

/** `throw`: a Fail where name and message can be told in JSONata, else an inline step that throws it. */
export function emitThrow(emission: Emission, site: Site<ThrowNode>): string {
  const { target, node } = site;
  const known = knownError(emission, site);
  const rethrown = node.caught && isQuiet(emission, site) ? rethrow(`$${node.caught.variable}`) : undefined;
  const error = rethrown ?? (known && { name: known.name, cause: causeOf(known) });
  if (error) return emitFailure(emission, site, error);
  const made = madeError(emission, site);
  const cause = made?.plan.fast ? made.plan.values[0] : undefined;
  if (made && cause !== undefined && made.plan.fast && made.plan.guard === undefined)
    return emitFailure(emission, site, { name: made.name, cause });
  const inline = partName(emission, node, "inline");
  const when = made && cause !== undefined ? "guard" : "always";
  target.states[inline] = inlineState(emission, site, node.error, {
    name: inline,
    when,
    crossing: "exact",
    end: true,
    asked: made?.plan.fast ? made.plan.guard : undefined,
  });
  if (!made?.plan.fast || made.plan.guard === undefined || cause === undefined) return inline;
  emitFailure(emission, site, { name: made.name, cause });
  const check = partName(emission, node, "check");
  // The input passes on to both: the message may still read a map body's entry from it.
  const rule = { ...ruleMaker(undefined)(made.plan.guard, node.id), Output: expression("$states.input") };
  target.states[check] = {
    Type: "Choice",
    Comment: comment(emission, node.span),
    Choices: [rule],
    Default: inline,
  };
  return check;
}

/** The failure itself: for the handler, for the one who waits for the item, or of the flow. */
function emitFailure(
  emission: Emission,
  { target, node, entry }: Site<ThrowNode>,
  { name, cause }: { name: string; cause: Template },
): string {
  const where = { Comment: comment(emission, node.span) };
  if (target.handler) {
    const { next, error: caught } = target.handler;
    target.states[node.id] = {
      Type: "Pass",
      ...where,
      Assign: { ...entryAssign(entry), [caught.variable]: { Error: name, Cause: cause } },
      Output: NO_OUTPUT,
      Next: next,
    };
  } else {
    target.states[node.id] = target.settle
      ? {
          Type: "Succeed",
          ...where,
          Output: numbered(target, settledFailure(target, name, cause, turnOf(emission, node)), entry),
        }
      : { Type: "Fail", ...where, Error: name, Cause: String(cause) };
  }
  return node.id;
}

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
  const checks = planChecks(site.node.error, planContext(emission, site));
  const made = builtInError(emission, site);
  if (!made || !checks.fast || checks.guard !== undefined || emission.paths === "slow") return undefined;
  if (!made.argument) return { name: made.name, message: "" };
  if (made.argument.type !== "Literal" || typeof made.argument.value !== "string") return undefined;
  const { value: message } = made.argument;
  return message.isWellFormed() && message.length <= MOST_CHARACTERS
    ? { name: made.name, message }
    : undefined;
}

/** A built-in error whose message is computed. */
function madeError(emission: Emission, site: Site<ThrowNode>): { name: string; plan: Plan } | undefined {
  const made = builtInError(emission, site);
  if (!made) return undefined;
  const context = planContext(emission, site);
  return { name: made.name, plan: planCause(site.node.error, made.name, made.argument, context) };
}

/** `new Error(message)` of one of JavaScript's own classes. */
function builtInError(
  emission: Emission,
  { node }: Site<ThrowNode>,
): { name: string; argument: Expression | undefined } | undefined {
  const made = node.error.values[0] && bare(node.error.values[0].expression as Expression);
  if (made?.type !== "NewExpression" || made.callee.type !== "Identifier") return undefined;
  const { name } = made.callee;
  if (!ERROR_CLASSES.has(name) || emission.uses.has(made.callee)) return undefined;
  if (emission.reader.lookup(emission.module, name)) return undefined;
  const [argument, ...more] = made.arguments;
  if (more.length > 0 || argument?.type === "SpreadElement") return undefined;
  return { name, argument };
}

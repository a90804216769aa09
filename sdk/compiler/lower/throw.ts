import type { Node } from "oxc-parser";
import { ERROR_CLASSES } from "../check/builtins.ts";
import { report } from "../check/pure.ts";
import { bare } from "../parse/ast.ts";
import { hoistArguments, lowerValue } from "./awaits.ts";
import type { Lowering, Place } from "./lowering.ts";

type Throw = Extract<Node, { type: "ThrowStatement" }>;

/** Expressions whose value may be an error, which shows when it is thrown. */
const MAY_BE_ERRORS = new Set<Node["type"]>([
  "AwaitExpression",
  "CallExpression",
  "ChainExpression",
  "ConditionalExpression",
  "Identifier",
  "LogicalExpression",
  "MemberExpression",
]);

/** `throw new SomeError(message)`: any other thing that is thrown is a coded error at run time. */
export function lowerThrow(lowering: Lowering, place: Place, statement: Throw): void {
  const made = bare(statement.argument);
  const known = made.type === "Identifier" ? place.scope.find(made.name) : undefined;
  if (typeof known === "object" && known.kind === "error") {
    const error = lowering.region(place, "throw", [], statement);
    lowering.check(made, place.scope);
    const id = lowering.stateName(lowering.text(statement).replace(/;$/, ""));
    place.nodes.push({
      kind: "throw",
      id,
      span: statement,
      error: { ...error, values: [{ expression: made, spread: false }] },
      caught: known,
    });
    return;
  }
  if (
    made.type === "NewExpression" &&
    made.callee.type === "Identifier" &&
    isErrorClass(lowering, place, made.callee)
  ) {
    hoistArguments(lowering, place, made.arguments);
  } else if (MAY_BE_ERRORS.has(made.type)) lowerValue(lowering, place, statement.argument, false);
  else report(lowering.context, "RLT1312", statement.argument, "What is thrown is no error.");
  const error = lowering.region(
    place,
    "throw",
    [{ expression: statement.argument, spread: false }],
    statement,
  );
  place.nodes.push({
    kind: "throw",
    id: lowering.stateName(lowering.text(statement.argument).replace(/^new /, "throw ")),
    span: statement,
    error,
  });
}

/** A built-in error, or a class of the module; whether it is an error shows when it is thrown. */
function isErrorClass(lowering: Lowering, place: Place, callee: Node & { name: string }): boolean {
  const { name } = callee;
  if (place.scope.find(name)) return false;
  const declared = lowering.context.reader.named(callee);
  if (!declared) return ERROR_CLASSES.has(name) || name === "AggregateError";
  if (declared.kind === "package" && declared.from === "runlet") return declared.imported === "FinalError";
  return declared.kind === "class" || declared.kind === "package";
}

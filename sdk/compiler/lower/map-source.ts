import type { CallExpression, Expression, Node } from "oxc-parser";
import { s3 } from "../../flow/s3.ts";
import { formatOfKey, type S3Shape, splitPath } from "../../model/s3-source.ts";
import { isLiteralOnly } from "../check/literal.ts";
import { checkPure, report } from "../check/pure.ts";
import type { ItemsAccess } from "../graph.ts";
import { bare } from "../parse/ast.ts";
import { hoistAwaits } from "./awaits.ts";
import type { Lowering, Place } from "./lowering.ts";

/** `s3(…)`, where it is the items of a map. */
export function isS3Call(lowering: Lowering, place: Place, node: Node): node is CallExpression {
  const call = bare(node as Expression);
  if (call.type !== "CallExpression" || call.callee.type !== "Identifier") return false;
  if (place.scope.find(call.callee.name)) return false;
  const declared = lowering.context.reader.named(call.callee);
  return declared?.kind === "package" && declared.from === "runlet" && declared.imported === "s3";
}

/**
 * How the items of `s3(place, options)` lie there, which the definition says; where they are may be computed. Nothing
 * where it cannot be told from the source.
 */
export function lowerSource(lowering: Lowering, place: Place, call: CallExpression): S3Shape | undefined {
  const [at, options, ...more] = call.arguments;
  const mistakes = lowering.mistakes;
  for (const argument of call.arguments) {
    if (argument.type === "SpreadElement") continue;
    hoistAwaits(lowering, place, argument);
    checkPure(lowering.context, argument, place.scope);
  }
  if (lowering.mistakes > mistakes) return undefined;
  const refuse = (node: Node, message: string): undefined =>
    void report(lowering.context, "RLT1215", node, message);
  if (!at || at.type === "SpreadElement" || options?.type === "SpreadElement" || more.length > 0)
    return refuse(call, "s3 takes a place and options.");
  const fields = { ...fieldsOf(at), ...(options ? fieldsOf(options) : {}) };
  if (options && !fieldsOf(options)) return refuse(options, "The options of s3 are written in place.");
  const wrong = call.arguments.every((one) => isLiteralOnly(one as Expression)) ? refusedBy(call) : undefined;
  if (wrong !== undefined) return refuse(call, wrong);
  const path = fieldsOf(at) ? undefined : patternOf(lowering, at as Expression);
  const shape = shapeOf(fields);
  if (!shape) return refuse(call, "Format, delimiter, headers, pointer and limit are literals.");
  const { bucket, key, prefix } = fields;
  const split = path === undefined ? undefined : splitPath(path);
  const keys = split?.key ?? patternOf(lowering, key ?? prefix);
  const isPrefix = prefix !== undefined;
  const format = shape.format ?? (isPrefix ? "objects" : formatOfKey(keys));
  if (!format) return refuse(call, "Whether it is CSV, JSON or JSON Lines cannot be seen in the source.");
  const name = split?.bucket ?? patternOf(lowering, bucket);
  const access: ItemsAccess = {
    keys: isPrefix ? `${keys}*` : keys,
    lists: isPrefix,
    reads: format !== "objects",
  };
  if (!name.includes("*")) access.bucket = name;
  lowering.access.push(access);
  return { ...shape, format, ...(isPrefix && { below: true as const }) };
}

/** What s3 itself says of a call that is all literals. */
function refusedBy({ arguments: given }: CallExpression): string | undefined {
  const [place, options] = given.map((one) => literal(bare(one as Expression)));
  try {
    s3(place as string, options as object | undefined);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^RLT4002: | Mend: .*$/gs, "");
  }
}

type Fields = Record<string, Expression>;

/** The fields of an object that is written in place; nothing where it is none, or hides some. */
function fieldsOf(node: Node): Fields | undefined {
  const inner = bare(node as Expression);
  if (inner.type !== "ObjectExpression") return undefined;
  const fields: Fields = {};
  for (const property of inner.properties) {
    if (property.type !== "Property" || property.computed || property.key.type !== "Identifier")
      return undefined;
    fields[property.key.name] = property.value as Expression;
  }
  return fields;
}

const SHAPE_KEYS = ["format", "delimiter", "headers", "pointer", "limit"];

function shapeOf(fields: Fields): Partial<S3Shape> | undefined {
  const shape: Record<string, unknown> = {};
  for (const key of SHAPE_KEYS) {
    const node = fields[key];
    if (!node) continue;
    if (!isLiteralOnly(node)) return undefined;
    shape[key] = literal(bare(node));
  }
  return shape as Partial<S3Shape>;
}

function literal(node: Node): unknown {
  if (node.type === "Literal") return node.value;
  if (node.type === "TemplateLiteral") return node.quasis[0]?.value.cooked;
  if (node.type === "ArrayExpression")
    return node.elements.map((one) => one && literal(bare(one as Expression)));
  if (node.type !== "ObjectExpression") return undefined;
  return Object.fromEntries(
    Object.entries(fieldsOf(node) ?? {}).map(([key, value]) => [key, literal(bare(value))]),
  );
}

/** A text as far as the source says it, `*` for the rest. */
function patternOf(lowering: Lowering, node: Expression | undefined): string {
  const inner = node && bare(node);
  if (inner?.type === "Literal" && typeof inner.value === "string") return inner.value;
  if (inner?.type === "TemplateLiteral")
    return inner.quasis
      .map(
        ({ value }, i) =>
          value.cooked + (i < inner.expressions.length ? patternOf(lowering, inner.expressions[i]) : ""),
      )
      .join("");
  if (inner?.type !== "Identifier" || lowering.context.uses.has(inner)) return "*";
  const declared = lowering.context.reader.named(inner);
  return declared?.kind === "constant" && isLiteralOnly(declared.init)
    ? patternOf(lowering, declared.init)
    : "*";
}

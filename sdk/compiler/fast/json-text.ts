import type { Expression, Node } from "oxc-parser";
import { bare, memberName } from "../parse/ast.ts";
import { both, type Fast, type FastContext, here, named, strict, withGuard } from "./fast.ts";
import { translate } from "./translate.ts";

/** `JSON.stringify(x)`, and `JSON.parse` of it. */
export function ofJson(name: string, args: readonly Node[], context: FastContext): Fast | undefined {
  const [first, ...more] = args;
  if (!first || first.type === "SpreadElement" || more.length > 0) return undefined;
  if (name === "stringify") return stringified(first, context);
  const copied = name === "parse" ? copyOf(first, context) : undefined;
  const value = copied && translate(copied, context);
  if (!value || value.type === "undefined") return undefined;
  // A copy of a value of JSON is the value, but for -0.
  const copy = strict(value);
  const { signed, ...rest } = copy;
  return signed ? withGuard(rest, both(copy.guard, signed)) : copy;
}

/** What a `JSON.stringify(…)` is called with. */
function copyOf(node: Node, context: FastContext): Node | undefined {
  const call = bare(node as Expression);
  const callee = call.type === "CallExpression" ? bare(call.callee) : undefined;
  if (call.type !== "CallExpression" || callee?.type !== "MemberExpression") return undefined;
  const isJson =
    callee.object.type === "Identifier" &&
    callee.object.name === "JSON" &&
    !context.uses.has(callee.object) &&
    !context.locals.has("JSON") &&
    !context.reader.named(callee.object);
  const [argument, ...more] = call.arguments;
  return isJson && memberName(callee) === "stringify" && more.length === 0 ? argument : undefined;
}

/**
 * Texts that every engine writes alike: characters that nobody escapes (the JVM engine does some by their numbers), numbers in which no digit is lost, keys that
 * stay at their places, no reference.
 */
function stringified(node: Node, context: FastContext): Fast | undefined {
  const value = translate(node, context);
  if (!value || value.type === "undefined") return undefined;
  const x = here(strict(named(value, context)));
  const isText = x.type === "string" ? "true" : x.type === "json" ? `$type(${x.code})="string"` : "false";
  // A string by itself is written without its quotes; in an array it has them.
  const inArray: Fast = { code: `$string([${x.code}])`, type: "string", present: true };
  const plain: Fast = { code: `$string(${x.code})`, type: "string", present: true };
  const code =
    isText === "true"
      ? inArray.code
      : isText === "false"
        ? plain.code
        : `(${isText} ? ${inArray.code} : ${plain.code})`;
  const text = named({ code, type: "string", present: true }, context);
  const guard = both(
    x.guard,
    x.signed,
    text.guard,
    `$not($contains(${text.code}, /[^\\x20-\\x7e\\u00a0-\\u1fff\\u3000-\\ud7ff]/))`,
    `$not($contains(${text.code}, /[0-9][eE]|"[0-9]+":|"__proto__":|"[$]runlet[.]|\\\\u/))`,
    x.type === "string" ? undefined : `$parse(${text.code}) = (${isText} ? [${x.code}] : ${x.code})`,
  );
  const unwrapped = `$substring(${text.code}, 1, $length(${text.code}) - 2)`;
  const said =
    isText === "true"
      ? unwrapped
      : isText === "false"
        ? text.code
        : `(${isText} ? ${unwrapped} : ${text.code})`;
  return withGuard({ code: said, type: "string", present: true }, guard);
}

import type { Expression, Node } from "oxc-parser";
import { bare, memberName } from "../parse/ast.ts";
import { missingLanguage } from "../parse/language.ts";
import { FORMATS } from "./builtins.ts";
import { type CheckContext, report } from "./pure.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/**
 * Where the language stands in place, and for dates the time zone, a text is the same on every machine; a comparison
 * without one gets the language of the machine that compiles. That a value is
 * no date shows where it is a number by its form, or by options that only numbers have.
 */
export function checkLocale(
  context: CheckContext,
  receiver: Node,
  name: string,
  call: Of<"CallExpression">,
): void {
  const { arguments: args, start, end } = call;
  if (!context.loads && missingLanguage(call)) return;
  const [language, options] = name === "localeCompare" ? args.slice(1) : args;
  const isZoned = name.startsWith("toLocale") && name.endsWith("String");
  if (!isText(language))
    report(context, "RLT1311", { start, end }, `${name} depends on the machine's language.`);
  else if (
    isZoned &&
    !isText(optionOf(options, "timeZone")) &&
    !(name === "toLocaleString" && isNumber(receiver))
  )
    report(
      context,
      "RLT1311",
      { start, end },
      `${name} may depend on the machine's time zone: name one, { timeZone: "UTC" }, or write Number(x).toLocaleString(…) for a number.`,
    );
}

function optionOf(options: Node | undefined, key: string): Node | undefined {
  if (options?.type !== "ObjectExpression") return undefined;
  const found = options.properties.find(
    (one) =>
      one.type === "Property" && !one.computed && one.key.type === "Identifier" && one.key.name === key,
  );
  return found?.type === "Property" ? found.value : undefined;
}

/** A number whatever its parts are, or an error. */
function isNumber(given: Node): boolean {
  const node = bare(given as Expression);
  switch (node.type) {
    case "Literal":
      return typeof node.value === "number";
    case "BinaryExpression":
      return ["-", "*", "/", "%", "**", "|", "&", "^", "<<", ">>", ">>>"].includes(node.operator);
    case "UnaryExpression":
      return ["-", "+", "~"].includes(node.operator);
    case "MemberExpression":
      return memberName(node) === "length";
    case "CallExpression": {
      const callee = bare(node.callee);
      if (callee.type === "Identifier") return ["Number", "parseInt", "parseFloat"].includes(callee.name);
      const isMath = callee.type === "MemberExpression" && callee.object.type === "Identifier";
      return isMath && ["Math", "Number"].includes((callee.object as { name: string }).name);
    }
    default:
      return false;
  }
}

/** `new Intl.NumberFormat("en-US", { … })`: true where it is one, whatever is wrong with it. */
export function checkFormat(context: CheckContext, node: Of<"NewExpression">): boolean {
  const { callee, arguments: args } = node;
  const name = callee.type === "MemberExpression" ? (memberName(callee) ?? "") : "";
  if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return false;
  if (callee.object.name !== "Intl" || context.reader.named(callee.object) || !FORMATS.has(name))
    return false;
  const [language, options] = args;
  if (!isText(language))
    report(context, "RLT1311", node, `Intl.${name} without a language depends on the machine's.`);
  else if (name === "DateTimeFormat" && !isText(optionOf(options, "timeZone")))
    report(context, "RLT1311", node, 'Name a time zone: new Intl.DateTimeFormat("en", { timeZone: "UTC" }).');
  return true;
}

/** A language that is written in place is the same on every machine. */
const isText = (node: Node | undefined): boolean =>
  node?.type === "Literal" && typeof node.value === "string" && node.value !== "";

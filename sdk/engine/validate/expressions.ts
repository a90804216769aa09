import { expressionText, isExpression } from "../../asl/expression.ts";
import { type AstNode, JsonataSyntaxError, parse, walk } from "../jsonata-ast.ts";
import { unsafeName } from "../jsonata-harden.ts";
import { type Check, isObject, type Problems } from "./problems.ts";

/** Where a template stands decides whether `$states.errorOutput` means anything in it. */
export interface TemplatePlace {
  inCatch: boolean;
}

/** Checks every expression in a template, wherever it is nested. */
export function checkTemplate(
  value: unknown,
  location: string,
  problems: Problems,
  place: TemplatePlace = { inCatch: false },
): void {
  if (typeof value === "string") checkText(value, location, problems, place);
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      checkTemplate(item, `${location}[${index}]`, problems, place);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value))
      checkTemplate(item, `${location}/${key}`, problems, place);
  }
}

export const template: Check = (value, location, problems) => checkTemplate(value, location, problems);

function checkText(text: string, location: string, problems: Problems, place: TemplatePlace): void {
  const half = text.startsWith("{%");
  if (isExpression(text)) checkExpression(expressionText(text), location, problems, place);
  else if (half) problems.invalid(location, `The string starts with "{%" and does not end with "%}".`);
}

/** Texts that were found sound, by place: machines share most of their expressions with their earlier selves. */
const sound = { plain: new Set<string>(), inCatch: new Set<string>() };
const MAX_SOUND = 20_000;

function checkExpression(text: string, location: string, problems: Problems, place: TemplatePlace): void {
  const known = place.inCatch ? sound.inCatch : sound.plain;
  if (known.has(text)) return;
  let ast: AstNode;
  try {
    ast = parse(text).ast;
  } catch (thrown) {
    if (!(thrown instanceof JsonataSyntaxError)) throw thrown;
    // The service says it in the parser's words, without the parser's code.
    const message = thrown.message.replace(/^[A-Z]\d{4}: /, "");
    problems.invalid(location, message, "INVALID_JSONATA_EXPRESSION");
    return;
  }
  const found = problems.list.length;
  checkReferences(ast, location, problems, place);
  const name = unsafeName(ast);
  if (name !== undefined)
    problems.unsupported(location, `The engine cannot bind or build the name "${name}".`);
  if (problems.list.length > found) return;
  if (known.size >= MAX_SOUND) known.clear();
  known.add(text);
}

/** There is no input document: `$`, `$$` and bare names mean nothing outside of what gives them a context. */
function checkReferences(ast: AstNode, location: string, problems: Problems, place: TemplatePlace): void {
  const told = new Set<string>();
  const tell = (name: string): void => {
    if (told.has(name)) return;
    told.add(name);
    const message = `Reference to '${name}' ${name === "$$" ? "" : "at the top level "}is not supported.`;
    problems.invalid(location, message, "UNSUPPORTED_JSONATA_EXPRESSION");
  };
  walk(ast, (node, { hasContext }) => {
    if (node.type === "variable" && node.value === "$") tell("$$");
    if (!hasContext) {
      if (node.type === "variable" && node.value === "") tell("$");
      if (node.type === "name") tell(String(node.value));
      if (node.type === "wildcard" || node.type === "descendant") tell(String(node.value));
    }
    if (readsErrorOutput(node) && !place.inCatch) {
      const message = "Reference to '$states.errorOutput' is not supported.";
      problems.invalid(location, message, "UNSUPPORTED_JSONATA_EXPRESSION");
    }
  });
}

function readsErrorOutput(node: AstNode): boolean {
  const [first, second] = node.steps ?? [];
  return first?.type === "variable" && first.value === "states" && second?.value === "errorOutput";
}

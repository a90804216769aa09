/** True for a string that Step Functions evaluates: it starts exactly with `{%` and ends exactly with `%}`. */
export function isExpression(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("{%") && value.endsWith("%}") && value.length >= 4;
}

/** The JSONata text inside `{% … %}`. */
export const expressionText = (value: string): string => value.slice(2, -2).trim();

/** `{% text %}`. */
export const expression = (text: string): string => `{% ${text} %}`;

/**
 * A JSONata string literal: double-quoted, since `\'` is no JSONata escape, and never containing `%}`, which would end
 * the expression, nor `${`, which CloudFormation would replace.
 */
export const stringLiteral = (text: string): string =>
  JSON.stringify(text).replaceAll("%}", "\\u0025}").replaceAll("${", "\\u0024{");

/** A plain string as a template: itself, or an expression where somebody on the way would read it as one. */
export const literalTemplate = (text: string): string =>
  text.startsWith("{%") || text.endsWith("%}") || text.includes("${")
    ? expression(stringLiteral(text))
    : text;

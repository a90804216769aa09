import { expressionText, isExpression } from "../asl/expression.ts";
import type { Json } from "../model/json.ts";
import { setOwn } from "./plain.ts";

/** A field's template, taken apart once: what is constant stays one value, however often the state is entered. */
export type Compiled =
  | { kind: "constant"; value: Json }
  | { kind: "expression"; text: string; location: string }
  | { kind: "object"; entries: [string, Compiled][] }
  | { kind: "array"; items: Compiled[] };

const compiledFields = new WeakMap<object, Map<string, Compiled>>();

/** The template in `holder[field]`; `location` is how AWS names the field in causes, such as `Output`. */
export function compiledField(holder: object, field: string, location = field): Compiled {
  const fields = compiledFields.get(holder) ?? new Map<string, Compiled>();
  compiledFields.set(holder, fields);
  const compiled =
    fields.get(field) ?? compileTemplate((holder as Record<string, Json>)[field] as Json, location);
  fields.set(field, compiled);
  return compiled;
}

export function compileTemplate(template: Json, location: string): Compiled {
  if (isExpression(template)) return { kind: "expression", text: expressionText(template), location };
  if (Array.isArray(template)) {
    const items = template.map((item, index) => compileTemplate(item, `${location}[${index}]`));
    return items.every(isConstant) ? { kind: "constant", value: template } : { kind: "array", items };
  }
  if (typeof template === "object" && template !== null) {
    const entries = Object.entries(template).map(([key, item]): [string, Compiled] => [
      key,
      compileTemplate(item, `${location}/${key}`),
    ]);
    const constant = entries.every(([, item]) => isConstant(item));
    return constant ? { kind: "constant", value: template } : { kind: "object", entries };
  }
  return { kind: "constant", value: template };
}

const isConstant = (compiled: Compiled): boolean => compiled.kind === "constant";

/** How one expression is evaluated. */
export type Resolve = (text: string, location: string) => Json | Promise<Json>;

/** The template's value. Expressions are evaluated in the order in which they are written; a promise only where one is. */
export function fill(compiled: Compiled, resolve: Resolve): Json | Promise<Json> {
  switch (compiled.kind) {
    case "constant":
      return compiled.value;
    case "expression":
      return resolve(compiled.text, compiled.location);
    case "array":
      return inOrder(compiled.items, resolve, (items) => items);
    case "object":
      return inOrder(
        compiled.entries.map(([, item]) => item),
        resolve,
        (values) => {
          const result: { [key: string]: Json } = {};
          compiled.entries.forEach(([key], index) => {
            setOwn(result, key, values[index] as Json);
          });
          return result;
        },
      );
  }
}

function inOrder(
  parts: readonly Compiled[],
  resolve: Resolve,
  made: (values: Json[]) => Json,
  values: Json[] = [],
): Json | Promise<Json> {
  for (let index = values.length; index < parts.length; index++) {
    const value = fill(parts[index] as Compiled, resolve);
    if (value instanceof Promise) {
      return value.then((settled) => {
        values.push(settled);
        return inOrder(parts, resolve, made, values);
      });
    }
    values.push(value);
  }
  return made(values);
}

/** As `fill`, a promise for each part: what concurrent branches do in runs of before format 3 may depend on it. */
export async function fillLater(compiled: Compiled, resolve: Resolve): Promise<Json> {
  if (compiled.kind === "array") {
    const items: Json[] = [];
    for (const item of compiled.items) items.push(await fillLater(item, resolve));
    return items;
  }
  if (compiled.kind === "object") {
    const result: { [key: string]: Json } = {};
    for (const [key, item] of compiled.entries) setOwn(result, key, await fillLater(item, resolve));
    return result;
  }
  return compiled.kind === "constant" ? compiled.value : resolve(compiled.text, compiled.location);
}

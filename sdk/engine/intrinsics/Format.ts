import type { Json } from "../../model/json.ts";
import { count, type Intrinsic, IntrinsicError, text } from "./arguments.ts";

/** What a backslash takes as it is; before anything else it stands for itself. */
const ESCAPED = "'{}\\";

/**
 * `States.Format('Hello {}', $.name)`: each `{}` takes the next argument, `\{` and `\}` stand for themselves. Objects
 * and arrays are printed as Java does (recorded): `{Arg1=1, Arg2=[]}`.
 */
export const format: Intrinsic = (args, { raw }) => {
  count(args, 1, Number.POSITIVE_INFINITY);
  const template = raw[0] ?? text(args, 0);
  const values = args.slice(1);
  let used = 0;
  let result = "";
  for (let at = 0; at < template.length; at++) {
    const character = template[at] ?? "";
    if (character === "\\" && ESCAPED.includes(template[at + 1] ?? " ")) result += template[++at] ?? "";
    else if (character === "{" && template[at + 1] === "}") {
      at++;
      const value = values[used++];
      if (value === undefined) throw mismatch(used, values.length);
      result += printed(value);
    } else result += character;
  }
  if (used < values.length) throw mismatch(used, values.length);
  return result;
};

const mismatch = (places: number, values: number): IntrinsicError =>
  new IntrinsicError(`The template has ${places} or more occurrences of {}, and there are ${values} values.`);

function printed(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(printed).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${printed(item)}`)
      .join(", ")}}`;
  }
  return String(value);
}

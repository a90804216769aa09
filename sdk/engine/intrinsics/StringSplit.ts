import { count, type Intrinsic, text } from "./arguments.ts";

/** Splits at every character of the second text and drops empty parts (recorded: `,,,,` at `,` is `[]`). */
export const stringSplit: Intrinsic = (args) => {
  count(args, 2);
  const delimiters = new Set(text(args, 1));
  const parts: string[] = [];
  let part = "";
  for (const character of `${text(args, 0)}`) {
    if (!delimiters.has(character)) part += character;
    else {
      parts.push(part);
      part = "";
    }
  }
  return [...parts, part].filter((found) => found !== "");
};

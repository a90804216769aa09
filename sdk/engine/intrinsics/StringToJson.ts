import type { Json } from "../../model/json.ts";
import { count, type Intrinsic, IntrinsicError, text } from "./arguments.ts";

/** The value that a text of JSON stands for; a blank text is null (recorded). */
export const stringToJson: Intrinsic = (args) => {
  count(args, 1);
  const source = text(args, 0);
  if (source.trim() === "") return null;
  try {
    return JSON.parse(source) as Json;
  } catch {
    throw new IntrinsicError("The text is not JSON.");
  }
};

import { count, type Intrinsic, short, text } from "./arguments.ts";

export const base64Encode: Intrinsic = (args) => {
  count(args, 1);
  return Buffer.from(short(text(args, 0)), "utf8").toString("base64");
};

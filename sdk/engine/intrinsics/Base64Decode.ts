import { count, type Intrinsic, IntrinsicError, short, text } from "./arguments.ts";

export const base64Decode: Intrinsic = (args) => {
  count(args, 1);
  const encoded = short(text(args, 0));
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) throw new IntrinsicError("The text is not Base64.");
  return Buffer.from(encoded, "base64").toString("utf8");
};

import { createHash } from "node:crypto";
import { count, type Intrinsic, IntrinsicError, short, text } from "./arguments.ts";

const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ["MD5", "md5"],
  ["SHA-1", "sha1"],
  ["SHA-256", "sha256"],
  ["SHA-384", "sha384"],
  ["SHA-512", "sha512"],
]);

/** `States.Hash('text', 'SHA-256')`, in hexadecimal. */
export const hash: Intrinsic = (args) => {
  count(args, 2);
  const data = short(text(args, 0));
  const algorithm = ALGORITHMS.get(text(args, 1));
  if (!algorithm) throw new IntrinsicError(`There is no hash algorithm '${text(args, 1)}'.`);
  return createHash(algorithm).update(data, "utf8").digest("hex");
};

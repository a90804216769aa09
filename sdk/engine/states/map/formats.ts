import { gunzipSync } from "node:zlib";
import * as files from "../../../model/item-files.ts";
import { isPlainObject, type Json } from "../../../model/json.ts";
import { StateFailure } from "../../errors.ts";

/** What the files of an ItemReader hold; a file that cannot be read fails the Map. */

export const readerFailure = (cause: string): StateFailure =>
  new StateFailure({ error: "States.ItemReaderFailed", cause });

const failing =
  <Args extends unknown[], Result>(parse: (...args: Args) => Result) =>
  (...args: Args): Result => {
    try {
      return parse(...args);
    } catch (error) {
      throw readerFailure((error as Error).message);
    }
  };

export const parseJson = failing(files.parseJson);
export const parseLines = failing(files.parseLines);
export const atPointer = failing(files.atPointer);
export const parseCsv = failing(files.parseCsv);

/** The bytes of an object: `Body`, or `Body` in Base64 where `BodyEncoding` says so. */
export function bodyBytes(answer: Json): Buffer {
  const { Body: body, BodyEncoding: encoding } = isPlainObject(answer) ? answer : {};
  if (typeof body !== "string") throw readerFailure("The object has no Body.");
  return Buffer.from(body, encoding === "base64" ? "base64" : "utf8");
}

/** The text of an object; gzip is unpacked. */
export const bodyText = (answer: Json): string => files.itemText(bodyBytes(answer), gunzipSync);

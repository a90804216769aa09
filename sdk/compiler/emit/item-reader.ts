import { expression } from "../../asl/expression.ts";
import type { MapState } from "../../asl/types.ts";
import { CSV_DELIMITERS } from "../../model/item-files.ts";
import { ITEMS_KEY } from "../../model/protocol.ts";
import { RESERVED_IN_TEXT, type S3Shape } from "../../model/s3-source.ts";
import type { MapNode } from "../graph.ts";
import { RAISE, SLOW } from "./tasks.ts";

/** Where the inline step before a distributed Map says that the items are. */
export const FILE = `${SLOW}.\`${ITEMS_KEY}\``;

type Reader = NonNullable<MapState["ItemReader"]>;

/** Who reads the items of a distributed Map: those that an inline step has written, or those of the author. */
export function readerOf({ source }: MapNode): Reader {
  const at = (...fields: string[]): Record<string, string> =>
    Object.fromEntries(fields.map((field) => [field, expression(`${FILE}.${field}`)]));
  if (!source) return { Resource: GET, Arguments: at("Bucket", "Key"), ReaderConfig: { InputType: "JSON" } };
  const { limit } = source;
  const most = limit === undefined ? {} : { MaxItems: limit };
  if (!source.below)
    return { Resource: GET, Arguments: at("Bucket", "Key"), ReaderConfig: { ...formatOf(source), ...most } };
  const lists = { Resource: "arn:aws:states:::s3:listObjectsV2", Arguments: at("Bucket", "Prefix") };
  if (source.format === "objects") return limit === undefined ? lists : { ...lists, ReaderConfig: most };
  return { ...lists, ReaderConfig: { ...formatOf(source), Transformation: "LOAD_AND_FLATTEN", ...most } };
}

const GET = "arn:aws:states:::s3:getObject";

function formatOf({ format, delimiter, headers, pointer }: S3Shape): Record<string, string | string[]> {
  if (format !== "csv")
    return { InputType: format.toUpperCase(), ...(pointer === undefined ? {} : { ItemsPointer: pointer }) };
  const [name = "COMMA"] = Object.entries(CSV_DELIMITERS).find(([, one]) => one === delimiter) ?? [];
  return {
    InputType: "CSV",
    CSVDelimiter: name,
    ...(headers
      ? { CSVHeaderLocation: "GIVEN", CSVHeaders: [...headers] }
      : { CSVHeaderLocation: "FIRST_ROW" }),
  };
}

/**
 * An item as the task gets it, if it may be one: what holds one of Runlet's marks could be taken for one, and the
 * pairs of an object are no list. Else the Map fails, before anything is called.
 */
export function storedItem({ format }: S3Shape): string {
  const value = "$states.context.Map.Item.Value";
  if (format === "objects")
    return expression(`{"bucket": ${FILE}.Bucket, "key": ${value}.Key, "size": ${value}.Size}`);
  const isMarked = `$contains($string([${value}]), ${JSON.stringify(RESERVED_IN_TEXT)})`;
  return expression(`$exists($states.context.Map.Item.Key) or ${isMarked} ? ${RAISE} : ${value}`);
}

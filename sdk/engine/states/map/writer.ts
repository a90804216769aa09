import type { MapState } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry } from "../../entry.ts";
import { fieldsOf } from "../../fields.ts";
import { PUT_OBJECT } from "../../resources.ts";
import { described } from "./children.ts";
import type { Child, MapRun } from "./map-run.ts";
import { callStore, storeArguments } from "./store.ts";

/** What the Map puts out: the children's outputs, or where a ResultWriter has put them. */
export async function writeResults(
  entry: Entry<MapState>,
  mapRun: MapRun,
  children: readonly Child[],
): Promise<Json> {
  const { ResultWriter: writer } = fieldsOf(entry.state);
  const config = writer?.WriterConfig ?? {};
  if (writer?.Resource === undefined) return transformed(children, config.Transformation ?? "COMPACT");
  const { Bucket: bucket = "", Prefix: prefix = "" } = await storeArguments(entry, "ResultWriter");
  const folder = `${prefix === "" ? "" : `${String(prefix)}/`}${mapRun.uuid}`;
  const put = async (key: string, body: string): Promise<{ Key: string; Size: number }> => {
    await callStore(entry, PUT_OBJECT, { Bucket: bucket, Key: key, Body: body }, "States.ResultWriterFailed");
    return { Key: key, Size: Buffer.byteLength(body) };
  };
  const lines = config.OutputType === "JSONL";
  const files: Record<"FAILED" | "PENDING" | "SUCCEEDED", Json[]> = {
    FAILED: [],
    PENDING: [],
    SUCCEEDED: [],
  };
  for (const status of ["FAILED", "SUCCEEDED"] as const) {
    const ended = children.filter(({ result }) => "output" in result === (status === "SUCCEEDED"));
    if (ended.length === 0) continue;
    const results = transformed(ended, config.Transformation ?? "NONE");
    const body = lines
      ? results.map((item) => `${JSON.stringify(item)}\n`).join("")
      : JSON.stringify(results);
    files[status].push(await put(`${folder}/${status}_0.${lines ? "jsonl" : "json"}`, body));
  }
  const key = `${folder}/manifest.json`;
  await put(key, JSON.stringify({ DestinationBucket: bucket, MapRunArn: mapRun.arn, ResultFiles: files }));
  return { MapRunArn: mapRun.arn, ResultWriterDetails: { Bucket: bucket, Key: key } };
}

/** A child that failed is described in full, whatever the transformation. */
function transformed(children: readonly Child[], transformation: string): Json[] {
  return children.flatMap((child): Json[] => {
    const { result } = child;
    if (transformation === "NONE" || !("output" in result)) return [described(child)];
    const output = JSON.parse(result.output) as Json;
    return transformation === "FLATTEN" && Array.isArray(output) ? output : [output];
  });
}

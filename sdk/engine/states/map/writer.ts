import type { MapState } from "../../../asl/types.ts";
import type { Json } from "../../../model/json.ts";
import type { Entry } from "../../entry.ts";
import { fieldsOf } from "../../fields.ts";
import { PUT_OBJECT } from "../../resources.ts";
import type { Child, ChildFacts, Failed, MapRun } from "./map-run.ts";
import { callStore, storeArguments } from "./store.ts";

/** How results are put out; `NONE` describes each child in full. */
export function transformationOf(state: MapState): string {
  const { ResultWriter: writer } = fieldsOf(state);
  return writer?.WriterConfig?.Transformation ?? (writer?.Resource === undefined ? "COMPACT" : "NONE");
}

/** What the Map puts out: the children's outputs, or where a ResultWriter has put them. */
export async function writeResults(
  entry: Entry<MapState>,
  mapRun: MapRun,
  children: readonly Child[],
): Promise<Json> {
  const { ResultWriter: writer } = fieldsOf(entry.state);
  const transformation = transformationOf(entry.state);
  if (writer?.Resource === undefined) return transformed(children, transformation);
  const { Bucket: bucket = "", Prefix: prefix = "" } = await storeArguments(entry, "ResultWriter");
  const folder = `${prefix === "" ? "" : `${String(prefix)}/`}${mapRun.uuid}`;
  const put = async (key: string, body: string): Promise<{ Key: string; Size: number }> => {
    await callStore(entry, PUT_OBJECT, { Bucket: bucket, Key: key, Body: body }, "States.ResultWriterFailed");
    return { Key: key, Size: Buffer.byteLength(body) };
  };
  const lines = writer.WriterConfig?.OutputType === "JSONL";
  const files: Record<"FAILED" | "PENDING" | "SUCCEEDED", Json[]> = {
    FAILED: [],
    PENDING: [],
    SUCCEEDED: [],
  };
  for (const status of ["FAILED", "SUCCEEDED"] as const) {
    const ended = children.filter(({ result }) => "output" in result === (status === "SUCCEEDED"));
    if (ended.length === 0) continue;
    const results = transformed(ended, transformation);
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
  return children.flatMap(({ result, facts }): Json[] => {
    if (facts && (transformation === "NONE" || !("output" in result))) return [described(result, facts)];
    const output = JSON.parse((result as { output: string }).output) as Json;
    return transformation === "FLATTEN" && Array.isArray(output) ? output : [output];
  });
}

/** A child with all that is known of it, in the words of an export. */
function described(result: Child["result"], facts: ChildFacts): Json {
  const { arn, name, stateMachineArn, input, startTime, stopTime, redriveCount } = facts;
  return {
    ExecutionArn: arn,
    Input: input,
    InputDetails: { Included: true },
    Name: name,
    ...("output" in result ? { Output: result.output, OutputDetails: { Included: true } } : failure(result)),
    RedriveCount: redriveCount,
    RedriveStatus: "output" in result ? "NOT_REDRIVABLE" : "REDRIVABLE_BY_MAP_RUN",
    StartDate: new Date(startTime).toISOString(),
    StateMachineArn: stateMachineArn,
    Status: "output" in result ? "SUCCEEDED" : result.status,
    StopDate: new Date(stopTime).toISOString(),
  };
}

function failure({ error, cause }: Failed): { Error: Json; Cause: Json } {
  return { Error: error ?? null, Cause: cause ?? null };
}

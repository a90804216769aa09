import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { IntegrationCall, Outcome } from "../../../sdk/engine/index.ts";
import type { Json } from "../../../sdk/model/json.ts";
import { runOne } from "../jsonpath/machine.ts";
import { bad, chain, LAMBDA, machine, ok, output, run } from "../run.ts";
import { taskInside as call, distributed as map } from "./distributed.ts";

const GET = "arn:aws:states:::s3:getObject";
const LIST = "arn:aws:states:::s3:listObjectsV2";
const PUT = "arn:aws:states:::s3:putObject";

/** An object store: address -> text. */
const store =
  (files: Record<string, string>, written: Record<string, string> = {}) =>
  ({ resource, arguments: args }: IntegrationCall): Outcome => {
    const { Bucket, Key, Body } = args as Record<string, string>;
    if (resource === PUT) {
      written[`${Bucket}/${Key}`] = Body ?? "";
      return ok({});
    }
    const body = files[`${Bucket}/${Key}`];
    return body === undefined ? bad("S3.NoSuchKey", "The specified key does not exist.") : ok({ Body: body });
  };

describe("ItemReader", () => {
  const read = (config: object, text: string, more: object = {}, input: Json = { b: "bucket" }) =>
    runOne(
      map({
        ItemReader: { Resource: GET, Parameters: { "Bucket.$": "$.b", Key: "k" }, ReaderConfig: config },
        ...more,
      }),
      input,
      { integration: store({ "bucket/k": text }) },
    );

  test.each<[string, object, string, Json]>([
    ["JSON", { InputType: "JSON" }, "[1,{}]", [1, {}]],
    ["a part of JSON", { InputType: "JSON", ItemsPointer: "/a/1~1b" }, '{"a":{"1/b":[5]}}', [5]],
    ["an object in JSON", { InputType: "JSON" }, '{"a":1}', [{ Key: "a", Value: 1 }]],
    ["JSON lines", { InputType: "JSONL" }, '1\n\n{"a":2}\n', [1, { a: 2 }]],
    [
      "CSV with its headers, short and long rows",
      { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW" },
      'a,b\r\n1,"x, ""y"""\r\n2\r\n3,4,5\r\n',
      [
        { a: "1", b: 'x, "y"' },
        { a: "2", b: "" },
        { a: "3", b: "4" },
      ],
    ],
    [
      "CSV with given headers",
      { InputType: "CSV", CSVHeaderLocation: "GIVEN", CSVHeaders: ["c"], CSVDelimiter: "TAB" },
      "1\t2",
      [{ c: "1" }],
    ],
    ["at most so many", { InputType: "JSON", MaxItems: 2 }, "[1,2,3]", [1, 2]],
    ["0 stands for all", { InputType: "JSON", MaxItems: 0 }, "[1,2,3]", [1, 2, 3]],
  ])("%s", async (_what, config, text, expected) => {
    expect(output(await read(config, text))).toEqual(expected);
  });

  test("ItemsPath is ignored, the length in the history is 0, the source is named", async () => {
    const more = { ItemsPath: "$.nothing", ItemSelector: { "s.$": "$$.Map.Item.Source" } };
    const ran = await read({ InputType: "JSON" }, "[1]", more);
    expect(output(ran)).toEqual([{ s: "S3://bucket/k" }]);
    expect(ran.execution.history[2]?.mapStateStartedEventDetails).toEqual({ length: 0 });
  });

  test.each<[string, object, string, string]>([
    [
      "a pointer to nothing", // V55
      { InputType: "JSON", ItemsPointer: "/a/b" },
      '{"a":1}',
      "The provided ReaderConfig.ItemsPointer does not match any valid path in the JSON structure.",
    ],
    ["no items", { InputType: "JSON" }, "1", "Attempting to map over non-iterable node."],
    [
      "headers twice",
      { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW" },
      "a,a",
      "CSV headers cannot contain duplicates.",
    ],
    ["fewer than none", { InputType: "JSON", MaxItems: -1 }, "[1]", "field MaxItems must be positive"],
    ["no JSON", { InputType: "JSON" }, "{", "The file is not valid JSON."],
  ])("%s", async (_what, config, text, cause) => {
    const ran = await read(config, text);
    expect(ran.result).toEqual({ status: "FAILED", error: "States.ItemReaderFailed", cause });
    expect(chain(ran).slice(-4)).toEqual([
      "4 MapRunStarted <- 3",
      "5 MapRunFailed <- 4",
      "6 MapStateFailed <- 5",
      "7 ExecutionFailed <- 6",
    ]);
  });

  test("an object that is not there", async () => {
    const ran = await read({ InputType: "JSON" }, "", {}, { b: "other" });
    expect(ran.result).toMatchObject({
      error: "States.ItemReaderFailed",
      cause: "The specified key does not exist.",
    });
  });

  test("a list of objects, page by page", async () => {
    const pages: Record<string, Json> = {
      "": { Contents: [{ Key: "a" }, { Key: "b" }], NextContinuationToken: "2" },
      "2": { Contents: [{ Key: "c" }] },
    };
    const ran = await runOne(
      map({ ItemReader: { Resource: LIST, Parameters: { Bucket: "x", Prefix: "p" } } }),
      {},
      {
        integration: ({ arguments: args }) =>
          ok(pages[String((args as Record<string, string>)["ContinuationToken"] ?? "")] ?? null),
      },
    );
    expect(output(ran)).toEqual([{ Key: "a" }, { Key: "b" }, { Key: "c" }]);
  });

  test("a list whose objects are read, one after the other", async () => {
    const files: Record<string, string> = { "x/a": "1\n2", "x/b": "3", "x/c": "4\n5" };
    const objects = store(files);
    const ran = await runOne(
      map({
        ItemReader: {
          Resource: LIST,
          Parameters: { Bucket: "x" },
          ReaderConfig: { InputType: "JSONL", Transformation: "LOAD_AND_FLATTEN", MaxItems: 4 },
        },
        ItemSelector: { "v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index", "s.$": "$$.Map.Item.Source" },
      }),
      {},
      {
        integration: (call) =>
          call.resource === LIST
            ? ok({ Contents: [{ Key: "a" }, { Key: "b" }, { Key: "c" }] })
            : objects(call),
      },
    );
    expect(output(ran)).toEqual([
      { v: 1, i: 0, s: "S3://x/a" },
      { v: 2, i: 1, s: "S3://x/a" },
      { v: 3, i: 2, s: "S3://x/b" },
      { v: 4, i: 3, s: "S3://x/c" },
    ]);
  });

  // docs/verify-on-aws.md V19, and the table of formats above
  test("an inventory: a manifest, its packed files, its columns", async () => {
    const manifest = {
      destinationBucket: "arn:aws:s3:::inv",
      fileFormat: "CSV",
      fileSchema: "Bucket, Key",
      files: [{ key: "one.csv.gz" }],
    };
    const ran = await run(
      machine({
        M: map({
          ItemReader: {
            Resource: GET,
            Arguments: { Bucket: "m", Key: "{% $states.input %}" },
            ReaderConfig: { InputType: "MANIFEST" },
          },
        }),
      } as never),
      {
        input: "manifest.json",
        integration: ({ arguments: args }) =>
          (args as Record<string, string>)["Bucket"] === "m"
            ? ok({ Body: JSON.stringify(manifest) })
            : ok({ Body: gzipSync('"b","k1"\n"b","k2"\n').toString("base64"), BodyEncoding: "base64" }),
      },
    );
    expect(output(ran)).toEqual([
      { Bucket: "b", Key: "k1" },
      { Bucket: "b", Key: "k2" },
    ]);
  });
});

// The ItemReader page of the developer guide: ManifestType ATHENA_DATA, and the InputType of the data files.
describe("what an UNLOAD of Athena wrote", () => {
  const reader = (config: object) => ({
    Resource: GET,
    Parameters: { Bucket: "m", Key: "q-manifest.csv" },
    ReaderConfig: { ManifestType: "ATHENA_DATA", ...config },
  });
  const files = {
    "m/q-manifest.csv": "s3://data/a/1\ns3://data/a/2\n",
    "data/a/1": "1,x\n2,y\n",
    "data/a/2": "3,z\n",
  };
  const given = { InputType: "CSV", CSVHeaderLocation: "GIVEN", CSVHeaders: ["n", "t"] };
  test("a manifest of addresses, its files one after the other", async () => {
    const ran = await runOne(
      map({
        ItemReader: reader({ ...given, MaxItems: 3 }),
        ItemSelector: {
          "v.$": "$$.Map.Item.Value.n",
          "i.$": "$$.Map.Item.Index",
          "s.$": "$$.Map.Item.Source",
        },
      }),
      {},
      { integration: store(files) },
    );
    expect(output(ran)).toEqual([
      { v: "1", i: 0, s: "S3://data/a/1" },
      { v: "2", i: 1, s: "S3://data/a/1" },
      { v: "3", i: 2, s: "S3://data/a/2" },
    ]);
  });
  test("a manifest that has no addresses", async () => {
    const ran = await runOne(
      map({ ItemReader: reader(given) }),
      {},
      {
        integration: store({ ...files, "m/q-manifest.csv": "a/1\n" }),
      },
    );
    expect(ran.result).toMatchObject({ status: "FAILED", error: "States.ItemReaderFailed" });
  });
});

describe("ResultWriter", () => {
  test("files by status and a manifest; the Map says where", async () => {
    const written: Record<string, string> = {};
    const objects = store({}, written);
    const ran = await runOne(
      map(
        {
          ToleratedFailureCount: 1,
          ResultWriter: { Resource: PUT, Parameters: { Bucket: "out", Prefix: "jobs" } },
        },
        call,
      ),
      [1, 2],
      {
        integration: (request) =>
          request.resource === LAMBDA ? (request.arguments === 1 ? bad("E") : ok("two")) : objects(request),
      },
    );
    const result = output(ran) as { MapRunArn: string; ResultWriterDetails: { Key: string } };
    const folder = `jobs/${result.MapRunArn.split(":").at(-1)}`;
    expect(result.ResultWriterDetails).toEqual({ Bucket: "out", Key: `${folder}/manifest.json` });
    const manifest = JSON.parse(written[`out/${folder}/manifest.json`] ?? "") as Record<string, unknown>;
    expect(manifest).toMatchObject({
      DestinationBucket: "out",
      ResultFiles: {
        FAILED: [{ Key: `${folder}/FAILED_0.json` }],
        PENDING: [],
        SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.json` }],
      },
    });
    expect(JSON.parse(written[`out/${folder}/SUCCEEDED_0.json`] ?? "")).toMatchObject([
      { Input: "2", Output: '"two"', Status: "SUCCEEDED", RedriveCount: 0 },
    ]);
  });

  test("a transformation alone shapes the Map's output", async () => {
    const state = map({ ResultWriter: { WriterConfig: { Transformation: "FLATTEN", OutputType: "JSON" } } });
    expect(output(await runOne(state, [[1, 2], 3]))).toEqual([1, 2, 3]);
  });

  test("a store that refuses fails the Map", async () => {
    const state = map({ ResultWriter: { Resource: PUT, Parameters: { Bucket: "b" } } });
    const ran = await runOne(state, [1], { integration: () => bad("S3.AccessDenied", "no") });
    expect(ran.result).toEqual({ status: "FAILED", error: "States.ResultWriterFailed", cause: "no" });
  });
});

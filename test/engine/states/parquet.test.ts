import { describe, expect, test } from "vitest";
import type { Json } from "../../../sdk/model/json.ts";
import { runOne } from "../jsonpath/machine.ts";
import { ok } from "../run.ts";
import { distributed as map } from "./distributed.ts";
import { PARQUET } from "./parquet-files.ts";

const read = async (body: string, config: object = {}) => {
  const { result } = await runOne(
    map({
      ItemReader: {
        Resource: "arn:aws:states:::s3:getObject",
        Parameters: { Bucket: "b", Key: "k" },
        ReaderConfig: { InputType: "PARQUET", ...config },
      },
    }),
    {},
    { integration: () => ok({ Body: body, BodyEncoding: "base64" }) },
  );
  return result;
};

const none = { name: null, ok: null, x: null, tags: null, at: null };
const rows: Json = [
  { id: 1, big: 1, name: "a", ok: true, x: 0.5, tags: ["p", "q"], at: { lat: 1.5, lon: null } },
  { id: 2, big: 2 ** 53 - 1, name: 'é"', ok: false, x: -1e300, tags: [], at: { lat: 2, lon: 3 } },
  { id: 3, big: null, ...none },
];

const hasZstd = "zstdDecompressSync" in (await import("node:zlib"));

// V42: the ItemReader page names PARQUET; what becomes of its types it does not say.
describe("V42 an ItemReader of Parquet", () => {
  test("a row is an object, over row groups; a missing value is null", async () => {
    expect(await read(PARQUET.snappy)).toMatchObject({ status: "SUCCEEDED", output: rows });
  });

  test.each([
    ["gzip", PARQUET.gzip],
    ["Brotli", PARQUET.brotli],
    ...(hasZstd ? [["Zstandard", PARQUET.zstd]] : []),
  ] as [string, string][])("%s", async (_codec, file) => {
    expect(await read(file)).toMatchObject({ output: [{ id: 1 }, { id: 2 }, { id: 3 }] });
  });

  test("at most so many rows; a file without rows; whole numbers without a sign", async () => {
    expect(await read(PARQUET.snappy, { MaxItems: 1 })).toMatchObject({
      output: (rows as Json[]).slice(0, 1),
    });
    expect(await read(PARQUET.none)).toMatchObject({ status: "SUCCEEDED", output: [] });
    expect(await read(PARQUET.unsigned)).toMatchObject({ output: [{ unsigned: 2 ** 32 - 1 }] });
    expect(await read(PARQUET.empty)).toMatchObject({ output: [{ empty: null }] });
  });

  test.each([
    ["LZ4", PARQUET.lz4, "the compression LZ4"],
    ["a date", PARQUET.date, "columns of DATE ('date')"],
    ["an instant", PARQUET.time, "columns of TIMESTAMP ('time')"],
    ["a decimal", PARQUET.decimal, "columns of DECIMAL ('decimal')"],
    ["bytes", PARQUET.bytes, "columns of BYTE_ARRAY ('bytes')"],
    ["32-bit numbers", PARQUET.float, "columns of FLOAT ('float')"],
    ["a map", PARQUET.map, "columns of MAP ('map')"],
    ["a whole number too large", PARQUET.over, "whole numbers above 2^53"],
    ["NaN", PARQUET.nan, "numbers that JSON has not (NaN)"],
    ["__proto__", PARQUET.proto, "a column named __proto__"],
  ])("what JSON cannot tell is refused: %s", async (_what, file, cause) => {
    const answer = await read(file);
    expect(answer).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    expect((answer as { cause: string }).cause).toContain(
      `RLT3002: The engine does not read Parquet with ${cause}`,
    );
  });

  test.each([
    ["no Parquet", Buffer.from("PAR0 nothing").toString("base64")],
    ["nothing", ""],
    ["half a file", Buffer.from(Buffer.from(PARQUET.snappy, "base64").subarray(0, 900)).toString("base64")],
    [
      "a file with another footer",
      Buffer.from(PARQUET.snappy, "base64").fill(7, 100, 300).toString("base64"),
    ],
  ])("a file that is none fails the reader: %s", async (_what, file) => {
    expect(await read(file)).toMatchObject({ status: "FAILED", error: "States.ItemReaderFailed" });
  });
});

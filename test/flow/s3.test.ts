import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readItems } from "../../sdk/flow/read-items.ts";
import { s3, s3SourceOf } from "../../sdk/flow/s3.ts";
import type { S3Source } from "../../sdk/model/s3-source.ts";

const source = (...given: Parameters<typeof s3>): S3Source => s3SourceOf(s3(...given)) as S3Source;

describe("s3(…)", () => {
  it("takes a path, a key or a prefix; the ending says the format", () => {
    expect(source("exports/a/b.CSV")).toEqual({ bucket: "exports", key: "a/b.CSV", format: "csv" });
    expect(source("s3://exports/a.ndjson", { limit: 3 })).toMatchObject({ format: "jsonl", limit: 3 });
    expect(source({ bucket: "b", key: "k", format: "json", pointer: "/rows" })).toMatchObject({
      pointer: "/rows",
    });
    expect(source({ bucket: "b", prefix: "" })).toEqual({
      bucket: "b",
      prefix: "",
      format: "objects",
      below: true,
    });
    expect(source({ bucket: "b", prefix: "p/", format: "csv" })).toMatchObject({
      format: "csv",
      below: true,
    });
  });

  it.each<[string, unknown, unknown?]>([
    ["no key", "bucket"],
    ["no bucket", "/key.csv"],
    ["nothing", undefined],
    ["a format that the ending does not say", "b/key"],
    ["an unknown option", "b/k.csv", { delimeter: ";" }],
    ["an unknown format", "b/k", { format: "parquet" }],
    ["key and prefix", { bucket: "b", key: "k.csv", prefix: "p" }],
    ["a delimiter of JSON", "b/k.json", { delimiter: ";" }],
    ["a delimiter that there is not", "b/k.csv", { delimiter: "#" }],
    ["headers twice", "b/k.csv", { headers: ["a", "a"] }],
    ["a pointer of CSV", "b/k.csv", { pointer: "/a" }],
    ["a pointer that begins nowhere", "b/k.json", { pointer: "a" }],
    ["no items", "b/k.csv", { limit: 0 }],
  ])("refuses %s", (_, place, options) => {
    expect(() => s3(place as string, options as object)).toThrow(
      /^RLT4002: s3\(…\) cannot be read from: .*bucket/s,
    );
  });
});

/** What S3 says over HTTP, as far as items are read: objects by path, and a listing in two pages. */
function answerAsS3(path: string, query: URLSearchParams): [number, string] {
  if (query.get("list-type") === "2") {
    const isSecond = query.get("continuation-token") === "more";
    const contents = (isSecond ? ["in/b.csv"] : ["in/a.csv"])
      .map((key) => `<Contents><Key>${key}</Key><Size>4</Size></Contents>`)
      .join("");
    const more = isSecond
      ? "<IsTruncated>false</IsTruncated>"
      : "<IsTruncated>true</IsTruncated><NextContinuationToken>more</NextContinuationToken>";
    return [200, `<?xml version="1.0"?><ListBucketResult>${more}${contents}</ListBucketResult>`];
  }
  const body = { "/shop/in/a.csv": "n\n1\n", "/shop/in/b.csv": "n\n2\n" }[path];
  return body === undefined
    ? [404, '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>none</Message></Error>']
    : [200, body];
}

describe("items by the AWS SDK, in plain Node", () => {
  let server: Server;
  const before = { ...process.env };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://s3");
      const [status, body] = answerAsS3(url.pathname, url.searchParams);
      response.writeHead(status, { "content-type": "application/xml" }).end(body);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    delete process.env["RUNLET_OBJECTS"];
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
  });
  afterAll(async () => {
    process.env = before;
    await new Promise((done) => server.close(done));
  });

  it("reads an object, lists a prefix page by page, and reads all below it", async () => {
    expect(await readItems(source("shop/in/a.csv"))).toEqual([{ n: "1" }]);
    expect(await readItems(source({ bucket: "shop", prefix: "in/" }))).toEqual([
      { bucket: "shop", key: "in/a.csv", size: 4 },
      { bucket: "shop", key: "in/b.csv", size: 4 },
    ]);
    expect(await readItems(source({ bucket: "shop", prefix: "in/", format: "csv" }))).toEqual([
      { n: "1" },
      { n: "2" },
    ]);
  });

  it("says what was missing, with the SDK's error as the cause", async () => {
    await expect(readItems(source("shop/none.csv"))).rejects.toMatchObject({
      code: "RLT3008",
      cause: { name: "NoSuchKey" },
    });
  });
});

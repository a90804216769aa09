import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AwsSolutionsChecks } from "cdk-nag";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../sdk/model/manifest.ts";
import { type Fixture, makeApp, makeFixture, synthesize } from "./synth.ts";

const ACCESS: Manifest["flows"][string]["access"] = [
  { bucket: "exports", keys: "orders/2026.csv", lists: false, reads: true },
  { bucket: "invoices", keys: "in/*", lists: true, reads: false },
  { keys: "any/*", lists: false, reads: true },
];

describe("a flow whose maps read items in S3", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await makeFixture();
    const file = join(fixture.build, "manifest.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    const [flow] = Object.values(manifest.flows);
    if (flow) flow.access = ACCESS;
    writeFileSync(file, JSON.stringify(manifest));
  });
  afterAll(() => fixture.remove());

  it("may read those objects and list those prefixes, and nothing else", () => {
    const { Resources } = synthesize(fixture, { itemBuckets: ["given"] });
    const statements = Object.entries(Resources)
      .filter(([id]) => /^ProjectFlow.*Role/.test(id))
      .flatMap(([, { Properties }]) => JSON.parse(JSON.stringify(Properties["Policies"] ?? [])) as unknown[])
      .flatMap((policy) => (policy as { PolicyDocument: { Statement: unknown[] } }).PolicyDocument.Statement);
    const text = statements
      .map((one) => JSON.stringify(one))
      .filter((one) => /exports|invoices|given/.test(one));
    expect(
      text.map((one) =>
        one.replaceAll(
          /\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},":s3:::([^"]+)"\]\]\}/g,
          '"$1"',
        ),
      ),
    ).toEqual([
      '{"Action":"s3:GetObject","Effect":"Allow","Resource":"exports/orders/2026.csv"}',
      '{"Action":"s3:ListBucket","Effect":"Allow","Resource":"exports"}',
      '{"Action":"s3:ListBucket","Condition":{"StringLike":{"s3:prefix":"in/*"}},"Effect":"Allow","Resource":"invoices"}',
      '{"Action":"s3:GetObject","Effect":"Allow","Resource":"given/any/*"}',
      '{"Action":"s3:ListBucket","Effect":"Allow","Resource":"given"}',
    ]);
  });

  it("does not pass where nobody says which bucket it is", () => {
    expect(() => synthesize(fixture)).toThrow(
      /RLT4002: The flow ".*" reads items from a bucket.*itemBuckets/s,
    );
  });

  it("leaves cdk-nag nothing to find", () => {
    const { app } = makeApp(fixture, { itemBuckets: ["given"] });
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});

import { Aws } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { FlowEntry } from "../../sdk/model/manifest.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";

type Access = FlowEntry["access"][number];

/** What the maps of a flow read of S3, as far as its source says; else of the buckets that the project names. */
export function itemAccess(
  flow: string,
  access: readonly Access[],
  buckets: readonly string[],
): PolicyStatement[] {
  return access.flatMap((one) =>
    bucketsOf(flow, one, buckets).flatMap((bucket) => statementsOf(bucket, one)),
  );
}

/** Resources with a wildcard in them, as cdk-nag names them. */
export const wildcards = (statements: readonly PolicyStatement[]): string[] =>
  statements.flatMap(({ resources }) => resources.filter((resource) => resource.includes("*")));

function bucketsOf(flow: string, { bucket }: Access, buckets: readonly string[]): readonly string[] {
  if (bucket !== undefined) return [bucket];
  if (buckets.length > 0) return buckets;
  throw new RunletError(
    "RLT4002",
    `The flow "${flow}" reads items from a bucket that its source does not name.`,
    {
      mend: 'Name the buckets: new RunletProject(stack, "Project", { build, itemBuckets: ["exports"] }); or write the bucket in place, s3({ bucket: "exports", key }).',
    },
  );
}

function statementsOf(bucket: string, { keys, lists, reads }: Access): PolicyStatement[] {
  const arn = `arn:${Aws.PARTITION}:s3:::${bucket}`;
  const statements: PolicyStatement[] = [];
  if (reads)
    statements.push(new PolicyStatement({ actions: ["s3:GetObject"], resources: [`${arn}/${keys}`] }));
  // Without the right to list, S3 says "access denied" of an object that is not there.
  const prefixes = lists ? { StringLike: { "s3:prefix": keys } } : undefined;
  statements.push(
    new PolicyStatement({
      actions: ["s3:ListBucket"],
      resources: [arn],
      ...(prefixes && { conditions: prefixes }),
    }),
  );
  return statements;
}

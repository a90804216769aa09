import { Duration, type RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledgeBucket } from "../acknowledgements.ts";

/** All objects begin with this. */
const PREFIX = "results/";

/** Results and inputs too large to travel inline. Written once and never changed, so there are no versions to keep. */
export class ResultBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: { removalPolicy: RemovalPolicy; keepDays: number }) {
    super(scope, id);
    this.bucket = new Bucket(this, "Bucket", {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: props.removalPolicy,
      lifecycleRules: [
        { id: "expire-results", prefix: PREFIX, expiration: Duration.days(props.keepDays) },
        { id: "abort-uploads", abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    acknowledgeBucket(this.bucket);
  }

  get logicalId(): string {
    return Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket);
  }

  objects(
    ...actions: ("AbortMultipartUpload" | "GetObject" | "ListMultipartUploadParts" | "PutObject")[]
  ): PolicyStatement {
    return new PolicyStatement({
      actions: actions.map((action) => `s3:${action}`),
      resources: [this.bucket.arnForObjects(`${PREFIX}*`)],
    });
  }
}

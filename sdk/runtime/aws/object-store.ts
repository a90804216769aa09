import type { S3Client } from "@aws-sdk/client-s3";
import { RunletError } from "../../model/runlet-error.ts";
import type { ObjectStore } from "../ports.ts";

/**
 * Large values in a bucket. The SDK is imported on first use and stays outside the bundle: the Lambda runtime has it,
 * and a task with small results never pays for it.
 */
export function bucketObjectStore(bucket: string): ObjectStore {
  let client: S3Client | undefined;
  const sdk = async () => {
    const s3 = await import("@aws-sdk/client-s3");
    // A stand-in at another endpoint has no host name for each bucket.
    const forcePathStyle = Boolean(process.env["AWS_ENDPOINT_URL"] ?? process.env["AWS_ENDPOINT_URL_S3"]);
    client ??= new s3.S3Client({ forcePathStyle });
    return { s3, client };
  };
  return {
    bucket,
    async get(key) {
      const { s3, client } = await sdk();
      try {
        const answer = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: key }));
        return (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      } catch (error) {
        if (!(error instanceof s3.NoSuchKey)) throw error;
        throw new RunletError("RLT3007", `Nothing is stored under "${key}".`, { cause: error });
      }
    },
    async put(key, bytes) {
      const { s3, client } = await sdk();
      await client.send(
        new s3.PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: "application/json" }),
      );
    },
  };
}

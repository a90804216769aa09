/** What a `Resource` names, by its ARN. */

export const isFunctionArn = (resource: string): boolean => /^arn:[^:]*:lambda:/.test(resource);

export const isActivityArn = (resource: string): boolean =>
  /^arn:[^:]*:states:[^:]+:[^:]+:activity:/.test(resource);

/** The calls that a Map itself makes, to the object store. */
export const GET_OBJECT = "arn:aws:states:::s3:getObject";
export const LIST_OBJECTS = "arn:aws:states:::s3:listObjectsV2";
export const PUT_OBJECT = "arn:aws:states:::s3:putObject";

/** `arn:aws:states:::lambda:invoke` is the resource `invoke` of the type `lambda`. */
export function splitResource(arn: string): { resourceType: string; resource: string } {
  const parts = arn.split(":").slice(5);
  const first = parts[0] ?? "";
  if (first === "aws-sdk")
    return { resourceType: `aws-sdk:${parts[1] ?? ""}`, resource: parts.slice(2).join(":") };
  return { resourceType: first, resource: parts.slice(1).join(":") };
}

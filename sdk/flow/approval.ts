import type { SchemaIssue, StandardSchemaV1 } from "./standard-schema.ts";

/** What `approval` gives. */
export interface Approval {
  approved: boolean;
  /** Who decided. */
  by?: string;
  comment?: string;
}

const isText = (value: unknown): boolean => value === undefined || typeof value === "string";

function issuesOf(value: unknown): SchemaIssue[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [{ message: "expected { approved: true } or { approved: false }" }];
  const { approved, by, comment, ...rest } = value as Record<string, unknown>;
  const issues: SchemaIssue[] = [];
  if (typeof approved !== "boolean") issues.push({ path: ["approved"], message: "expected true or false" });
  if (!isText(by)) issues.push({ path: ["by"], message: "expected a text" });
  if (!isText(comment)) issues.push({ path: ["comment"], message: "expected a text" });
  for (const key of Object.keys(rest)) issues.push({ path: [key], message: "is not known" });
  return issues;
}

/** The schema of a decision, by hand: every bundle with an approval carries it. */
export const APPROVAL: StandardSchemaV1<unknown, Approval> = {
  "~standard": {
    version: 1,
    vendor: "runlet",
    validate(value) {
      const issues = issuesOf(value);
      return issues.length > 0 ? { issues } : { value: value as Approval };
    },
  },
};

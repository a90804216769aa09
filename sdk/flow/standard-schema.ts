import type { Json } from "../model/json.ts";
import { crossBoundary } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";

/** The part of https://standardschema.dev (version 1) that Runlet reads; zod, valibot and arktype implement it. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export type SchemaInput<S> = S extends StandardSchemaV1<infer Input, unknown> ? Input : never;
export type SchemaOutput<S> = S extends StandardSchemaV1<unknown, infer Output> ? Output : never;

/**
 * Checks a value and gives what the schema made of it (defaults filled in), as JSON.
 *
 * @throws RunletError RLT2004 naming each wrong field
 */
export async function parseWith(
  schema: StandardSchemaV1,
  value: Json | undefined,
  what: string,
): Promise<Json> {
  const result = await schema["~standard"].validate(value);
  if (result.issues !== undefined) {
    const sentences = result.issues.map((issue) => `${fieldName(issue)}: ${issue.message}`);
    throw new RunletError("RLT2004", `The ${what} is refused. ${sentences.join("; ")}.`, {
      ...(value === undefined && { mend: "Give it one: --input '{ … }' on the command line." }),
    });
  }
  return crossBoundary(result.value, what);
}

function fieldName(issue: SchemaIssue): string {
  const path = (issue.path ?? []).map((part) => (typeof part === "object" ? part.key : part));
  return path.reduce<string>(
    (name, key) => (typeof key === "number" ? `${name}[${key}]` : `${name}.${String(key)}`),
    "input",
  );
}

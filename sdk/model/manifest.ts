import * as z from "zod";

/**
 * `build/manifest.json`: the only hand-over from the compiler to both clouds. `infra` reads it to deploy, `sdk/local`
 * reads it to run. A reader refuses a version that it does not know.
 */

const functionEntry = z.strictObject({
  /** `task` runs one task, `inline` evaluates regions of one flow, `start` is the one start door, `control` keeps waits. */
  kind: z.enum(["task", "inline", "start", "control"]),
  /** Folder of the bundle, relative to the manifest; `index.mjs` in it exports `handler`. */
  directory: z.string(),
  /** The placeholder `${token}` in definitions that stands for the function's ARN. */
  token: z.string().regex(/^[A-Za-z0-9]+$/),
  /** Seconds until the platform ends an attempt. */
  timeoutSeconds: z.number().int().min(1).max(900),
  memoryMb: z.number().int().min(128).max(10_240),
  /** Names of secrets that the function may read. */
  secrets: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
});

const flowEntry = z.strictObject({
  /** The definition (Amazon States Language), relative to the manifest. */
  definition: z.string(),
  /** The largest input that travels inside the execution, in bytes; a larger one lives in the object store. */
  room: z.number().int().min(1).optional(),
  /** Names of the functions that the definition calls. */
  functions: z.array(z.string()),
  /** Names of the flows that the definition starts, by the placeholder that stands for the machine's ARN. */
  calls: z.record(z.string().regex(/^[A-Za-z0-9]+$/), z.string()).default({}),
  /** Objects of S3 that its maps read; `*` in keys, or no bucket, for what the source does not say. */
  access: z
    .array(
      z.strictObject({
        bucket: z.string().optional(),
        keys: z.string(),
        lists: z.boolean(),
        reads: z.boolean(),
      }),
    )
    .default([]),
  /** It goes on with another flow's loops: only machines start it. */
  internal: z.boolean().default(false),
  /** Its runs may be paused. */
  pausable: z.boolean().default(false),
  description: z.string().optional(),
  /** The input as JSON Schema; absent where the flow declares none. */
  inputSchema: z.unknown().optional(),
  /** EventBridge Scheduler expressions, such as `cron(0 6 * * ? *)` or `rate(1 hour)`. */
  schedules: z.array(
    z.strictObject({ expression: z.string(), timezone: z.string(), input: z.unknown().optional() }),
  ),
  /** Where the flow stands in the source. */
  source: z.strictObject({ file: z.string(), line: z.number().int() }),
});

export const manifestSchema = z.strictObject({
  version: z.literal(1),
  /** The version of Runlet that wrote the build. */
  runlet: z.string(),
  project: z.string(),
  flows: z.record(z.string(), flowEntry),
  functions: z.record(z.string(), functionEntry),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type FunctionEntry = z.infer<typeof functionEntry>;
export type FlowEntry = z.infer<typeof flowEntry>;

import * as z from "zod";

/**
 * The flow graph as JSON, what `runlet graph --json` prints and drawings are made of; see `docs/graph.md`. A reader
 * refuses a version that it does not know, and draws a kind that it does not know as a box with blocks.
 */

const place = z.strictObject({ line: z.number().int(), column: z.number().int() });

const node = z.strictObject({
  /** Unique in the flow; the name of the node's state in the machine. */
  id: z.string(),
  /** `step`, `map`, `branch`, `loop`, `return` and others: `docs/graph.md` lists them, and more may come. */
  kind: z.string(),
  /** Where it stands in the source; both count from 1. */
  at: place,
  /** The source of what it evaluates, on one line. */
  text: z.string().optional(),
  /** Of a step: the task that it calls. */
  task: z.string().optional(),
  /** Of a subflow: the flow that it runs. */
  flow: z.string().optional(),
  /** The name that the source gives its result. */
  result: z.string().optional(),
  /** Nodes whose results it reads, by id, and `input`: the data edges. */
  reads: z.array(z.string()),
  /** Of `break` and `continue`: the node that it leaves or goes on with. */
  target: z.string().optional(),
  /** What lies inside it, each block with what leads into it: `yes`, `no`, `item`, `turn`, `try`, `catch`, a case. */
  get blocks(): z.ZodOptional<z.ZodArray<typeof block>> {
    return z.array(block).optional();
  },
});

const block = z.strictObject({
  label: z.string(),
  /** Of a case: control goes on into the next block where its end is reached. */
  fallsThrough: z.boolean().optional(),
  /** In the order of the source: each leads to the next. */
  get nodes(): z.ZodArray<typeof node> {
    return z.array(node);
  },
});

export const flowDocumentSchema = z.strictObject({
  version: z.literal(1),
  flow: z.string(),
  source: z.strictObject({ file: z.string(), line: z.number().int() }),
  nodes: z.array(node),
});

export type FlowDocument = z.infer<typeof flowDocumentSchema>;
export type FlowNode = z.infer<typeof node>;
export type FlowBlock = z.infer<typeof block>;

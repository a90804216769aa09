import { RunletError } from "../sdk/model/runlet-error.ts";

/** A state machine's definition, ready for CloudFormation. */
export interface Definition {
  /** JSON whose only `${…}` are placeholders of functions. */
  text: string;
  /** Tokens of the functions that the definition calls. */
  tokens: Set<string>;
  /** Flows whose machines it starts, by placeholder; `waits` where it waits for their ends. */
  calls: Map<string, { flow: string; waits: boolean }>;
  /** Whether it has a Map in distributed mode, which starts executions of its own. */
  distributed: boolean;
  /** Whether a Map reads its items from the bucket or writes its results there. */
  usesBucket: boolean;
}

/** Members whose whole value may be a placeholder. */
const ARN_MEMBERS = new Set(["FunctionName", "Resource", "StateMachineArn"]);

/** Resources that the machine's role knows how to allow; `.waitForTaskToken` and the like may follow. */
const KNOWN_RESOURCES = [
  "arn:aws:states:::lambda:invoke",
  "arn:aws:states:::states:startExecution",
  "arn:aws:states:::s3:listObjectsV2",
];
const BUCKET_RESOURCES = ["arn:aws:states:::s3:getObject", "arn:aws:states:::s3:putObject"];

/**
 * Checks a definition and makes it safe for CloudFormation, which replaces `${name}` wherever it stands in the text.
 * A placeholder counts only as the whole value of `FunctionName` or `Resource`. Every other `${` is the author's own
 * data; it is written as `\u0024{`, which is the same JSON and nothing that CloudFormation looks at.
 *
 * @throws RunletError RLT3001 for a definition that is not JSON, a placeholder of no function, or a resource that the
 *   machine would have no permission for
 */
export function readDefinition(
  source: string,
  known: ReadonlySet<string>,
  flow: string,
  flows: Readonly<Record<string, string>> = {},
): Definition {
  const definition: Definition = {
    text: "",
    tokens: new Set(),
    calls: new Map(),
    distributed: false,
    usesBucket: false,
  };
  const waits = source.includes("startExecution.sync");
  const root = parse(source, flow);
  walk(root, (key, value) => {
    if (key === "Mode" && value === "DISTRIBUTED") definition.distributed = true;
    if (typeof value !== "string" || !ARN_MEMBERS.has(key)) return;
    const token = /^\$\{([A-Za-z0-9]+)\}$/.exec(value)?.[1];
    const called = token !== undefined && Object.hasOwn(flows, token) ? flows[token] : undefined;
    if (token !== undefined && called !== undefined && key === "StateMachineArn") {
      definition.calls.set(token, { flow: called, waits });
    } else if (token !== undefined) {
      if (!known.has(token))
        throw invalid(flow, `calls "${value}", a placeholder of nothing that is deployed`);
      definition.tokens.add(token);
    } else if (key === "Resource") {
      if (BUCKET_RESOURCES.includes(value)) definition.usesBucket = true;
      else if (!KNOWN_RESOURCES.some((resource) => value === resource || value.startsWith(`${resource}.`))) {
        throw invalid(flow, `uses the resource "${value}", for which its role has no permission`);
      }
    }
  });
  definition.text = escapeData(
    JSON.stringify(root),
    new Set([...definition.tokens, ...definition.calls.keys()]),
  );
  return definition;
}

/** Leaves `"FunctionName":"${token}"` as it is; a quote inside a JSON string is escaped, so data cannot look like it. */
function escapeData(text: string, tokens: ReadonlySet<string>): string {
  const placeholder = /"(FunctionName|Resource|StateMachineArn)":"\$\{([A-Za-z0-9]+)\}"|\$\{/g;
  return text.replaceAll(placeholder, (found, _member, token: string | undefined) =>
    token !== undefined && tokens.has(token) ? found : found.replace("${", "\\u0024{"),
  );
}

function walk(value: unknown, visit: (key: string, value: unknown) => void): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    visit(key, item);
    walk(item, visit);
  }
}

function parse(source: string, flow: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw invalid(flow, `is not JSON: ${String(error)}`);
  }
}

function invalid(flow: string, what: string): RunletError {
  return new RunletError("RLT3001", `The definition of flow "${flow}" ${what}.`, {
    mend: "Compile the flow again, with the version of Runlet that deploys.",
  });
}

import type { Json } from "../../sdk/model/json.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import type { HttpResponse } from "../http-response.ts";
import { fromHttp, fromInvocation, isHttpEvent } from "./requests.ts";
import { StartConflict, type StartDeps, type StartPorts, type StartResult, startRun } from "./start.ts";

/** What the start door knows of a flow. */
export interface StartableFlow {
  /** @throws RunletError RLT2004 that names the field */
  parseInput(input: unknown): Json | undefined | Promise<Json | undefined>;
}

/**
 * The Lambda function of the start door. One handler takes the three ways in:
 * `POST /flows/{flow}/runs` of an HTTP API, a schedule's payload, and a direct invocation.
 *
 * @param options.flows the project's flows by name
 * @param options.ports Default: AWS, from RUNLET_TABLE, RUNLET_BUCKET and RUNLET_MACHINES
 * @example export const handler = createStartHandler({ flows: { etl } });
 */
export function createStartHandler(options: {
  flows: Record<string, StartableFlow>;
  /** The largest inputs that travel inside executions, by flow. */
  rooms?: Record<string, number>;
  ports?: () => StartPorts | Promise<StartPorts>;
}): (event: unknown) => Promise<HttpResponse | StartResult> {
  const { flows, rooms = {}, ports = awsPorts } = options;
  const flowOf = (name: string): StartableFlow | undefined =>
    Object.hasOwn(flows, name) ? flows[name] : undefined;
  // Kept over invocations, but not where it failed: the next invocation of this instance tries again.
  let connected: StartDeps | undefined;
  const dependencies = async (): Promise<StartDeps> => {
    connected ??= {
      ...(await ports()),
      hasFlow: (name) => flowOf(name) !== undefined,
      roomOf: (name) => (Object.hasOwn(rooms, name) ? rooms[name] : undefined),
      parseInput: (name, input) => flowOf(name)?.parseInput(input),
    };
    return connected;
  };

  return async (event) => {
    if (!isHttpEvent(event)) return startRun(fromInvocation(event), await dependencies());
    try {
      const { runId, status } = await startRun(fromHttp(event), await dependencies());
      return respond(202, { runId, status });
    } catch (error) {
      return refusal(error);
    }
  };
}

async function awsPorts(): Promise<StartPorts> {
  const { startPortsFromEnvironment } = await import("./ports.aws.ts");
  return startPortsFromEnvironment(process.env);
}

/** The answer to a start that did not happen: its code, what was wrong and how to mend it. */
function refusal(error: unknown): HttpResponse {
  if (!(error instanceof RunletError)) {
    // The text of such an error may name resources and accounts: it goes to the log, and not to the caller.
    console.error(JSON.stringify({ level: "error", message: "A start failed", error: describe(error) }));
    return respond(500, {
      code: "INTERNAL",
      message: "The run could not be started.",
      mend: "Try again with the same idempotencyKey: it starts at most one run.",
    });
  }
  return respond(statusOf(error), { code: error.code, message: causeOf(error), mend: error.mend });
}

function statusOf(error: RunletError): number {
  if (error instanceof StartConflict) return 409;
  if (error.code === "RLT4004") return 404;
  if (error.code === "RLT2009") return 413;
  return error.code.startsWith("RLT2") || error.code.startsWith("RLT4") ? 400 : 500;
}

/** The message without the code before it and the mend after it, which have fields of their own. */
function causeOf(error: RunletError): string {
  return error.message.slice(`${error.code}: `.length, -` Mend: ${error.mend}`.length);
}

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

function respond(statusCode: number, body: unknown): HttpResponse {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

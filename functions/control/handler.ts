import { systemClock } from "../../sdk/model/clock.ts";
import type { WaitEvent } from "../../sdk/model/protocol.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import {
  type AnswerSchema,
  type Control,
  type ControlOptions,
  createControl,
} from "../../sdk/runtime/control/control.ts";
import { earlierRun, isAnswer, rootOf } from "../../sdk/runtime/control/rerun.ts";
import type { HttpResponse } from "../http-response.ts";
import type { AnswerStore } from "../store/wait-store.ts";
import type { ControlPorts } from "./ports.ts";
import { type ControlRequest, fromHttp, isHttpEvent, perform } from "./requests.ts";

/**
 * The Lambda function behind token waits. It takes three events: a wait that begins (from a machine), a direct
 * invocation `{ op, runId, … }`, and the HTTP API's `…/runs/{runId}/{answers|events|cancel|pause|resume|waits}`.
 *
 * @param options.schemas of waits for input, by `flow/step`
 * @param options.pausable flows whose runs may be paused
 * @param options.ports Default: AWS, from RUNLET_TABLE
 * @example export const handler = createControlHandler({ schemas: {} });
 */
export function createControlHandler(options: {
  schemas: Record<string, AnswerSchema>;
  pausable?: readonly string[];
  ports?: () => ControlPorts | Promise<ControlPorts>;
}): (event: unknown) => Promise<unknown> {
  const { schemas, pausable = [], ports = awsPorts } = options;
  let connected: Control | undefined;
  const control = async (): Promise<Control> => {
    if (connected) return connected;
    const connection = await ports();
    connected = createControl({
      ...connection,
      ...("findAnswer" in connection.waits && recorded(connection.waits)),
      canPause: async (runId) => pausable.includes((await connection.flowOf(runId)) ?? ""),
      schemaOf: (key) => (Object.hasOwn(schemas, key) ? schemas[key] : undefined),
    });
    return connected;
  };
  return async (event) => {
    if (isWait(event)) {
      await (await control()).register(event);
      return null;
    }
    if (!isHttpEvent(event)) return perform(event as ControlRequest, await control());
    try {
      return respond(200, await perform(fromHttp(event), await control()));
    } catch (error) {
      return refusal(error);
    }
  };
}

/** What waits were answered with is kept, and answers those of runs that repeat the run. */
function recorded(waits: AnswerStore): Required<Pick<ControlOptions, "answered" | "earlier">> {
  return {
    answered: (wait, output) => waits.keepAnswer(wait, output),
    async earlier(event) {
      const { rerun } = await waits.asked(rootOf(event));
      if (!rerun) return undefined;
      const runId = await earlierRun(event, rerun.of);
      const found = await waits.findAnswer({ ...event, runId });
      // A sleep says when it is over, which what came after it did not precede.
      const ended = event.wait === "sleep" ? found && found.at - 1 : found?.at;
      if (!found || ended === undefined || ended > systemClock.now()) return undefined;
      if (!isAnswer(event, rerun, ended)) return undefined;
      await waits.keepAnswer(event, found.output);
      return { output: found.output };
    },
  };
}

const isWait = (event: unknown): event is WaitEvent =>
  typeof event === "object" && event !== null && (event as { kind?: unknown }).kind === "wait";

async function awsPorts(): Promise<ControlPorts> {
  const { controlPortsFromEnvironment } = await import("./ports.aws.ts");
  return controlPortsFromEnvironment(process.env);
}

function refusal(error: unknown): HttpResponse {
  if (error instanceof RunletError) {
    const status = error.code === "RLT4022" ? 409 : 400;
    const message = error.message.slice(`${error.code}: `.length, -` Mend: ${error.mend}`.length);
    return respond(status, { code: error.code, message, mend: error.mend });
  }
  // The text of such an error may name resources and accounts: it goes to the log, and not to the caller.
  console.error(JSON.stringify({ level: "error", message: "A request failed", error: String(error) }));
  return respond(500, { code: "INTERNAL", message: "The request failed.", mend: "Try again." });
}

function respond(statusCode: number, body: unknown): HttpResponse {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) };
}

import { PAYLOAD_BYTES } from "../asl/limits.ts";
import type { StateMachine } from "../asl/types.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import { createIds, type Ids } from "../model/ids.ts";
import type { Json } from "../model/json.ts";
import { RunletError } from "../model/runlet-error.ts";
import { type Execution, startExecution } from "./execution.ts";
import { History, type HistoryEvent } from "./history.ts";
import type { Integration } from "./integration.ts";
import { detached, jsonBytes } from "./json-text.ts";
import { Tokens } from "./tokens.ts";
import { acceptDefinition } from "./validate.ts";

/** What an engine needs of the world. */
export interface EngineOptions {
  /** Answers the calls of Task states. */
  integration: Integration;
  /** Default: the machine's own. Nothing else tells the engine the time. */
  clock?: Clock;
  /** Default: random ids on the clock. */
  ids?: Ids;
  /** A number in [0, 1); for jitter and for `$random()`. Default: Math.random. */
  random?: () => number;
  /** Called with every event as it happens, before anything follows from it. It must not throw. */
  onEvent?: (executionArn: string, event: HistoryEvent) => void;
  /** Default: "us-east-1". */
  region?: string;
  /** Default: "000000000000". */
  accountId?: string;
}

/** Runs state machines. */
export interface Engine {
  /**
   * Starts an execution.
   *
   * @param request.definition the machine; JSONata only
   * @param request.input default `{}`
   * @param request.name default: a run id
   * @param request.stateMachineName default "machine"
   * @throws RunletError RLT3001 for an invalid definition, RLT3002 for one that uses what the engine does not
   * implement, RLT2009 for an input above 262,144 bytes
   */
  start(request: {
    definition: StateMachine;
    input?: Json;
    name?: string;
    stateMachineName?: string;
  }): Execution;
  /** @throws TaskTokenError when nothing waits for the token */
  sendTaskSuccess(token: string, output: Json): void;
  /** @throws TaskTokenError when nothing waits for the token */
  sendTaskFailure(token: string, failure: { error?: string; cause?: string }): void;
  /** @throws TaskTokenError when nothing waits for the token */
  sendTaskHeartbeat(token: string): void;
}

/**
 * An embedded Step Functions engine: Standard semantics, JSONata.
 *
 * @example
 * const engine = createEngine({
 *   integration: async ({ arguments: args }) => ({ ok: true, output: args }),
 * });
 * const run = engine.start({ definition, input: { pages: 3 } });
 * const result = await run.done; // { status: "SUCCEEDED", output: … }
 */
export function createEngine(options: EngineOptions): Engine {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const ids = options.ids ?? createIds(clock, random);
  const region = options.region ?? "us-east-1";
  const account = options.accountId ?? "000000000000";
  const tokens = new Tokens(ids);
  const onEvent = options.onEvent ?? (() => undefined);
  return {
    start({ definition, input = {}, name = ids.runId(), stateMachineName = "machine" }) {
      const accepted = acceptDefinition(definition);
      const ownInput = detached(input);
      if (jsonBytes(ownInput) > PAYLOAD_BYTES) {
        throw new RunletError(
          "RLT2009",
          `The input of the execution "${name}" has more than ${PAYLOAD_BYTES} bytes.`,
        );
      }
      const arn = `arn:aws:states:${region}:${account}:execution:${stateMachineName}:${name}`;
      return startExecution({
        clock,
        ids,
        random,
        integration: options.integration,
        tokens,
        history: new History(clock, (event) => onEvent(arn, event)),
        onEvent,
        spawn: startExecution,
        type: "STANDARD",
        region,
        definition: accepted,
        arn,
        name,
        roleArn: `arn:aws:iam::${account}:role/runlet`,
        stateMachine: {
          arn: `arn:aws:states:${region}:${account}:stateMachine:${stateMachineName}`,
          name: stateMachineName,
        },
        input: ownInput,
        startTime: new Date(clock.now()).toISOString(),
      });
    },
    sendTaskSuccess: (token, output) => tokens.settle(token, { ok: true, output: detached(output) }),
    sendTaskFailure: (token, { error, cause }) => tokens.settle(token, { ok: false, error, cause }),
    sendTaskHeartbeat: (token) => tokens.beat(token),
  };
}

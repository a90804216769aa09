import type { StateMachine } from "../asl/types.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import { createIds, type Ids } from "../model/ids.ts";
import type { Json } from "../model/json.ts";
import { Activities, type ActivityTask } from "./activities.ts";
import { type Execution, redrivable, redriveExecution, startExecution } from "./execution.ts";
import { History, type HistoryEvent } from "./history.ts";
import type { Integration } from "./integration.ts";
import { detached } from "./json-text.ts";
import { Machines, type Resolved, StateMachineError } from "./machines.ts";
import { type MapRunLimits, MapRuns } from "./map-runs.ts";
import { ExecutionNames } from "./names.ts";
import { ownInput } from "./own-input.ts";
import { refuseLateRedrive } from "./redrive-rules.ts";
import { answerOf, type SyncExecution } from "./sync-express.ts";
import { Throttle, type Throttles } from "./throttle.ts";
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
  /** Rates at which the service refuses calls and slows transitions. Default: none. */
  throttles?: Throttles;
}

/** Runs state machines. */
export interface Engine {
  /**
   * Starts an execution.
   *
   * @param request.definition the machine, in JSONata, JSONPath or both
   * @param request.input default `{}`
   * @param request.name default: a run id
   * @param request.stateMachineName default "machine"
   * @param request.type default "STANDARD"; "EXPRESS" ends after five minutes and takes no `.sync`, no tokens, no
   * activities and no distributed maps
   * @returns for the name and input of a Standard execution that runs: that one
   * @throws RunletError RLT3001 for an invalid definition, RLT3002 for one that uses what the engine does not
   * implement, RLT2009 for an input above 262,144 bytes; StateMachineError ExecutionAlreadyExists for another use of
   * a Standard name, up to 90 days after its end; ThrottlingException
   */
  start(request: {
    definition: StateMachine;
    input?: Json;
    name?: string;
    stateMachineName?: string;
    type?: "STANDARD" | "EXPRESS";
  }): Execution;
  /** State machines by name, with versions and aliases. */
  readonly machines: Machines;
  /**
   * Starts an execution of a machine of `machines`.
   *
   * @param request.stateMachineArn the machine's, a version's or an alias's
   * @throws StateMachineError StateMachineDoesNotExist, ExecutionAlreadyExists, ThrottlingException; RunletError RLT2009
   */
  startMachine(request: { stateMachineArn: string; input?: Json; name?: string }): Execution;
  /**
   * StartSyncExecution: runs an execution of an Express machine and waits for its end.
   *
   * @throws StateMachineError (as a rejection) StateMachineDoesNotExist, StateMachineTypeNotSupported for a Standard
   * machine; RunletError RLT2009
   */
  startSync(request: { stateMachineArn: string; input?: Json; name?: string }): Promise<SyncExecution>;
  /**
   * UpdateMapRun: changes how many children of a distributed Map run at a time, and how many may fail, while it runs.
   *
   * @throws StateMachineError ResourceNotFound for one that does not run, ValidationException
   */
  updateMapRun(mapRunArn: string, change: Partial<MapRunLimits>): void;
  /**
   * Goes on where an execution that did not succeed has ended: in the same state, retries counted anew; of a Map or
   * Parallel only what had not ended well runs again, of a distributed Map the children that had not.
   *
   * @returns the same execution by ARN and history, with an end of its own
   * @throws ExecutionNotRedrivable for one that runs or has succeeded, or an Express one
   */
  redrive(execution: Execution): Execution;
  /** @throws TaskTokenError when nothing waits for the token */
  sendTaskSuccess(token: string, output: Json): void;
  /** @throws TaskTokenError when nothing waits for the token */
  sendTaskFailure(token: string, failure: { error?: string; cause?: string }): void;
  /** @throws TaskTokenError when nothing waits for the token */
  sendTaskHeartbeat(token: string): void;
  /**
   * Makes an activity, whose tasks wait for workers. The same name again gives the same one.
   *
   * @returns its ARN, for `Resource`
   */
  createActivity(name: string): string;
  /** Tasks of a deleted activity fail with States.Runtime when they are reached. */
  deleteActivity(activityArn: string): void;
  /**
   * Waits up to a minute for a task of the activity. Whoever gets it answers with its token.
   *
   * @returns nothing when there was none
   * @throws ActivityDoesNotExist, ActivityWorkerLimitExceeded above 1,000 that wait for it (as rejections)
   */
  getActivityTask(activityArn: string, workerName?: string): Promise<ActivityTask | undefined>;
}

/**
 * An embedded Step Functions engine.
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
  const activities = new Activities(clock);
  const onEvent = options.onEvent ?? (() => undefined);
  const service = `arn:aws:states:${region}:${account}`;
  const machines = new Machines(`${service}:stateMachine:`, random);
  const names = new ExecutionNames(clock);
  const mapRuns = new MapRuns();
  const throttle = new Throttle(options.throttles ?? {}, clock);
  const begin = (what: Resolved, name: string, given: Json, sync = false): Execution => {
    const { type, definition, name: machineName, ...published } = what;
    const input = ownInput(given, name);
    throttle.take(type === "STANDARD" ? "startExecution" : "startExpress");
    const arn =
      type === "STANDARD"
        ? `${service}:execution:${machineName}:${name}`
        : `${service}:express:${machineName}:${name}:${ids.uuid()}`;
    const start = (): Execution =>
      startExecution({
        clock,
        ids,
        random,
        integration: options.integration,
        tokens,
        activities,
        history: new History(clock, (event) => onEvent(arn, event)),
        onEvent,
        spawn: startExecution,
        respawn: redriveExecution,
        type,
        mapRuns,
        ...(throttle.transitions ? { transitions: throttle.transitions } : {}),
        ...(sync ? {} : { redriveCount: 0 }),
        region,
        definition,
        arn,
        name,
        roleArn: `arn:aws:iam::${account}:role/runlet`,
        stateMachine: { arn: `${service}:stateMachine:${machineName}`, name: machineName },
        published,
        input,
        startTime: new Date(clock.now()).toISOString(),
      });
    return type === "STANDARD" ? names.claim(arn, input, start) : start();
  };
  return {
    machines,
    start({ definition, input = {}, name = ids.runId(), stateMachineName = "machine", type = "STANDARD" }) {
      const accepted = acceptDefinition(definition, type);
      return begin({ type, definition: accepted, name: stateMachineName }, name, input);
    },
    startMachine: ({ stateMachineArn, input = {}, name = ids.runId() }) =>
      begin(machines.resolve(stateMachineArn), name, input),
    async startSync({ stateMachineArn, input = {}, name = ids.runId() }) {
      const machine = machines.resolve(stateMachineArn);
      if (machine.type !== "EXPRESS") {
        const message = "This operation is not supported by this type of state machine";
        throw new StateMachineError("StateMachineTypeNotSupported", message);
      }
      return answerOf(begin(machine, name, input, true), stateMachineArn, input, () => clock.now());
    },
    updateMapRun: (arn, change) => mapRuns.update(arn, change),
    redrive(execution) {
      redrivable(execution);
      refuseLateRedrive(execution.history, clock.now());
      return redriveExecution(execution);
    },
    sendTaskSuccess(token, output) {
      throttle.take("sendTaskSuccess");
      tokens.settle(token, { ok: true, output: detached(output) });
    },
    sendTaskFailure(token, { error, cause }) {
      throttle.take("sendTaskFailure");
      tokens.settle(token, { ok: false, error, cause });
    },
    sendTaskHeartbeat(token) {
      throttle.take("sendTaskHeartbeat");
      tokens.beat(token);
    },
    createActivity(name) {
      const arn = `${service}:activity:${name}`;
      activities.create(arn);
      return arn;
    },
    deleteActivity: (arn) => activities.delete(arn),
    async getActivityTask(arn, workerName) {
      throttle.take("getActivityTask");
      return activities.poll(arn, workerName);
    },
  };
}

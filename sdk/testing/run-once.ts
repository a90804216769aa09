import type { StateMachine } from "../asl/types.ts";
import {
  createEngine,
  type Engine,
  type Integration,
  nestedExecutions,
  TaskTokenError,
} from "../engine/index.ts";
import type { StandardSchemaV1 } from "../flow/standard-schema.ts";
import { answerUntilValid } from "../flow/wait.ts";
import type { WaitRequest } from "../flow/wait-request.ts";
import { systemClock } from "../model/clock.ts";
import { toError, toFailure } from "../model/failure.ts";
import { createIds } from "../model/ids.ts";
import type { Json } from "../model/json.ts";
import { atTime } from "../model/present.ts";
import type { WaitEvent } from "../model/protocol.ts";
import { RunletError } from "../model/runlet-error.ts";
import { CallLog, EarlierCalls, type LoggedCall, loggedWaits } from "../runtime/control/call-log.ts";
import { type Control, createControl, type Tokens } from "../runtime/control/control.ts";
import { gate, goingDown } from "../runtime/control/gate.ts";
import { memoryWaitStore, type Wait } from "../runtime/control/waits.ts";
import { decodeCause } from "../runtime/decode-cause.ts";
import type { CompiledRun, CompiledRunOptions } from "./compiled-run.ts";
import type { InProcessFunctions } from "./in-process.ts";

type Definitions = (event: unknown) => Promise<unknown>;

const WAIT = "arn:aws:states:::lambda:invoke.waitForTaskToken";

/** Runs a flow of a build on an engine of its own, to its end. */
export async function runOnce(
  functions: InProcessFunctions,
  machines: ReadonlyMap<string, StateMachine>,
  definitions: Definitions,
  options: CompiledRunOptions,
): Promise<CompiledRun> {
  const [flow = ""] = options.flow === undefined ? machines.keys() : [options.flow];
  const definitionOf = (name: string): StateMachine => {
    const found = machines.get(name);
    if (!found) throw new RunletError("RLT4004", `The file has no flow "${name}".`);
    return found;
  };
  const definition = definitionOf(flow);
  const event = { op: "parseInput", flow, ...("input" in options && { input: options.input }) };
  const input = options.rerun ? {} : ((await definitions(event)) as { input?: Json });
  const calls: CompiledRun["calls"] = [];
  const { clock, random, runId, rerun } = options;
  const noted: LoggedCall[] = [];
  const log = new CallLog({
    write: (call) => noted.push(call),
    now: () => (clock ?? systemClock).now(),
    earlier: rerun && new EarlierCalls(rerun.of.runId, rerun.of.log, rerun.from),
  });
  const nested = nestedExecutions(
    ({ stateMachineArn, name, input: given }) => {
      const stateMachineName = functions.flowOf(stateMachineArn);
      const called = { definition: definitionOf(stateMachineName), input: given, stateMachineName };
      return engine.start({ ...called, ...(name !== undefined && { name }) });
    },
    () => (clock ?? systemClock).now(),
  );
  const canPause = (): boolean => JSON.stringify(definition).includes('"pausable":true');
  const control = goingDown(
    controlOf(() => engine, definitions, canPause, log),
    () => nested.executions,
  );
  const answer = functions.integration(options.tasks ?? {}, calls);
  const integration: Integration = async (call) => {
    // waits as long as the child does
    if (nested.answers(call.resource)) return log.around(call.arguments, () => nested.integration(call));
    if (call.resource === WAIT) {
      const { Payload } = call.arguments as { Payload: Json };
      await begin(
        control,
        tokensOf(() => engine),
        Payload as unknown as WaitEvent,
        options,
        log,
      );
      return { ok: true, output: { StatusCode: 200, Payload: null } };
    }
    const refused = await gate(control, call.arguments);
    if (refused) return refused;
    const made = log.through(call.arguments, () =>
      clock
        ? atTime(
            () => clock.now(),
            () => answer(call),
          )
        : answer(call),
    );
    return clock?.during ? clock.during(made) : made;
  };
  const engine = createEngine({
    integration,
    ...(clock && { clock }),
    ...(random && { random, ids: createIds(clock ?? systemClock) }),
  });
  const named = { stateMachineName: flow, ...(runId !== undefined && { name: runId }) };
  const placed = await functions.placeInput(flow, input.input);
  const given = rerun ? rerun.of.input : { ...input, ...placed };
  const execution = engine.start({ definition, input: { ...given }, ...named });
  options.onStart?.({ ...control, runId: execution.name });
  const result = await execution.done;
  const ended = { runId: execution.name, input: given, log: noted };
  options.onEnd?.(execution.history, ended);
  for (const child of nested.executions) await child.done; // those that nobody waits for, too: new ones join the list
  if (result.status !== "SUCCEEDED") throw toError(decodeCause(result.cause, result.error));
  const output = await functions.resolveOutput(result.output);
  const children = nested.executions.map(({ name, arn, history }) => ({
    runId: name,
    flow: arn.split(":").at(-2) ?? "",
    history,
  }));
  return { output, ended, history: execution.history, calls, children };
}

/** Schemas live with the author's module: they are asked there. */
function controlOf(
  engine: () => Engine,
  definitions: Definitions,
  canPause: () => boolean,
  log: CallLog,
): Control {
  const schemaOf = (key: string): StandardSchemaV1 => ({
    "~standard": {
      version: 1,
      vendor: "runlet",
      validate: (value) =>
        definitions({ op: "checkAnswer", key, value }) as ReturnType<
          StandardSchemaV1["~standard"]["validate"]
        >,
    },
  });
  const logged = loggedWaits(log);
  return createControl({ waits: memoryWaitStore(), tokens: tokensOf(engine), schemaOf, canPause, ...logged });
}

function tokensOf(engine: () => Engine): Tokens {
  const holds = (send: () => void): boolean => {
    try {
      send();
      return true;
    } catch (error) {
      if (error instanceof TaskTokenError) return false;
      throw error;
    }
  };
  return {
    success: async (token, output) => holds(() => engine().sendTaskSuccess(token, output)),
    failure: async (token, error, cause) => holds(() => engine().sendTaskFailure(token, { error, cause })),
  };
}

/** A wait begins; whoever answers in the test is asked. */
async function begin(
  control: Control,
  tokens: Tokens,
  event: WaitEvent,
  options: CompiledRunOptions,
  log: CallLog,
): Promise<void> {
  const wait = await control.register(event);
  if (wait?.wait === "sleep") log.note(wait, { began: log.place(), seconds: wait.seconds ?? 0 });
  if (!wait || wait.wait === "sleep" || wait.wait === "hold") return;
  if (!options.answer && options.onStart) return;
  const { message = "", show = null } = wait;
  const request: WaitRequest = { kind: wait.wait, message, show };
  const fail = (thrown: unknown): Promise<boolean> => {
    const { name: errorType, message: errorMessage } = toFailure(thrown);
    return tokens.failure(wait.token, errorType, JSON.stringify({ errorType, errorMessage, trace: [] }));
  };
  if (!options.answer) {
    const what = wait.wait === "event" ? `the event "${message}"` : `an answer to "${message}"`;
    await fail(new RunletError("RLT4021", `The flow waits for ${what}.`));
    return;
  }
  // Not awaited: whoever answers takes its time.
  answerUntilValid(request, options.answer, (value) => deliver(control, wait, value)).catch(fail);
}

async function deliver(control: Control, wait: Wait, value: Json): Promise<Json> {
  if (wait.wait === "event") await control.send(wait.runId, wait.message ?? "", value);
  else {
    try {
      await control.answer(wait, value);
    } catch (error) {
      // Too late: the wait has timed out, and there is nobody to tell.
      if (!(error instanceof RunletError && error.code === "RLT4022")) throw error;
    }
  }
  return null;
}

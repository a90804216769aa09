import type { StateMachine } from "../../../sdk/asl/types.ts";
import {
  createEngine,
  type Engine,
  type HistoryEvent,
  type IntegrationCall,
  type Outcome,
} from "../../../sdk/engine/index.ts";
import { isPlainObject, type Json } from "../../../sdk/model/json.ts";
import { ManualClock } from "../../../sdk/model/manual-clock.ts";
import type { Case, MockedCall, MockedOutcome } from "./case.ts";
import { callsOf } from "./from-history.ts";
import { difference } from "./match.ts";
import { closed } from "./normal.ts";

export interface Actual {
  status?: string;
  output?: Json;
  error?: string;
  cause?: string;
  history?: readonly HistoryEvent[];
  response?: Record<string, unknown>;
}

/** Real time after which a case counts as hanging. */
const PATIENCE_MILLIS = 20_000;

/** Runs a machine in virtual time, its calls answered by the case's mocks. */
export async function runExecution(one: Case): Promise<Actual> {
  const clock = new ManualClock();
  const mocks = new Mocks(one);
  const { accountId, region } = placeOf(one);
  const engine: Engine = createEngine({
    clock,
    random: numbers(),
    accountId,
    region,
    integration: (call) => mocks.answer(call, engine),
  });
  for (const arn of mocks.activities()) engine.createActivity(arn.split(":").slice(6).join(":"));
  if (one.type === "EXPRESS" && one.sync) return runSync(one, engine, clock);
  const execution = engine.start({
    definition: one.definition as StateMachine,
    ...(one.input === undefined ? {} : { input: one.input }),
    type: one.type,
  });
  let over = false;
  void execution.done.then(() => {
    over = true;
  });

  for (const arn of mocks.activities()) work(arn, mocks, engine, () => over);
  const result = await patiently(clock.runUntil(execution.done));
  const { status, ...rest } = result;
  return { status, ...rest, history: execution.history };
}

/** As StartSyncExecution answers: there is no history, and the context object knows of no redrives. */
async function runSync({ definition, input }: Case, engine: Engine, clock: ManualClock): Promise<Actual> {
  const { stateMachineArn } = engine.machines.create({
    name: "machine",
    type: "EXPRESS",
    definition: definition as StateMachine,
  });
  const answer = engine.startSync({ stateMachineArn, ...(input === undefined ? {} : { input }) });
  const { status, output, error, cause } = await patiently(clock.runUntil(answer));
  return {
    status,
    ...(output === undefined ? {} : { output: JSON.parse(output) as Json }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** The account and Region of a recording: those of Step Functions' own names, else of any others. */
function placeOf({ definition, input, expected }: Case): { accountId: string; region: string } {
  const said = JSON.stringify([expected, definition, input]);
  const arn =
    /arn:aws:states:([a-z]+-[a-z]+-\d):(\d{12}):/.exec(said) ??
    /arn:aws:\w+:([a-z]+-[a-z]+-\d):(\d{12}):/.exec(said);
  const account = /\b(\d)\1{11}\b/.exec(said)?.[0];
  return { region: arn?.[1] ?? "us-east-1", accountId: arn?.[2] ?? account ?? "000000000000" };
}

/** Numbers in [0, 1) that are the same in every run. */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function patiently<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The case does not end.")), PATIENCE_MILLIS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A worker of an activity, which answers as the mocks say. */
function work(arn: string, mocks: Mocks, engine: Engine, over: () => boolean): void {
  const next = async (): Promise<void> => {
    if (over()) return;
    const task = await engine.getActivityTask(arn, mocks.worker);
    if (task)
      report(
        engine,
        task.taskToken,
        mocks.next({ resource: arn, when: JSON.parse(task.input) as Json }),
        task.input,
      );
    await next();
  };
  void next().catch(() => undefined);
}

function report(engine: Engine, token: string, outcome: MockedOutcome, input: string): void {
  try {
    if (outcome.kind === "result") engine.sendTaskSuccess(token, outcome.output);
    else if (outcome.kind === "echo") engine.sendTaskSuccess(token, JSON.parse(input) as Json);
    else if (outcome.kind === "error") engine.sendTaskFailure(token, outcome);
  } catch {
    // Nobody waits for it any more.
  }
}

class Mocks {
  readonly #case: Case;
  readonly #used = new Map<MockedCall, number>();
  readonly worker: string | undefined;
  /** For calls of which the mocks say nothing: what the history says that they came to. */
  readonly #recorded: MockedCall[];

  constructor(one: Case) {
    this.#case = one;
    this.#recorded = callsOf(one.expected.history ?? []);
    this.worker = /"workerName":"([^"]*)"/.exec(JSON.stringify(one.expected.history ?? []))?.[1];
  }

  /** The activities of the machine; they are made as they are found. */
  activities(): string[] {
    const found =
      JSON.stringify(this.#case.definition).match(/arn:[^:"]*:states:[^:"]*:[^:"]*:activity:[^"]+/g) ?? [];
    return [...new Set(found)];
  }

  /** The mock that stands for a call: of those that fit it the next one, at the end the last one again. */
  next(call: { state?: string; resource: string; when: Json }): MockedOutcome {
    const said = this.#case.mocks.filter((mock) => fits(mock, call));
    const fitting = said.length > 0 ? said : this.#recorded.filter((mock) => fits(mock, call));
    const left = fitting.filter((mock) => !this.#used.has(mock));
    const isSame = ({ recorded }: MockedCall): boolean =>
      recorded !== undefined && difference(recorded, call.when) === undefined;
    const unused = left.find(isSame) ?? fitting.findLast(isSame) ?? left[0] ?? fitting.at(-1);
    if (!unused)
      return { kind: "error", error: "Conformance.NoMock", cause: `Nothing answers ${call.resource}.` };
    this.#used.set(unused, 1);
    return unused.outcome;
  }

  async answer(call: IntegrationCall, engine: Engine): Promise<Outcome> {
    const stored = this.#stored(call);
    if (stored) return stored;
    const { resource, arguments: args, stateName: state, taskToken } = call;
    const outcome = this.next({ state, resource, when: args });
    if (
      taskToken !== undefined &&
      (outcome.kind !== "error" || outcome.submitted !== undefined || !isOfService(outcome.error))
    ) {
      report(engine, taskToken, outcome, JSON.stringify(args)); // the engine keeps it until the submission is answered
      return { ok: true, output: outcome.submitted ?? {} };
    }
    if (outcome.submitted !== undefined) call.submitted?.(outcome.submitted);
    if (outcome.kind === "silence") return new Promise(() => undefined);
    if (outcome.kind === "error") return failure(outcome);
    return {
      ok: true,
      output: outcome.kind === "echo" ? echoed(resource, args) : asStored(resource, outcome.output),
    };
  }

  /** The object store of the case, where it has one. */
  #stored({ resource, arguments: args }: IntegrationCall): Outcome | undefined {
    const { objects } = this.#case;
    const {
      Bucket: bucket = "",
      Key: key = "",
      Prefix: prefix = "",
      Body: body,
    } = (args ?? {}) as Record<string, Json>;
    const at = `${String(bucket)}/${String(key)}`;
    if (resource.endsWith(":s3:putObject") && !resource.includes("aws-sdk")) {
      objects[at] = String(body);
      return { ok: true, output: {} };
    }
    if (Object.keys(objects).length === 0) return undefined;
    if (resource === "arn:aws:states:::s3:getObject") {
      if (Object.hasOwn(objects, at)) return { ok: true, output: { Body: objects[at] as string } };
      return { ok: false, error: "S3.NoSuchKeyException", cause: "The specified key does not exist." };
    }
    if (resource !== "arn:aws:states:::s3:listObjectsV2") return undefined;
    const found = Object.keys(objects).filter((name) =>
      name.startsWith(`${String(bucket)}/${String(prefix)}`),
    );
    const contents = found.map((name) => ({
      Key: name.slice(String(bucket).length + 1),
      Size: (objects[name] ?? "").length,
    }));
    return { ok: true, output: { Contents: contents } };
  }
}

/** A mocked answer of the object store may be what the object holds. */
function asStored(resource: string, output: Json): Json {
  if (resource === "arn:aws:states:::s3:getObject" && !(isPlainObject(output) && "Body" in output))
    return { Body: closed(output) };
  if (resource === "arn:aws:states:::s3:listObjectsV2" && Array.isArray(output)) return { Contents: output };
  return output;
}

/** Errors of a service's own API: the submission failed, not the holder of the token. */
const isOfService = (error: string | undefined): boolean =>
  /^[A-Z][A-Za-z0-9]*\.[A-Z]\w+/.test(error ?? "") && !error?.startsWith("States.");

const failure = ({ error = "", cause = "" }: { error?: string; cause?: string }): Outcome => ({
  ok: false,
  error,
  cause,
});

function fits(mock: MockedCall, call: { state?: string; resource: string; when: Json }): boolean {
  if (mock.state !== undefined && call.state !== undefined && mock.state !== call.state) return false;
  if (mock.resource !== undefined && !isNamed(mock.resource, call.resource, call.when)) return false;
  return mock.when === undefined || difference(mock.when, call.when) === undefined;
}

/** A resource may be named whole, by its end (`lambda:invoke`, a function's name), or by the function that it invokes. */
function isNamed(name: string, resource: string, args: Json): boolean {
  const plain = resource.replace(/\.(sync(:2)?|waitForTaskToken)$/, "");
  const { FunctionName: invoked } = (args ?? {}) as { FunctionName?: Json };
  return [resource, plain, ...(typeof invoked === "string" ? [invoked] : [])].some(
    (one) => one === name || one.endsWith(`:${name}`),
  );
}

function echoed(resource: string, args: Json): Json {
  if (!resource.endsWith(":::lambda:invoke")) return args;
  const { Payload: payload = null } = (args ?? {}) as { Payload?: Json };
  return { ExecutedVersion: "$LATEST", Payload: payload, StatusCode: 200 };
}

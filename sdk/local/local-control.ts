import {
  type DurableEngine,
  type Engine,
  type IntegrationCall,
  type Outcome,
  TaskTokenError,
} from "../engine/index.ts";
import type { Json } from "../model/json.ts";
import type { WaitEvent } from "../model/protocol.ts";
import {
  type CallLog,
  type Control,
  createControl,
  loggedWaits,
  memoryWaitStore,
  type Tokens,
  type Wait,
  type WaitStore,
} from "../runtime/index.ts";

const WAIT = "arn:aws:states:::lambda:invoke.waitForTaskToken";

export interface LocalControlOptions {
  /** What the schema of a wait says of an answer, as a Standard Schema answers. */
  checkAnswer?: (key: string, value: unknown) => Promise<unknown>;
  /** Whether a run's flow is `pausable`. @default it is not */
  canPause?: (runId: string) => boolean | Promise<boolean>;
  /** Notes the calls of runs, for those that repeat them. */
  calls?: CallLog | undefined;
  /** A run begins to wait. */
  onWait?: (wait: Wait) => void;
}

/** Either engine. */
type TokenHolder = Pick<Engine | DurableEngine, "sendTaskSuccess" | "sendTaskFailure">;

/** The control function on one machine: waits are kept in this process, which is the one that the runs live in. */
export function localControl(
  engine: () => TokenHolder,
  options: LocalControlOptions,
  waits: WaitStore = memoryWaitStore(),
): {
  control: Control;
  answers(resource: string): boolean;
  integration(call: IntegrationCall): Promise<Outcome>;
} {
  const { calls, checkAnswer, onWait } = options;
  const control = createControl({
    ...(calls && loggedWaits(calls)),
    waits,
    tokens: tokensOf(engine),
    canPause: (runId) => options.canPause?.(runId) ?? false,
    schemaOf: (key) =>
      checkAnswer && {
        "~standard": {
          version: 1,
          vendor: "runlet",
          validate: async (value) => (await checkAnswer(key, value)) as { value: unknown },
        },
      },
  });
  return {
    control,
    answers: (resource) => resource === WAIT,
    async integration(call) {
      const { Payload } = call.arguments as { Payload: Json };
      const wait = await control.register(Payload as unknown as WaitEvent);
      if (wait?.wait === "sleep") calls?.note(wait, { began: calls.place(), seconds: wait.seconds ?? 0 });
      if (wait) onWait?.(wait);
      return { ok: true, output: { StatusCode: 200, Payload: null } };
    },
  };
}

function tokensOf(engine: () => TokenHolder): Tokens {
  const holds = async (send: () => void | Promise<void>): Promise<boolean> => {
    try {
      await send();
      return true;
    } catch (error) {
      if (error instanceof TaskTokenError) return false;
      throw error;
    }
  };
  return {
    success: (token, output) => holds(() => engine().sendTaskSuccess(token, output)),
    failure: (token, error, cause) => holds(() => engine().sendTaskFailure(token, { error, cause })),
  };
}

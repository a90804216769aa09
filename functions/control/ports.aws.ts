import { runStoreFromEnvironment, waitStoreFromEnvironment } from "../start/ports.aws.ts";
import type { ControlPorts } from "./ports.ts";

/** Errors of SendTask* that say that nobody waits any more. */
const OVER = new Set(["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]);

/** The control function's ports on AWS. */
export async function controlPortsFromEnvironment(
  environment: Record<string, string | undefined>,
): Promise<ControlPorts> {
  const [waits, runs, sfn] = await Promise.all([
    waitStoreFromEnvironment(environment),
    runStoreFromEnvironment(environment),
    import("@aws-sdk/client-sfn"),
  ]);
  const client = new sfn.SFNClient({});
  const holds = async (sent: Promise<unknown>): Promise<boolean> => {
    try {
      await sent;
      return true;
    } catch (error) {
      if (error instanceof Error && OVER.has(error.name)) return false;
      throw error;
    }
  };
  return {
    waits,
    flowOf: async (runId) => (await runs.get(runId))?.flow,
    tokens: {
      success: (taskToken, output) =>
        holds(client.send(new sfn.SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }))),
      failure: (taskToken, error, cause) =>
        holds(client.send(new sfn.SendTaskFailureCommand({ taskToken, error, cause }))),
    },
  };
}

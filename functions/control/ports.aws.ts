import { required } from "../start/ports.aws.ts";
import { createWaitStore } from "../store/wait-store.ts";
import type { ControlPorts } from "./handler.ts";

/** Errors of SendTask* that say that nobody waits any more. */
const OVER = new Set(["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]);

/** The control function's ports on AWS. */
export async function controlPortsFromEnvironment(
  environment: Record<string, string | undefined>,
): Promise<ControlPorts> {
  const [{ DynamoDBClient }, { DynamoDBDocument }, sfn] = await Promise.all([
    import("@aws-sdk/client-dynamodb"),
    import("@aws-sdk/lib-dynamodb"),
    import("@aws-sdk/client-sfn"),
  ]);
  const document = DynamoDBDocument.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true },
  });
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
    waits: createWaitStore({ table: required(environment, "RUNLET_TABLE"), document, now: () => Date.now() }),
    tokens: {
      success: (taskToken, output) =>
        holds(client.send(new sfn.SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }))),
      failure: (taskToken, error, cause) =>
        holds(client.send(new sfn.SendTaskFailureCommand({ taskToken, error, cause }))),
    },
  };
}

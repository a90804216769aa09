import { flowOfMachine } from "../start/machine-name.ts";
import { required, runStoreFromEnvironment } from "../start/ports.aws.ts";
import { type RecordDeps, recordStatus, type StatusEvent } from "./record-status.ts";

let deps: RecordDeps | undefined;

/** The Lambda function behind the rule for "Step Functions Execution Status Change". */
export const handler = async (event: StatusEvent): Promise<void> => {
  deps ??= await connect();
  await recordStatus(event, deps);
};

async function connect(): Promise<RecordDeps> {
  const machines = required(process.env, "RUNLET_MACHINES");
  return {
    runs: await runStoreFromEnvironment(process.env),
    flowOf: (arn) => flowOfMachine(machines, arn),
  };
}

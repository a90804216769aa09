import type { SFNClient } from "@aws-sdk/client-sfn";
import { systemClock } from "../../sdk/model/clock.ts";
import type { ExecutionStatus } from "../recorder/transition.ts";
import { machineArns } from "../start/machine-name.ts";
import {
  machinesFromEnvironment,
  objectsFromEnvironment,
  required,
  runStoreFromEnvironment,
  waitStoreFromEnvironment,
} from "../start/ports.aws.ts";
import { type SweepDeps, type SweepReport, sweepRuns } from "./sweep-runs.ts";

let deps: SweepDeps | undefined;

/** The Lambda function that a schedule calls every few minutes. */
export const handler = async (): Promise<SweepReport> => {
  deps ??= await connect();
  const report = await sweepRuns(deps);
  if (report.checked > 0) console.log(JSON.stringify({ level: "info", message: "Swept", ...report }));
  return report;
};

async function connect(): Promise<SweepDeps> {
  const [runs, objects, machines, waits] = await Promise.all([
    runStoreFromEnvironment(process.env),
    objectsFromEnvironment(process.env),
    machinesFromEnvironment(process.env),
    waitStoreFromEnvironment(process.env),
  ]);
  return {
    clock: systemClock,
    runs,
    objects,
    machines: { ...machines, describe: await describePort() },
    keepRerun: (runId, rerun) => waits.setRerun(runId, rerun),
  };
}

async function describePort(): Promise<SweepDeps["machines"]["describe"]> {
  const {
    DescribeExecutionCommand,
    ExecutionDoesNotExist,
    SFNClient: Client,
  } = await import("@aws-sdk/client-sfn");
  const client: SFNClient = new Client({});
  const arnOf = machineArns(required(process.env, "RUNLET_MACHINES"));
  return async ({ flow, runId }) => {
    const executionArn = `${arnOf(flow)?.replace(":stateMachine:", ":execution:")}:${runId}`;
    try {
      const found = await client.send(new DescribeExecutionCommand({ executionArn }));
      const status: ExecutionStatus = {
        status: found.status ?? "",
        redriveCount: found.redriveCount,
        startedAt: found.startDate?.getTime() ?? 0,
        redrivenAt: found.redriveDate?.getTime(),
        stoppedAt: found.stopDate?.getTime(),
        error: found.error,
        cause: found.cause,
      };
      return status;
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  };
}

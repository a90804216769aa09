import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { FunctionEntry } from "../../sdk/model/manifest.ts";
import { acknowledgeTask } from "../acknowledgements.ts";
import type { ProjectContext } from "../project-context.ts";
import { RunletFunction } from "./runlet-function.ts";

export interface ControlFunctionProps {
  context: ProjectContext;
  entry: FunctionEntry;
  directory: string;
  flows: string[];
}

/** Keeps what runs wait for, and ends waits: by a machine's token, and by nothing else of the machine's. */
export class ControlFunction extends RunletFunction {
  readonly token: string;

  constructor(scope: Construct, id: string, { context, entry, directory, flows }: ControlFunctionProps) {
    super(scope, id, {
      description: `Waits of ${context.project} (Runlet)`,
      directory,
      timeoutSeconds: entry.timeoutSeconds,
      memoryMb: entry.memoryMb,
      environment: { ...entry.environment, ...context.environment },
      statements: [
        context.table.items("GetItem", "PutItem", "DeleteItem", "Query"),
        new PolicyStatement({
          actions: ["states:SendTaskSuccess", "states:SendTaskFailure"],
          resources: flows.map(context.machines.arn),
        }),
      ],
      logRetention: context.logRetention,
    });
    this.token = entry.token;
    acknowledgeTask(this.lambda);
  }
}

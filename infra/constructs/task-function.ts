import { ArnFormat, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { FunctionEntry } from "../../sdk/model/manifest.ts";
import { acknowledgeResultObjects, acknowledgeTask } from "../acknowledgements.ts";
import type { ProjectContext } from "../project-context.ts";
import { RunletFunction } from "./runlet-function.ts";

export interface TaskFunctionProps {
  context: ProjectContext;
  name: string;
  entry: FunctionEntry;
  directory: string;
}

/** A task, or the dispatcher of a flow's inline steps, as a Lambda function that reads its own secrets and no others. */
export class TaskFunction extends RunletFunction {
  readonly token: string;

  constructor(scope: Construct, id: string, { context, name, entry, directory }: TaskFunctionProps) {
    const secrets = entry.secrets.flatMap((secret) => secretArns(scope, context.project, secret));
    super(scope, id, {
      description: `${entry.kind === "inline" ? "Inline steps" : "Task"} ${name} of ${context.project} (Runlet)`,
      directory,
      timeoutSeconds: entry.timeoutSeconds,
      memoryMb: entry.memoryMb,
      environment: { ...entry.environment, ...context.environment },
      statements: [
        context.table.items("GetItem", "PutItem", "UpdateItem"),
        context.bucket.objects("GetObject", "PutObject"),
        ...(secrets.length > 0
          ? [new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: secrets })]
          : []),
      ],
      logRetention: context.logRetention,
    });
    this.token = entry.token;
    acknowledgeTask(this.lambda);
    acknowledgeResultObjects(this.role, context.bucket.logicalId);
  }
}

/**
 * The secret `runlet/<project>/<name>`, where the tasks look for it; whoever owns it makes it. Secrets Manager ends the
 * ARN with six random characters. One that does not exist has an ARN without them: the task may ask for that too, since
 * otherwise the answer would be "no access" and not "no such secret".
 */
function secretArns(scope: Construct, project: string, name: string): string[] {
  const format = { service: "secretsmanager", resource: "secret", arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  return ["", "-??????"].map((ending) =>
    Stack.of(scope).formatArn({ ...format, resourceName: `runlet/${project}/${name}${ending}` }),
  );
}

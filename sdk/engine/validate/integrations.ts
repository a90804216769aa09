import { languageOf } from "../query-language.ts";
import { innerMachines } from "./inner.ts";
import { isObject, type Problems } from "./problems.ts";
import { isKnown } from "./resources.ts";

/** Fields that a call needs, as the service names what is missing: measured with ValidateStateMachineDefinition. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "lambda:invoke": ["FunctionName"],
  "sqs:sendMessage": ["QueueUrl", "MessageBody"],
  "sns:publish": ["Message"],
  "dynamodb:putItem": ["TableName", "Item"],
  "dynamodb:getItem": ["TableName", "Key"],
  "states:startExecution": ["StateMachineArn"],
  "events:putEvents": ["Entries"],
  "ecs:runTask": ["TaskDefinition"],
  "glue:startJobRun": ["JobName"],
};

/** An integration needs its arguments; those that are known by name, where they are not computed as a whole. */
function checkCall(
  state: Record<string, unknown>,
  language: string,
  location: string,
  problems: Problems,
): void {
  const called = state["Type"] === "Task" ? state["Resource"] : undefined;
  const action = typeof called === "string" ? /^arn:[^:]+:states:::(.+)$/.exec(called)?.[1] : undefined;
  if (action === undefined || !isKnown(String(called))) return;
  const field = language === "JSONata" ? "Arguments" : "Parameters";
  const args = state[field];
  // Those of the other language are a problem of their own, which is told elsewhere.
  if (!("Arguments" in state) && !("Parameters" in state)) {
    problems.invalid(
      `${location}/Resource`,
      `${field} field is required for resource ARN: ${String(called)}`,
    );
  }
  if (!isObject(args)) return;
  const needed = NEEDED[action.replace(/\.(sync(:2)?|waitForTaskToken)$/, "")] ?? [];
  for (const name of needed) {
    if (name in args || `${name}.$` in args) continue;
    problems.invalid(`${location}/${field}`, `The field '${name}' is required but was missing`);
  }
}

/**
 * What the service asks of the arguments of a call when a machine is created. The engine itself runs a call without
 * them: the integration that was passed in says what it needs.
 */
export function checkIntegrations(definition: unknown, problems: Problems): void {
  const whole = isObject(definition) ? definition : {};
  const visit = (machine: unknown, location: string): void => {
    const states = isObject(machine) ? machine["States"] : undefined;
    if (!isObject(states)) return;
    for (const [name, state] of Object.entries(states)) {
      if (!isObject(state)) continue;
      const at = `${location}/States/${name}`;
      checkCall(state, languageOf(state, whole), at, problems);
      for (const inner of innerMachines(state, at)) visit(inner.machine, inner.location);
    }
  };
  visit(definition, "");
}

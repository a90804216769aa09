import { isActivityArn } from "../resources.ts";
import { innerMachines } from "./inner.ts";
import { isDistributed } from "./map.ts";
import { isObject, type Problems } from "./problems.ts";

/**
 * What Express machines do not take, in the words of AWS: jobs, task tokens, activities. A distributed Map may run its
 * children as Express executions, for which the same holds.
 */
export function checkExpress(machine: unknown, type: "STANDARD" | "EXPRESS", problems: Problems): void {
  visit(machine, "", type === "EXPRESS", problems);
}

function visit(machine: unknown, location: string, express: boolean, problems: Problems): void {
  const states = isObject(machine) ? machine["States"] : undefined;
  if (!isObject(states)) return;
  for (const [name, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    const at = `${location}/States/${name}`;
    if (express) checkState(state, at, problems);
    for (const inner of innerMachines(state, at)) {
      visit(inner.machine, inner.location, express || runsExpress(inner.machine), problems);
    }
  }
}

function checkState(state: Record<string, unknown>, location: string, problems: Problems): void {
  const resource = state["Resource"];
  const at = `${location}/Resource`;
  if (typeof resource === "string") {
    if (isActivityArn(resource)) problems.invalid(at, "Express state machine does not support Activity ARN");
    if (resource.endsWith(".waitForTaskToken")) {
      problems.invalid(at, "Express state machine does not support '.waitForTaskToken' service integration ");
    }
    if (/\.sync(:\d+)?$/.test(resource)) {
      problems.invalid(at, "Express state machine does not support '.sync' service integration");
    }
  }
  if (state["Type"] === "Map" && isDistributed(state)) {
    const field = "ItemProcessor" in state ? "ItemProcessor" : "Iterator";
    problems.invalid(
      `${location}/${field}/ProcessorConfig/Mode`,
      "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines",
    );
  }
}

function runsExpress(processor: unknown): boolean {
  const config = isObject(processor) ? processor["ProcessorConfig"] : undefined;
  return isObject(config) && config["Mode"] === "DISTRIBUTED" && config["ExecutionType"] === "EXPRESS";
}

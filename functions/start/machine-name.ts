import { createHash } from "node:crypto";

const MAX_NAME = 80;

/**
 * The name of a flow's state machine. It follows from the project and the flow, so neither the start door nor the
 * recorder needs a table of ARNs, which would outgrow the 4 KB of environment that Lambda gives at some 35 flows.
 *
 * @example machineName("orders", "etl") // "orders-etl"
 */
export function machineName(prefix: string, flow: string): string {
  const plain = `${prefix}-${flow}`;
  if (plain.length <= MAX_NAME && /^[A-Za-z0-9_-]+$/.test(plain)) return plain;
  // Other letters of an identifier become "_", and a hash keeps names apart that would look the same then.
  const hash = createHash("sha256").update(flow).digest("hex").slice(0, 8);
  return `${plain.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, MAX_NAME - 9)}-${hash}`;
}

/**
 * The ARN of a flow's state machine from `RUNLET_MACHINES`: either JSON of flow name to ARN, or
 * `{"$prefix": ARN up to and with "stateMachine:", "$project": prefix of the names}`.
 */
export function machineArns(setting: string): (flow: string) => string | undefined {
  const machines = JSON.parse(setting) as Record<string, string>;
  const { $prefix, $project } = machines;
  if ($prefix === undefined || $project === undefined) {
    return (flow) => (Object.hasOwn(machines, flow) ? machines[flow] : undefined);
  }
  return (flow) => $prefix + machineName($project, flow);
}

/** The flow that a machine's ARN belongs to: the other way round, for what status events tell. */
export function flowOfMachine(setting: string, arn: string): string | undefined {
  const machines = JSON.parse(setting) as Record<string, string>;
  const { $prefix, $project } = machines;
  if ($prefix === undefined || $project === undefined) {
    return Object.entries(machines).find(([, known]) => known === arn)?.[0];
  }
  const start = `${$prefix}${$project}-`;
  return arn.startsWith(start) ? arn.slice(start.length) : undefined;
}

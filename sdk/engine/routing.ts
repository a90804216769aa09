/** Where an alias leads, with which weight out of 100. */
export interface Route {
  stateMachineVersionArn: string;
  weight: number;
}

/** What is wrong with the routes of an alias, in the words of AWS; nothing for good ones. */
export function checkRouting(routes: readonly Route[]): string | undefined {
  const arns = routes.map(({ stateMachineVersionArn }) => stateMachineVersionArn);
  const weights = routes.map(({ weight }) => weight);
  if (routes.length === 0 || routes.length > 2) return "A routing configuration has one or two elements.";
  if (!arns.every((arn) => /:stateMachine:[^:]+:\d+$/.test(arn))) {
    return `Routing configuration must contain state machine version ARNs. Received: [${arns.join(", ")}]`;
  }
  if (new Set(arns).size < arns.length) {
    return `Routing configuration must contain distinct state machine version ARNs. Received: [${arns.join(", ")}]`;
  }
  if (new Set(arns.map((arn) => arn.slice(0, arn.lastIndexOf(":")))).size > 1) {
    return "Routing configuration must contain versions of one state machine.";
  }
  if (weights.some((weight) => !Number.isInteger(weight) || weight < 0 || weight > 100)) {
    return "A weight is a whole number from 0 to 100.";
  }
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100) {
    return `Sum of routing configuration weights must equal 100. Received: [${weights.join(", ")}]`;
  }
  return undefined;
}

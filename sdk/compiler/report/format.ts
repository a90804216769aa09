import type { FlowReport } from "./report.ts";
import type { Lengths } from "./transitions.ts";

const range = (a: number | string, b: number | string): string => (a === b ? `${a}` : `${a} to ${b}`);
const dollars = ({ shortest, longest }: Lengths): string => range(`$${shortest}`, `$${longest}`);

/** The report as a terminal shows it. */
export function formatReport(report: FlowReport): string {
  const { flow, states, happyStates, shortest, longest, repetitions } = report;
  return [
    `${flow}: ${happyStates} states on the happy path (${states} with slow paths and handlers), ${range(shortest, longest)} transitions a run`,
    ...(repetitions.length > 0
      ? ["  the longest way counts one item of each map and one turn of each loop; each further"]
      : []),
    ...repetitions.map(
      (one) =>
        `    ${one.kind} of ${one.label}${one.line === undefined ? "" : `, line ${one.line},`} adds ${range(one.shortest, one.longest)}, ${dollars(one.dollarsPerMillion)} per million runs`,
    ),
    `  Standard: $25 x ${range(shortest, longest)} transitions = ${dollars(report.dollarsPerMillion)} per million runs`,
    expressLine(report),
    ...report.inlineSteps.map((step) => {
      const when = step.when === "always" ? "each time" : "for unusual values only";
      return `  inline step at line ${step.line}, ${when}, $${step.dollarsPerMillion} per million visits: ${step.source}`;
    }),
  ].join("\n");
}

function expressLine({ express }: FlowReport): string {
  const [first, ...more] = express.refusals;
  if (first !== undefined)
    return `  Express: not possible, ${first}${more.length > 0 ? ` (and ${more.length} more)` : ""}`;
  const { requests, eachSecond } = express.dollarsPerMillion;
  return `  Express: $${requests.toFixed(2)} a million requests + $16.67 x seconds x GB = $${requests.toFixed(2)} + $${eachSecond} for each second of a run, per million runs`;
}

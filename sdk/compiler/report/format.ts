import type { FlowReport } from "./report.ts";
import type { Lengths } from "./transitions.ts";

const range = (a: number | string, b: number | string): string => (a === b ? `${a}` : `${a} to ${b}`);
const dollars = ({ shortest, longest }: Lengths): string => range(`$${shortest}`, `$${longest}`);

/** The report as a terminal shows it. */
export function formatReport(report: FlowReport): string {
  const { flow, states, happyStates, shortest, longest, repetitions } = report;
  return [
    `${flow}: ${happyStates} states on the happy path (${states} with ${apartOf(report)}), ${range(shortest, longest)} transitions a run`,
    ...(repetitions.length > 0
      ? ["  the longest way counts one item of each map and one turn of each loop; each further"]
      : []),
    ...repetitions.map(
      (one) =>
        `    ${one.kind} of ${one.label}${one.line === undefined ? "" : `, line ${one.line},`} adds ${range(one.shortest, one.longest)}, ${dollars(one.dollarsPerMillion)} per million runs`,
    ),
    `  Standard: $25 x ${range(shortest, longest)} transitions = ${dollars(report.dollarsPerMillion)} per million runs`,
    expressLine(report),
    ...report.barriers.map(({ line, message }) => `  barrier at line ${line}: ${message}`),
    ...report.distributed.map(
      (one) =>
        `  lists too long for an inline map: ${one.state}, ${one.line === undefined ? "" : `line ${one.line}, `}a child execution of ${range(one.item.shortest, one.item.longest)} transitions, ${dollars(one.dollarsPerMillion)} per million`,
    ),
    ...once(report.inlineSteps).map((step) => {
      const when = step.when === "always" ? "each time" : "for unusual values only";
      return `  inline step at line ${step.line}, ${when}, $${step.dollarsPerMillion} per million visits: ${step.source}`;
    }),
  ].join("\n");
}

function apartOf({ states, happyStates, apart }: FlowReport): string {
  if (states === happyStates) return "none besides";
  const parts = [
    [apart.inline, "inline steps behind guards"],
    [apart.distributed, "of distributed maps"],
    [apart.failures, "for failures and retries"],
  ] as const;
  return parts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(", ");
}

/** A map's body stands twice in a definition, inline and distributed; to a reader it is one. */
function once(steps: FlowReport["inlineSteps"]): FlowReport["inlineSteps"] {
  const seen = new Map(steps.map((step) => [`${step.line} ${step.when} ${step.source}`, step]));
  return [...seen.values()];
}

function expressLine({ express }: FlowReport): string {
  const [first, ...more] = express.refusals;
  if (first !== undefined)
    return `  Express: not possible, ${first}${more.length > 0 ? ` (and ${more.length} more)` : ""}`;
  const { requests, eachSecond } = express.dollarsPerMillion;
  return `  Express: $${requests.toFixed(2)} a million requests + $16.67 x seconds x GB = $${requests.toFixed(2)} + $${eachSecond} for each second of a run, per million runs`;
}

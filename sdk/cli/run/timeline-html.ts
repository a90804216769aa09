import { printable } from "./printable.ts";
import type { RunStateEntry } from "./run-states.ts";
import { duration } from "./timeline.ts";

export interface TimelinePage {
  flow: string;
  runId: string;
  status: string;
  states: readonly RunStateEntry[];
  /** JSON of the output or of the error. */
  result: string;
  cost: string;
}

/** One static page, no script and nothing loaded from elsewhere: safe to open, safe to send on. */
export function timelinePage(page: TimelinePage): string {
  const { flow, runId, status, states, result, cost } = page;
  const start = states[0] ? Date.parse(states[0].startedAt) : 0;
  const end = Math.max(start + 1, ...states.map((state) => Date.parse(state.endedAt ?? state.startedAt)));
  const rows = states.map((state) => row(state, start, end - start)).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${asText(flow)} · ${asText(runId)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
  <h1>${asText(flow)}</h1>
  <span class="badge ${statusClass(status)}">${asText(status)}</span>
  <p class="meta">run <code>${asText(runId)}</code> · ${states.length} states · ${duration(end - start)}</p>
</header>
<main>
<section><h2>Result</h2><pre>${asText(result)}</pre></section>
<section><h2>Cost</h2><p>${asText(cost)}</p></section>
<section><h2>Timeline</h2>
<table>
<thead><tr><th scope="col">State</th><th scope="col">Type</th><th scope="col">Status</th><th scope="col" class="bar">0 – ${duration(end - start)}</th><th scope="col" class="number">Took</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</section>
</main>
</body>
</html>
`;
}

function row(state: RunStateEntry, start: number, span: number): string {
  const from = Date.parse(state.startedAt) - start;
  const to = Date.parse(state.endedAt ?? state.startedAt) - start;
  const left = ((from / span) * 100).toFixed(2);
  const width = Math.max(0.4, ((to - from) / span) * 100).toFixed(2);
  const kind = statusClass(state.status);
  const attempts = state.attempts === undefined ? "" : ` <small>${state.attempts} attempts</small>`;
  return `<tr><td class="name">${asText(state.name)}${attempts}</td><td>${asText(state.type)}</td><td><span class="dot ${kind}"></span>${asText(state.status)}</td><td class="bar"><div class="track"><div class="fill ${kind}" style="margin-left:${left}%;width:${width}%"></div></div></td><td class="number">${duration(to - from)}</td></tr>`;
}

const statusClass = (status: string): string =>
  status === "COMPLETED" ? "good" : status === "FAILED" ? "bad" : "open";

/** Text from an author's names, values and errors is never markup. */
const asText = (text: string): string =>
  printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

const STYLE = `
:root { color-scheme: light dark; --line: #d9dee6; --soft: #667085; --good: #12805c; --bad: #c0362c; --open: #b7791f; --back: #fff; --text: #1d2433; --track: #f1f4f8; }
@media (prefers-color-scheme: dark) { :root { --line: #2c3444; --soft: #98a2b3; --good: #32b88a; --bad: #f0685e; --open: #e0a949; --back: #131822; --text: #e6eaf2; --track: #1d2534; } }
body { margin: 0; font: 14px/1.5 system-ui, sans-serif; background: var(--back); color: var(--text); }
header, main { max-width: 1100px; margin: 0 auto; padding: 16px 24px; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding-top: 32px; }
h1 { font-size: 22px; margin: 0; } h2 { font-size: 15px; margin: 24px 0 8px; }
.meta { flex-basis: 100%; margin: 0; color: var(--soft); }
.badge { color: #fff; border-radius: 999px; padding: 1px 10px; font-size: 12px; font-weight: 600; }
.badge.good, .fill.good, .dot.good { background: var(--good); } .badge.bad, .fill.bad, .dot.bad { background: var(--bad); } .badge.open, .fill.open, .dot.open { background: var(--open); }
table { width: 100%; border-collapse: collapse; table-layout: fixed; } th, td { text-align: left; padding: 5px 8px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-size: 12px; color: var(--soft); font-weight: 600; } th:nth-child(1) { width: 26%; } th:nth-child(2) { width: 8%; } th:nth-child(3) { width: 13%; } th:last-child { width: 9%; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; } .dot { display: inline-block; width: 8px; height: 8px; border-radius: 50%; margin-right: 6px; }
.track { background: var(--track); border-radius: 4px; height: 12px; overflow: hidden; } .fill { height: 12px; border-radius: 4px; min-width: 2px; }
small { color: var(--soft); } pre { max-height: 40vh; background: var(--track); padding: 12px; border-radius: 6px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

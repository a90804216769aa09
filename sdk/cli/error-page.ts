import { DIAGNOSTICS, type DiagnosticCode } from "../compiler/diagnostic-catalogue.ts";
import { DIAGNOSTIC_PAGES } from "../compiler/diagnostic-pages/index.ts";
import { ERROR_CATALOGUE, type ErrorCode } from "../model/error-catalogue.ts";
import { ERROR_PAGES } from "../model/error-pages.ts";

/** Every code that Runlet gives, in order. */
export const CODES = [...Object.keys(DIAGNOSTICS), ...Object.keys(ERROR_CATALOGUE)].sort();

/** The page of a code as Markdown: what `runlet explain` prints and `docs/errors/` holds. */
export function errorPage(code: string): string | undefined {
  if (Object.hasOwn(DIAGNOSTICS, code)) return diagnosticPage(code as DiagnosticCode);
  return Object.hasOwn(ERROR_CATALOGUE, code) ? runtimePage(code as ErrorCode) : undefined;
}

function diagnosticPage(code: DiagnosticCode): string {
  const { title, mend } = DIAGNOSTICS[code];
  const page = DIAGNOSTIC_PAGES[code];
  if ("retired" in page) return sections(code, title, `This code is given no more: ${page.retired}`);
  const { why, wrong, right, files, repeated } = page;
  const more =
    repeated && `The line \`// …\` stands for ${repeated.times} times \`${repeated.line.trim()}\`.`;
  return sections(
    code,
    title,
    "Given when a file is compiled or checked.",
    `## Why\n\n${why}`,
    `## Mend\n\n${mend}`,
    `## Wrong\n\n${codeBlock(wrong)}${more ? `\n\n${more}` : ""}`,
    `## Right\n\n${codeBlock(right)}`,
    ...Object.entries(files ?? {}).map(([name, text]) => `with \`${name}\`:\n\n${codeBlock(text.trim())}`),
    ...(wrong.startsWith("import") && right.startsWith("import") ? [] : [IN_A_BODY]),
  );
}

const IN_A_BODY =
  "What is no whole file stands in the body of `flow(async (input) => { … })`; `load` and `save` are tasks.";

function runtimePage(code: ErrorCode): string {
  const entry: { title: string; mend: string; name?: string } = ERROR_CATALOGUE[code];
  const { why, wrong, right } = ERROR_PAGES[code];
  return sections(
    code,
    entry.title,
    `Given when a flow runs or a command is called; the error's name is \`${entry.name ?? "RunletError"}\`.`,
    `## Why\n\n${why}`,
    `## Mend\n\n${entry.mend}`,
    ...(wrong === undefined ? [] : [`## Wrong\n\n${codeBlock(wrong)}`]),
    ...(right === undefined ? [] : [`## Right\n\n${codeBlock(right)}`]),
  );
}

const sections = (code: string, title: string, ...parts: string[]): string =>
  [`# ${code}: ${title}`, ...parts].join("\n\n");

const codeBlock = (text: string): string => `\`\`\`ts\n${text}\n\`\`\``;

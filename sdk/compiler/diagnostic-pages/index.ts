import type { DiagnosticCode } from "../diagnostic-catalogue.ts";
import { CALL_PAGES } from "./calls.ts";
import { DEFINITION_PAGES } from "./definitions.ts";
import { EXPRESSION_PAGES } from "./expressions.ts";
import { GATE_PAGES } from "./gates.ts";
import type { DiagnosticPage } from "./page.ts";
import { STATEMENT_PAGES } from "./statements.ts";

export type { DiagnosticPage };

/** A page for each diagnostic; `npm run docs` writes them to `docs/errors/`, and `runlet explain` prints one. */
export const DIAGNOSTIC_PAGES: Record<DiagnosticCode, DiagnosticPage> = {
  ...DEFINITION_PAGES,
  ...STATEMENT_PAGES,
  ...CALL_PAGES,
  ...EXPRESSION_PAGES,
  ...GATE_PAGES,
};

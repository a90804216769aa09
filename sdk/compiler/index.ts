/** The compiler: a TypeScript file in, definitions, bundles and a manifest out. */
export { analyse, check } from "./analyse.ts";
export { SINGLE_BUNDLE } from "./bundle/entries.ts";
export { type CompiledFlow, type CompileOptions, type CompileResult, compileFile } from "./compile.ts";
export { DIAGNOSTICS, type DiagnosticCode } from "./diagnostic-catalogue.ts";
export { type Diagnostic, formatDiagnostic } from "./diagnostics.ts";
export type { FlowGraph } from "./graph.ts";
export { toMermaid } from "./mermaid.ts";
export { formatReport } from "./report/format.ts";
export { type FlowReport, reportOf } from "./report/report.ts";

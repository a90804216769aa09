/** The compiler: a TypeScript file in, definitions, bundles and a manifest out. */

export { type FlowDocument, flowDocumentSchema } from "../model/flow-document.ts";
export { analyse, check } from "./analyse.ts";
export { SINGLE_BUNDLE } from "./bundle/entries.ts";
export { type CompileOptions, type CompileResult, compileFile } from "./compile.ts";
export type { CompiledFlow } from "./compiled-flow.ts";
export { DIAGNOSTICS, type DiagnosticCode } from "./diagnostic-catalogue.ts";
export { type Diagnostic, formatDiagnostic } from "./diagnostics.ts";
export { documentOf } from "./drawing/document.ts";
export { toMermaid } from "./drawing/mermaid.ts";
export { toSvg } from "./drawing/svg.ts";
export type { FlowGraph } from "./graph.ts";
export { sourceFolders } from "./parse/source-folders.ts";
export { formatReport } from "./report/format.ts";
export { type FlowReport, reportOf } from "./report/report.ts";

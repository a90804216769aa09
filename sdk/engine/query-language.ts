export type QueryLanguage = "JSONata" | "JSONPath";

/**
 * A state speaks its own language, or that of the whole machine; the Map or Parallel around it has no say. Whatever is
 * not JSONPath by its exact name is JSONata to the service, which only then tells that the name is wrong.
 */
export const languageOf = (
  state: { QueryLanguage?: unknown },
  whole: { QueryLanguage?: unknown } = {},
): QueryLanguage =>
  (state.QueryLanguage ?? whole.QueryLanguage ?? "JSONPath") === "JSONPath" ? "JSONPath" : "JSONata";

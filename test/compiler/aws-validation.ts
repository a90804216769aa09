import { getLanguageService, TextDocument } from "amazon-states-language-service";
import type { CompiledFlow } from "../../sdk/compiler/index.ts";

const service = getLanguageService({});

/**
 * What AWS's own language service says of a definition; empty where it finds nothing wrong. It looks at states and their
 * fields; of expressions it knows nothing, which is why `brokenRules` parses each.
 */
export async function awsProblems({
  name,
  definition,
}: Pick<CompiledFlow, "name" | "definition">): Promise<string[]> {
  const text = JSON.stringify(definition);
  const document = TextDocument.create(`${name}.asl.json`, "asl", 1, text);
  const problems = await service.doValidation(document, service.parseJSONDocument(document));
  return problems.map(({ message, range }) => {
    const where = text.slice(document.offsetAt(range.start), document.offsetAt(range.end)).slice(0, 80);
    return `${name}: ${String(message)} (${where})`;
  });
}

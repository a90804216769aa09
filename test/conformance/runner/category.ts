import type { Category } from "./case.ts";

const WORDS: Record<Category, RegExp> = {
  "test-state-error": /^teststate(s)?(error|errors|refusal|refusals|refused|invalid|exceptions?)$/,
  "test-state": /^teststates?(cases)?$/,
  validate: /^(validate|validates|validation|validations|validatestatemachinedefinition)$/,
  invalid: /^(invalid|invaliddefinitions?|refusals?|refused|creation|create|createstatemachine)$/,
  executions: /^(executions?|execute|runs?|startexecution|executionsmore|startsyncexecution)$/,
};

/** The category that a word stands for: of a case, of a file or of a folder. */
export function categoryOfName(word: string): Category | undefined {
  const plain = word
    .toLowerCase()
    .replace(/\.(json|jsonl|ndjson)(\.gz)?$/, "")
    .replaceAll(/[^a-z]/g, "");
  return (Object.keys(WORDS) as Category[]).find((category) => WORDS[category].test(plain));
}

/** By the folders of a file, the outermost first, and its own name. */
export function categoryOfPath(file: string): Category | undefined {
  for (const name of file.split("/")) {
    const found = categoryOfName(name);
    if (found) return found;
  }
  return undefined;
}

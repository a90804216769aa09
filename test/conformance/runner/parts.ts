import { categoryOfName } from "./category.ts";
import type { Source } from "./files.ts";

/** What a file holds, where it holds a part of a case only. */
export type Role =
  | "definition"
  | "input"
  | "mocks"
  | "objects"
  | "request"
  | "expected"
  | "history"
  | "about";

const ROLES: Record<Role, string[]> = {
  definition: ["definition", "machine", "statemachine", "template", "asl", "workflow"],
  input: ["input", "executioninput", "execinput"],
  mocks: ["mock", "mockconfig", "mockedresponse", "integration", "call"],
  objects: ["object", "s3", "bucket"],
  request: ["request", "param", "parameter"],
  expected: ["expected", "expect", "expectation", "recorded", "outcome", "result", "answer", "response"],
  history: ["history", "historie", "event", "executionhistory", "getexecutionhistory"],
  about: ["case", "meta", "metadata", "info", "about"],
};

/** Where a file belongs: the case by its path without category and role, and the role. */
export interface Part {
  /** Path of the case, as `folders/name`; the name is empty for `expected.json` in the case's own folder. */
  key: string;
  name: string;
  role: Role | undefined;
}

const bare = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

function roleOf(word: string): Role | undefined {
  const plain = bare(word);
  const singular = plain.replace(/s$/, "");
  return (Object.keys(ROLES) as Role[]).find((role) =>
    ROLES[role].some((name) => name === plain || name === singular),
  );
}

/** `retry/histories/foo.json`, `retry/foo.history.json` and `retry/foo/history.json` are all the history of `retry/foo`. */
export function partOf({ file }: Source): Part {
  const segments = file.split("/");
  const base = (segments.pop() ?? "").replace(/\.gz$/, "").replace(/\.(json|jsonl|ndjson|csv|txt|tsv)$/, "");
  const isAsl = /\.asl$/.test(base);
  const words = base.replace(/\.asl$/, "").split(".");
  const folders = segments.filter((name) => categoryOfName(name) === undefined);
  const byFolder = folders.findIndex((name) => roleOf(name) !== undefined);
  const whole = words.length === 1 ? roleOf(words[0] ?? "") : undefined;
  const last = words.length > 1 ? roleOf(words.at(-1) ?? "") : undefined;
  if (whole) return { key: folders.join("/"), name: "", role: whole };
  if (last) return at(folders, words.slice(0, -1).join("."), last);
  if (byFolder >= 0) {
    const role = roleOf(folders[byFolder] ?? "");
    return at(folders.toSpliced(byFolder, 1), words.join("."), role);
  }
  return at(folders, words.join("."), isAsl ? "definition" : undefined);
}

const at = (folders: string[], name: string, role: Role | undefined): Part => ({
  key: [...folders, name].join("/"),
  name,
  role,
});

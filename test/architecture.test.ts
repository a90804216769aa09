import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Who may import whom; imports point down only. A folder may always import itself. */
const ALLOWED: Record<string, string[]> = {
  "sdk/model": [],
  "sdk/contract": ["sdk/model"],
  "sdk/asl": ["sdk/model"],
  "sdk/flow": ["sdk/model"],
  "sdk/compiler": ["sdk/asl", "sdk/flow", "sdk/model"],
  "sdk/journal": ["sdk/model"],
  "sdk/engine": ["sdk/asl", "sdk/journal", "sdk/model"],
  "sdk/runtime": ["sdk/flow", "sdk/model"],
  "sdk/client": ["sdk/contract", "sdk/flow", "sdk/model"],
  "sdk/local": ["sdk/engine", "sdk/journal", "sdk/runtime", "sdk/asl", "sdk/model"],
  "sdk/testing": ["sdk/compiler", "sdk/engine", "sdk/runtime", "sdk/flow", "sdk/asl", "sdk/model"],
  functions: ["sdk/contract", "sdk/model", "sdk/runtime"],
  infra: ["sdk/asl", "sdk/model", "functions"],
  "sdk/cli": [
    "sdk/compiler",
    "sdk/engine",
    "sdk/journal",
    "sdk/runtime",
    "sdk/local",
    "sdk/testing",
    "sdk/client",
    "sdk/flow",
    "sdk/asl",
    "sdk/contract",
    "sdk/model",
    "functions",
  ],
  examples: [],
};

const WHY: Record<string, string> = {
  "sdk/local": "what runs on the desk is what deploys: put shared logic below both",
  "sdk/compiler": "the engine is the compiler's oracle: they share sdk/asl and nothing else",
  "sdk/engine": "the engine is the compiler's oracle: they share sdk/asl and nothing else",
  "sdk/model": "the words of the domain know nobody",
};

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []; // a room that is planned: git keeps no empty folders
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === "node_modules" || name === "template" || name.startsWith(".")) return [];
    return statSync(path).isDirectory() ? filesIn(path) : /\.[cm]?ts$/.test(name) ? [path] : [];
  });
}

const roomOf = (path: string): string | undefined =>
  Object.keys(ALLOWED).find((room) => relative(root, path).startsWith(`${room}/`)) ??
  (relative(root, path) === "sdk/index.ts" ? "sdk/index" : undefined);

function importsOf(path: string): string[] {
  const { module } = parseSync(path, readFileSync(path, "utf8"));
  const exports = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
  );
  const dynamic = module.dynamicImports.map(({ moduleRequest }) =>
    readFileSync(path, "utf8").slice(moduleRequest.start, moduleRequest.end).replace(/["']/g, ""),
  );
  return [...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...exports, ...dynamic];
}

describe("architecture", () => {
  it("imports point down only", () => {
    const wrong: string[] = [];
    for (const room of Object.keys(ALLOWED)) {
      for (const file of filesIn(join(root, room))) {
        for (const specifier of importsOf(file)) {
          if (!specifier.startsWith(".")) continue;
          const target = roomOf(resolve(dirname(file), specifier));
          if (target === undefined || target === room || ALLOWED[room]?.includes(target)) continue;
          const why = WHY[room] ? ` (${WHY[room]})` : "";
          wrong.push(
            `${relative(root, file)}: ${room} may not import ${target}; allowed: ${ALLOWED[room]?.join(", ") || "nothing of ours"}${why}`,
          );
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("only sdk/runtime knows middy, only functions/store and sdk/runtime/aws know DynamoDB", () => {
    const users = (name: RegExp): string[] =>
      ["sdk", "functions", "infra"]
        .flatMap((folder) => filesIn(join(root, folder)))
        .filter((file) => importsOf(file).some((specifier) => name.test(specifier)))
        .map((file) => dirname(relative(root, file)));
    expect(users(/^@middy\//).every((folder) => folder.startsWith("sdk/runtime"))).toBe(true);
    expect(
      users(/dynamodb/).filter(
        (folder) => !/^(functions\/(store|start)|sdk\/runtime\/aws|infra)/.test(folder),
      ),
    ).toEqual([]);
  });

  it("files keep their budget: 400 lines", () => {
    const long = ["sdk", "functions", "infra"]
      .flatMap((folder) => filesIn(join(root, folder)))
      .filter((file) => readFileSync(file, "utf8").split("\n").length > 400)
      .map((file) => relative(root, file));
    expect(long).toEqual([]);
  });

  it("examples import Runlet by its package name, as users do", () => {
    const wrong = filesIn(join(root, "examples")).filter((file) =>
      importsOf(file).some((specifier) => specifier.includes("/sdk/")),
    );
    expect(wrong).toEqual([]);
  });
});

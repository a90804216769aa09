import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, extname, join } from "node:path";
import type { Loader, Plugin } from "esbuild";
import { distFile, packageRoot } from "../../model/package-root.ts";
import type { Module } from "../parse/module.ts";

/** What an author's module gets for bundling, beside its own text. */
export interface Additions {
  /** JavaScript that is appended at module level, so that it sees everything the author's code sees. */
  appended: string;
}

/** `import … from "runlet/x"` in generated and authors' code -> the built file. */
const RUNLET_ENTRIES: Record<string, string> = {
  runlet: "index.js",
  "runlet/runtime": "runtime.js",
  "runlet/describe": "describe.js",
  "runlet/start": "start.js",
  "runlet/testing": "testing.js",
};

const LOADERS: Record<string, Loader> = { ".ts": "ts", ".mts": "ts", ".tsx": "tsx", ".jsx": "jsx" };

/** Serves generated entries, the author's modules with their additions, and Runlet itself. */
export function authorModules(modules: ReadonlyMap<string, Module>, additions: ReadonlyMap<string, Additions>, entries: ReadonlyMap<string, string>): Plugin {
  return {
    name: "runlet",
    setup(build) {
      build.onResolve({ filter: /^runlet-entry:/ }, ({ path }) => ({ path, namespace: "runlet-entry" }));
      build.onLoad({ filter: /.*/, namespace: "runlet-entry" }, ({ path }) => ({ contents: entries.get(path) ?? "", loader: "js", resolveDir: packageRoot() }));
      build.onResolve({ filter: /^runlet(\/|$)/ }, ({ path }) => {
        const file = RUNLET_ENTRIES[path];
        return file ? { path: distFile(file), sideEffects: path === "runlet/describe" } : undefined;
      });
      build.onResolve({ filter: /^zod(\/|$)/ }, async ({ path, importer, kind, pluginData }) => {
        if (pluginData === "retried") return undefined;
        const own = await build.resolve(path, { resolveDir: dirname(importer), kind, pluginData: "retried" });
        if (own.errors.length === 0) return own;
        // A file outside any project: Runlet's own zod serves.
        return build.resolve(path, { resolveDir: packageRoot(), kind, pluginData: "retried" });
      });
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
        const module = modules.get(path);
        if (!module) return undefined;
        return { contents: pureDefinitions(module) + (additions.get(path)?.appended ?? ""), loader: LOADERS[extname(path)] ?? "js" };
      });
    },
  };
}

/** Marks `task(…)` and `flow(…)` as free of side effects, so that a bundle keeps only what its entry needs. */
function pureDefinitions(module: Module): string {
  let text = module.source.text;
  const starts = [...module.declarations.values()]
    .flatMap((declared) => (declared.kind === "task" || declared.kind === "flow" ? [declared.call.start] : []))
    .sort((a, b) => b - a);
  for (const start of starts) text = `${text.slice(0, start)}/* @__PURE__ */ ${text.slice(start)}`;
  return text;
}

/** The text of a built file: used to see whether the package was built. */
export const readDist = (name: string): string => readFileSync(join(packageRoot(), "dist", name), "utf8");

export { isBuiltin };

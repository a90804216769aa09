import { dirname, extname } from "node:path";
import type { Loader, Plugin } from "esbuild";
import type { Node } from "oxc-parser";
import { distFile, packageRoot } from "../../model/package-root.ts";
import { containsAwait } from "../parse/ast.ts";
import type { Module } from "../parse/module.ts";
import type { Span } from "../source-file.ts";
import { assetsOf } from "./assets.ts";
import type { Edit } from "./identity-edits.ts";

/** What an author's module gets for bundling, beside its own text. */
export interface Additions {
  /** JavaScript that is appended at module level, so that it sees everything the author's code sees. */
  appended: string;
  /** Where it is written anew; none lies across another. */
  edits: readonly Edit[];
}

/** `import … from "runlet/x"` in generated and authors' code -> the built file. */
const RUNLET_ENTRIES: Record<string, string> = {
  runlet: "index.js",
  "runlet/runtime": "runtime.js",
  "runlet/describe": "describe.js",
  "runlet/start": "start.js",
  "runlet/control": "control.js",
  "runlet/testing": "testing.js",
};

const LOADERS: Record<string, Loader> = { ".ts": "ts", ".mts": "ts", ".tsx": "tsx", ".jsx": "jsx" };

/** Serves generated entries, the author's modules with their additions, and Runlet itself. */
export function authorModules(
  modules: ReadonlyMap<string, Module>,
  additions: ReadonlyMap<string, Additions>,
  entries: ReadonlyMap<string, string>,
): Plugin {
  return {
    name: "runlet",
    setup(build) {
      build.onResolve({ filter: /^runlet-entry:/ }, ({ path }) => ({ path, namespace: "runlet-entry" }));
      build.onLoad({ filter: /.*/, namespace: "runlet-entry" }, ({ path }) => ({
        contents: entries.get(path) ?? "",
        loader: "js",
        resolveDir: packageRoot(),
      }));
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
        const { appended, edits } = additions.get(path) ?? { appended: "", edits: [] };
        return {
          contents: bundledText(module, edits) + appended,
          loader: LOADERS[extname(path)] ?? "js",
        };
      });
    },
  };
}

/**
 * The author's text for bundling: `task(…)` and `flow(…)` are marked as free of side effects, so that a bundle keeps
 * only what its entry needs, and data files are named as they lie in the bundle's folder.
 */
function bundledText(module: Module, more: readonly Edit[]): string {
  const { text, base } = module.source;
  const pure = removable(module).flatMap((span) => {
    const [start, end] = [span.start - base, span.end - base];
    return [
      { start, end: start, with: "/* @__PURE__ */ (() => " },
      { start: end, end, with: ")()" },
    ];
  });
  const assets = assetsOf(module).map(({ start, end, bundled }) => ({
    start,
    end,
    with: JSON.stringify(`./${bundled}`),
  }));
  const edits = [...pure, ...assets, ...more].sort((x, y) => x.start - y.start);
  let out = "";
  let at = 0;
  for (const edit of edits) {
    out += text.slice(at, edit.start) + edit.with;
    at = edit.end;
  }
  return out + text.slice(at);
}

/**
 * Top-level values whose making has no effect of its own: definitions, and schemas of zod. Wrapped in a call that is
 * marked pure, arguments and all, they leave the bundles that do not use them.
 */
function removable(module: Module): Span[] {
  return [...module.declarations.values()].flatMap((declared): Span[] => {
    if (declared.kind === "task" || declared.kind === "flow")
      return containsAwait(declared.call) ? [] : [declared.call];
    if (declared.kind !== "constant" || declared.module !== module || !isSchema(module, declared.init))
      return [];
    return containsAwait(declared.init) ? [] : [declared.init];
  });
}

/** `z.object(…).default(…)`: a chain of calls that begins at an import from zod. */
function isSchema(module: Module, init: Node): boolean {
  let node = init;
  let calls = 0;
  while (node.type === "CallExpression" || node.type === "MemberExpression") {
    if (node.type === "CallExpression") calls++;
    node = node.type === "CallExpression" ? node.callee : node.object;
  }
  return (
    calls > 0 && node.type === "Identifier" && /^zod(\/|$)/.test(module.imports.get(node.name)?.from ?? "")
  );
}

import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { packageRoot, packageVersion } from "../../model/package-root.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { CommandRefused, EXIT, refuseUsage } from "../exit.ts";
import { writableFolder } from "../folders.ts";

/** `runlet init DIR`: a project whose `npm install && npm start` and `npm test` work at once. */
export async function initCommand(given: string): Promise<number> {
  if (given === "") throw refuseUsage("The name of the new folder is empty.");
  const folder = writableFolder(resolve(given), "The folder");
  // A repository that was just made is as good as an empty folder.
  if (readdirSync(folder).some((name) => name !== ".git")) {
    throw new CommandRefused(new RunletError("RLT4006", `${given} exists and is not empty.`));
  }
  cpSync(templateFolder(), folder, { recursive: true });
  // npm leaves a file named .gitignore out of packages, so the template has it under another name.
  renameSync(join(folder, "gitignore"), join(folder, ".gitignore"));
  const file = join(folder, "package.json");
  const text = readFileSync(file, "utf8")
    .replace("RUNLET_SPEC", () => runletSpec().replaceAll("\\", "/"))
    .replace("PROJECT_NAME", projectNameOf(folder));
  writeFileSync(file, text);
  process.stdout.write(`Made a project in ${folder}. Next:\n\n${nextSteps(relative(process.cwd(), folder))}`);
  return EXIT.ok;
}

const templateFolder = (): string => {
  const built = join(packageRoot(), "dist", "template");
  return existsSync(built) ? built : join(packageRoot(), "sdk", "cli", "template");
};

const projectNameOf = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "") || "pipelines";

/** The Runlet that made the project, as npm can install it again: a version, or the file that it came from. */
function runletSpec(): string {
  const root = packageRoot();
  if (basename(dirname(root)) !== "node_modules") return `file:${root}`;
  const modules = dirname(root);
  try {
    const lock = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")) as {
      packages?: Record<string, { resolved?: string }>;
    };
    const resolved = lock.packages?.["node_modules/runlet"]?.resolved ?? "";
    if (resolved.startsWith("file:"))
      return `file:${resolve(dirname(modules), resolved.slice("file:".length))}`;
  } catch {
    // Another package manager: the version says it.
  }
  return packageVersion();
}

function nextSteps(path: string): string {
  const needsQuotes = !/^[\w./\\-]+$/.test(path) || path.startsWith("-");
  const steps = [
    "npm install",
    "npm start        # runs the flow on this machine",
    "npm test         # runs it as plain TypeScript and compiled",
    "npx cdk synth    # the stack for AWS, no account needed",
  ];
  if (path !== "") steps.unshift(`cd ${needsQuotes ? `"./${path}"` : path}`);
  return steps.map((step) => `  ${step}\n`).join("");
}

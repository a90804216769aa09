import pc from "picocolors";
import { type Diagnostic, formatDiagnostic, sourceFolders } from "../../compiler/index.ts";
import { toFailure } from "../../model/failure.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { CommandRefused, EXIT } from "../exit.ts";
import { interruptedCode, interruption } from "../interrupt.ts";
import { flowFile } from "../source-path.ts";
import { Changes } from "../watch/changes.ts";
import { Workshop } from "../workshop.ts";

interface CheckOptions {
  json?: boolean;
  watch?: boolean;
}

/** `runlet check FILE`: every mistake of a file at once; nothing is written, no task is run. */
export async function checkCommand(file: string, options: CheckOptions): Promise<number> {
  const path = flowFile(file);
  if (options.watch) return watchFile(path, options);
  print({ flows: await namesOf(path), diagnostics: [] }, options);
  return EXIT.ok;
}

/** @throws CommandRefused with the diagnostics; RunletError where the file cannot be bundled or loaded */
async function namesOf(path: string): Promise<string[]> {
  const workshop = new Workshop(path);
  try {
    return (await workshop.compile(path)).flows.map(({ name }) => name);
  } finally {
    await workshop.close();
  }
}

interface Checked {
  flows: string[];
  diagnostics: readonly Diagnostic[];
  /** Why there is no answer, where it is no diagnostic. */
  error?: { name: string; message: string };
}

/** Checks again after each change of the file or of what it imports, until the user ends it. */
async function watchFile(path: string, options: CheckOptions): Promise<number> {
  const changes = new Changes((name) => /\.([cm]?[jt]sx?|json)$/.test(name) || !name.includes("."));
  try {
    do {
      // Watched before it is read: what is written while the check reads is checked again.
      changes.watch(sourceFolders(path));
      const found = await checked(path);
      if (!interruption.aborted) print(found, options);
    } while (await changes.next(interruption));
    return interruptedCode();
  } finally {
    changes.close();
  }
}

async function checked(path: string): Promise<Checked> {
  try {
    return { flows: await namesOf(path), diagnostics: [] };
  } catch (error) {
    if (error instanceof CommandRefused && error.diagnostics.length > 0)
      return { flows: [], diagnostics: error.diagnostics };
    const { name, message } =
      error instanceof CommandRefused || error instanceof RunletError ? error : toFailure(error);
    return { flows: [], diagnostics: [], error: { name, message } };
  }
}

function print(checked: Checked, { json, watch }: CheckOptions): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(checked)}\n`);
    return;
  }
  if (watch && process.stdout.isTTY) process.stdout.write("\u001b[2J\u001b[3J\u001b[H");
  const { flows, diagnostics, error } = checked;
  const texts = diagnostics.map((one) => `${formatDiagnostic(one)}\n\n`);
  const count = diagnostics.length === 1 ? "1 mistake" : `${diagnostics.length} mistakes`;
  if (error) texts.push(`${pc.red("✗")} ${error.message}\n`);
  else if (diagnostics.length > 0) texts.push(`${pc.red("✗")} ${count}.\n`);
  else texts.push(`No mistakes. Flows: ${flows.join(", ")}.\n`);
  if (watch) texts.push(pc.dim(`Watching for changes; Ctrl-C ends.\n`));
  process.stdout.write(texts.join(""));
}

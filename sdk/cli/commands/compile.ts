import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { formatReport, reportOf } from "../../compiler/index.ts";
import { manifestSchema } from "../../model/manifest.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { CommandRefused, EXIT } from "../exit.ts";
import { writableFolder } from "../folders.ts";
import { flowFile } from "../source-path.ts";
import { Workshop } from "../workshop.ts";

/** `runlet compile FILE`: writes the build that `cdk deploy` reads, and says what each flow will cost. */
export async function compileCommand(
  file: string,
  options: { out?: string; json?: boolean },
): Promise<number> {
  const path = flowFile(file);
  const outDir = resolve(options.out ?? "build");
  refuseForeignFolder(outDir);
  const wasEmpty = readdirSync(outDir).length === 0;
  const workshop = new Workshop(path);
  try {
    const { flows } = await workshop.compile(path, outDir);
    const reports = flows.map(reportOf);
    if (options.json) process.stdout.write(`${JSON.stringify({ outDir, flows: reports })}\n`);
    else process.stdout.write(`${reports.map(formatReport).join("\n\n")}\n\nBuild: ${outDir}\n`);
    return EXIT.ok;
  } catch (error) {
    // What a failed build leaves is no build, which the next one would refuse to replace.
    if (wasEmpty) for (const name of readdirSync(outDir)) rmSync(join(outDir, name), { recursive: true });
    throw error;
  } finally {
    await workshop.close();
  }
}

/** A build replaces what is in its folder, so it must be a new one, an empty one or an older build. */
function refuseForeignFolder(outDir: string): void {
  writableFolder(outDir, "The folder");
  if (readdirSync(outDir).length === 0 || isBuild(join(outDir, "manifest.json"))) return;
  throw new CommandRefused(
    new RunletError("RLT4006", `${outDir} is not empty and holds no build of Runlet.`, {
      mend: "Choose a new folder with --out: compiling would replace what is in this one.",
    }),
  );
}

function isBuild(manifest: string): boolean {
  try {
    return (
      existsSync(manifest) && manifestSchema.safeParse(JSON.parse(readFileSync(manifest, "utf8"))).success
    );
  } catch {
    return false;
  }
}

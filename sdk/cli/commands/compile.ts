import { resolve } from "node:path";
import { formatReport, reportOf } from "../../compiler/index.ts";
import { EXIT } from "../exit.ts";
import { flowFile } from "../source-path.ts";
import { Workshop } from "../workshop.ts";

/** `runlet compile FILE`: writes the build that `cdk deploy` reads, and says what each flow will cost. */
export async function compileCommand(
  file: string,
  options: { out?: string; json?: boolean },
): Promise<number> {
  const path = flowFile(file);
  const workshop = new Workshop(path);
  try {
    const outDir = resolve(options.out ?? "build");
    const { flows } = await workshop.compile(path, outDir);
    const reports = flows.map(reportOf);
    if (options.json) process.stdout.write(`${JSON.stringify({ outDir, flows: reports })}\n`);
    else process.stdout.write(`${reports.map(formatReport).join("\n\n")}\n\nBuild: ${outDir}\n`);
    return EXIT.ok;
  } finally {
    await workshop.close();
  }
}

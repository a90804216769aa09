import { writeFileSync } from "node:fs";
import { jsonReport, sum, textReport } from "./report.ts";
import { runSuite } from "./suite.ts";

/** `npm run conformance -- DIR [--json FILE] [--verbose]` */
export async function main(args: readonly string[]): Promise<number> {
  const json = args.indexOf("--json");
  const file = json < 0 ? undefined : args[json + 1];
  const verbose = args.includes("--verbose");
  const [folder = "test/conformance/cases"] = args.filter(
    (arg, index) => !arg.startsWith("--") && (json < 0 || index !== json + 1),
  );
  if (json >= 0 && file === undefined) throw new Error("--json needs a file.");
  const result = await runSuite(folder);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(jsonReport(result), null, 1)}\n`);
  process.stdout.write(`${textReport(result, verbose)}\n`);
  return sum(result).endsWith(" 0 failed") ? 0 : 1;
}

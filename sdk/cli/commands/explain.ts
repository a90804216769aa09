import { errorPage } from "../error-page.ts";
import { EXIT, refuseUsage } from "../exit.ts";

/** `runlet explain CODE`: what a code means, why, and an example that is wrong and one that is right. */
export function explainCommand(code: string): number {
  const page = errorPage(code.toUpperCase());
  if (page === undefined)
    throw refuseUsage(`There is no code "${code}".`, "Give one that was printed, such as RLT1105.");
  process.stdout.write(`${page}\n`);
  return EXIT.ok;
}

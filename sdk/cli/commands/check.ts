import { EXIT } from "../exit.ts";
import { flowFile } from "../source-path.ts";
import { Workshop } from "../workshop.ts";

/** `runlet check FILE`: every mistake of a file at once; nothing is written, no task is run. */
export async function checkCommand(file: string, options: { json?: boolean }): Promise<number> {
  const path = flowFile(file);
  const workshop = new Workshop(path);
  try {
    const { flows } = await workshop.compile(path);
    const names = flows.map(({ name }) => name);
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ flows: names, diagnostics: [] })}\n`
        : `No mistakes. Flows: ${names.join(", ")}.\n`,
    );
    return EXIT.ok;
  } finally {
    await workshop.close();
  }
}

/**
 * A reader that goes away (`| head -1`, a closed terminal) must not end a run half-way: the run goes on to its record.
 * A result that could not be written for another reason, such as a full disk, is said, and the exit code is not 0.
 */
export function guardStreams(): void {
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.stderr.write(`The output could not be written: ${error.message}.\n`);
    process.on("exit", () => {
      process.exitCode ||= 1;
    });
  });
}

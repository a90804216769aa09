const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof EXIT_CODES;

const controller = new AbortController();

/** Aborted when the user or the machine asks the command to end; its reason is the name of the signal. */
export const interruption: AbortSignal = controller.signal;

/**
 * From now on Ctrl-C ends the work in hand in good order: processes of tasks end, the record is written, temporary
 * folders go. A second signal does not wait for that.
 */
export function watchInterruptions(): void {
  for (const signal of Object.keys(EXIT_CODES) as Signal[]) {
    process.on(signal, () => {
      if (interruption.aborted) process.exit(EXIT_CODES[signal]);
      controller.abort(signal);
    });
  }
}

/** The exit code of shells: 128 and the number of the signal. */
export const interruptedCode = (): number => EXIT_CODES[interruption.reason as Signal] ?? 1;

import { type ChildProcess, spawn } from "node:child_process";

/**
 * Ends processes whose host was killed. Most notice by themselves that their channel closed; one that computes
 * without a pause does not, and would burn a core for ever. A shell, one for a host, reads the process groups to watch
 * and ends them when its input ends, which the operating system sees to however the host dies.
 */
export interface OrphanGuard {
  watch(pid: number): void;
  forget(pid: number): void;
  /** Settles when the guard itself is gone. */
  close(): Promise<void>;
}

const SCRIPT = `
groups=
while read -r action pid; do
  kept=
  for group in $groups; do [ "$group" = "$pid" ] || kept="$kept $group"; done
  groups=$kept
  [ "$action" = watch ] && groups="$groups $pid"
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
exit 0
`;

/** Starts with the first process that is watched; on Windows, which has no shell for it, it does nothing. */
export function createOrphanGuard(): OrphanGuard {
  let shell: ChildProcess | undefined;
  const tell = (line: string): void => void shell?.stdin?.write(`${line}\n`, () => undefined);
  return {
    watch(pid) {
      if (process.platform !== "win32") shell ??= startShell();
      tell(`watch ${pid}`);
    },
    forget: (pid) => tell(`forget ${pid}`),
    async close() {
      const ending = shell;
      if (!ending || ending.exitCode !== null || ending.pid === undefined) return;
      const gone = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
      ending.stdin?.end();
      await gone;
    },
  };
}

function startShell(): ChildProcess {
  // Its own session: Ctrl-C in a terminal is for the host to handle.
  const shell = spawn("/bin/sh", ["-c", SCRIPT], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: {},
  });
  shell.on("error", () => undefined); // no shell: processes still notice by their channel
  shell.stdin?.on("error", () => undefined);
  return shell;
}

/** Ends of an invocation that the platform reports, not the function; in the words that AWS Lambda has for them. */

export interface InvokeFailure {
  ok: false;
  /** As Step Functions matches it in `ErrorEquals`. */
  error: string;
  /** JSON text, or plain text for errors of the service. */
  cause: string;
}

/** How a process ended: an exit code, a signal, or a reason why it could not even start. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  reason?: string;
}

const SIGNAL_WORDS: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: "killed",
  SIGABRT: "aborted",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGINT: "interrupt",
  SIGBUS: "bus error",
  SIGILL: "illegal instruction",
  SIGFPE: "floating point exception",
};

/** The function reported an error: `error` is its type, `cause` the whole report. */
export function functionFailure(report: { errorType: string }): InvokeFailure {
  return { ok: false, error: report.errorType || "Lambda.Unknown", cause: JSON.stringify(report) };
}

export function timeoutFailure(requestId: string, timeoutSeconds: number): InvokeFailure {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return functionFailure(report("Sandbox.Timedout", errorMessage));
}

export function exitFailure(requestId: string, end: ProcessEnd): InvokeFailure {
  return functionFailure(report("Runtime.ExitError", `RequestId: ${requestId} Error: ${describeEnd(end)}`));
}

/** Also what an aborted invocation answers: its process was killed. */
export const killedFailure = (requestId: string): InvokeFailure =>
  exitFailure(requestId, { code: null, signal: "SIGKILL" });

/** The service's answer for a function that is not there. */
export function unknownFunctionFailure(arn: string, requestId: string): InvokeFailure {
  const cause = `Function not found: ${arn} (Service: Lambda, Status Code: 404, Request ID: ${requestId})`;
  return { ok: false, error: "Lambda.ResourceNotFoundException", cause };
}

function describeEnd({ code, signal, reason }: ProcessEnd): string {
  if (reason !== undefined) return `Runtime failed to start: ${reason}`;
  if (signal) return `Runtime exited with error: signal: ${SIGNAL_WORDS[signal] ?? signal}`;
  return code
    ? `Runtime exited with error: exit status ${code}`
    : "Runtime exited without providing a reason";
}

const report = (errorType: string, errorMessage: string) => ({ errorType, errorMessage });

/** A function as a host runs it; the fields are those of the build manifest. */
export interface FunctionSpec {
  /** The bundle: an ECMAScript module that exports `handler`. */
  readonly bundleFile: string;
  /** Seconds until an invocation is ended. */
  readonly timeoutSeconds: number;
  /** Size of the function; V8's heap gets as much. */
  readonly memoryMb: number;
  /** The function's own variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A line that a function wrote. */
export interface LogLine {
  functionName: string;
  /** Of the invocation that wrote it; absent for what was written outside of one, such as while loading. */
  requestId?: string;
  stream: "stdout" | "stderr";
  /** Without the line feed. */
  text: string;
  /** Milliseconds since the epoch. */
  at: number;
}

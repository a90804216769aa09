import { type Failure, toError } from "../model/failure.ts";

/** Begins the last line of a trace, which carries the cause of the error as JSON. */
export const CAUSE_LINE = "runlet-cause:";

/** Begins the line of a trace that names the error's built-in class, where its name says another one. */
export const CLASS_LINE = "runlet-class:";

/** Step Functions keeps 32,768 characters of a Cause and cuts the rest off, which would leave broken JSON. */
const MOST_CHARACTERS = 30_000;
const MOST_FRAMES = 12;
const SHORT_MESSAGE = 500;

/**
 * The failure as the error to throw from a handler. Lambda's Node runtime reports `name`, `message` and the lines of
 * `stack` of it and nothing else, so the cause rides on the stack. What does not fit is left out from the back: frames
 * first, then causes, the end of the message last.
 *
 * @param stack the stack of what the author's code threw, for its frames
 */
export function toThrowable(failure: Failure, stack = ""): Error {
  const frames = stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MOST_FRAMES);
  const fitting = candidates(failure, frames).find(fits) ?? { failure: cutMessage(failure), frames: [] };
  const error = toError(fitting.failure);
  Object.defineProperty(error, "stack", {
    value: stackOf(fitting).join("\n"),
    configurable: true,
    writable: true,
  });
  return error;
}

interface Report {
  failure: Failure;
  frames: string[];
}

function candidates(failure: Failure, frames: string[]): Report[] {
  const { cause: _, ...alone } = failure;
  return [
    { failure, frames },
    { failure, frames: [] },
    { failure: failure.cause ? { ...alone, cause: shorten(failure.cause) } : alone, frames: [] },
    { failure: alone, frames: [] },
  ];
}

function stackOf({ failure, frames }: Report): string[] {
  const head = `${failure.name}: ${failure.message.slice(0, SHORT_MESSAGE)}`;
  const cause = failure.cause ? [`${CAUSE_LINE}${JSON.stringify(failure.cause)}`] : [];
  const parts = failure.parts === undefined ? [] : [failure.parts];
  const made = failure.class ? [`${CLASS_LINE}${failure.class}`] : [];
  return [...head.split("\n"), ...frames, ...made, ...parts, ...cause];
}

function fits(report: Report): boolean {
  const { name, message } = report.failure;
  const text = JSON.stringify({ errorType: name, errorMessage: message, trace: stackOf(report) });
  return text.length <= MOST_CHARACTERS;
}

function shorten(failure: Failure, depth = 0): Failure {
  const short: Failure = {
    name: failure.name.slice(0, SHORT_MESSAGE),
    message: failure.message.slice(0, SHORT_MESSAGE),
    ...(failure.class && { class: failure.class }),
    ...(failure.parts !== undefined && { parts: failure.parts }),
  };
  if (failure.cause && depth < 2) short.cause = shorten(failure.cause, depth + 1);
  return short;
}

function cutMessage(failure: Failure): Failure {
  const name = failure.name.slice(0, SHORT_MESSAGE);
  const note = `… (${failure.message.length} characters in all)`;
  let kept = failure.message.slice(0, MOST_CHARACTERS);
  for (;;) {
    const cut = { name, message: kept + note };
    if (fits({ failure: cut, frames: [] })) return cut;
    kept = kept.slice(0, Math.floor(kept.length * 0.8));
  }
}

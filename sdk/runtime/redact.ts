import type { Failure } from "../model/failure.ts";

/** Takes secret values out of a text. */
export type Redact = (text: string) => string;

/** Shorter values would blot out ordinary text, and are no secrets. */
const LEAST_LENGTH = 4;

/**
 * Replaces each value, also as it looks inside JSON or a URL, by `[secret NAME]`; longer values first, since one may
 * contain another.
 *
 * @example createRedactor({ token: "s3cr3t" })("401 for s3cr3t") // "401 for [secret token]"
 */
export function createRedactor(secrets: Readonly<Record<string, string>>): Redact {
  const hidden = Object.entries(secrets)
    .filter(([, value]) => value.length >= LEAST_LENGTH)
    .flatMap(([name, value]) => spellings(value).map((spelling) => ({ name, spelling })))
    .sort((a, b) => b.spelling.length - a.spelling.length);
  return (text) =>
    hidden.reduce((left, { name, spelling }) => left.replaceAll(spelling, () => `[secret ${name}]`), text);
}

function spellings(value: string): string[] {
  const inJson = JSON.stringify(value).slice(1, -1);
  return [...new Set([value, inJson, JSON.stringify(inJson).slice(1, -1), inUrl(value)])];
}

function inUrl(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value; // a lone surrogate, which no URL can hold either
  }
}

export function redactFailure(failure: Failure, redact: Redact): Failure {
  return {
    name: redact(failure.name),
    message: redact(failure.message),
    ...(failure.cause ? { cause: redactFailure(failure.cause, redact) } : {}),
    ...(failure.class && { class: failure.class }),
    ...(failure.parts !== undefined && { parts: redact(failure.parts) }),
  };
}

import { parse } from "./jsonata-ast.ts";

/** JSONata's own functions where its JavaScript form takes what AWS's engine was measured to refuse (floci-io/floci#2736, #2737). */

/** What AWS answers with an id in the place of a reason. It is an evaluation error like any other. */
export class InternalError extends Error {}

const ALPHABET = /^[A-Za-z0-9+/]*$/;

/** Padding may be left out as a whole, but must be right where it stands; nothing else is passed over. */
function isBase64(text: string): boolean {
  const body = text.replace(/={1,2}$/, "");
  if (!ALPHABET.test(body) || body.length % 4 === 1) return false;
  return body.length === text.length || text.length % 4 === 0;
}

/** JavaScript's passes over what is no Base64. */
export function base64decode(uuid: () => string, text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  if (!isBase64(text)) throw new InternalError(uuid());
  return Buffer.from(text, "base64").toString("binary");
}

const FORMAT_NUMBER = parse("$formatNumber($n, $p, $o)").expression;

/** The characters that mean something in a picture, unless the options give others. */
const ACTIVE: Readonly<Record<string, string>> = {
  "decimal-separator": ".",
  "grouping-separator": ",",
  digit: "#",
  "pattern-separator": ";",
};
const ZERO = "zero-digit";

/** JavaScript's fails on itself where a part of the picture has nothing but passive characters. */
export function formatNumber(value: unknown, picture: unknown, options: unknown): unknown {
  if (typeof picture === "string" && value !== undefined) {
    const given: Record<string, string | undefined> = {
      ...ACTIVE,
      [ZERO]: "0",
      ...(options as Record<string, string> | undefined),
    };
    const zero = String(given[ZERO]).charCodeAt(0);
    const digits = Array.from({ length: 10 }, (_, digit) => String.fromCharCode(zero + digit));
    const active = new Set([...Object.keys(ACTIVE).map((name) => given[name]), ...digits]);
    const parts = picture.split(String(given["pattern-separator"]));
    if (parts.some((part) => ![...part].some((character) => active.has(character)))) throw { code: "D3086" };
  }
  return FORMAT_NUMBER.evaluate(undefined, { n: value, p: picture, o: options });
}

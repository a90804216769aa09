/** RFC 3339 with a capital T and an offset, as AWS takes it. */
const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Milliseconds since the epoch, or nothing for a text that is no timestamp. */
export function instantOf(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (!match || !isDay(Number(match[1]), Number(match[2]), Number(match[3]))) return undefined;
  const millis = Date.parse(text);
  return Number.isNaN(millis) ? undefined : millis;
}

/** The order of two timestamps, to the last digit of their fractions; nothing where one of them is none. */
export function compareInstants(left: string, right: string): number | undefined {
  const [one, other] = [instantOf(left), instantOf(right)];
  if (one === undefined || other === undefined) return undefined;
  return one === other ? compareTexts(beyondMillis(left), beyondMillis(right)) : one - other;
}

/** The digits of the fraction that milliseconds do not hold. */
const beyondMillis = (text: string): string => (/\.\d{3}(\d+)/.exec(text)?.[1] ?? "").replace(/0+$/, "");

const compareTexts = (left: string, right: string): number => (left < right ? -1 : left === right ? 0 : 1);

/** JavaScript takes the 31st of February for a day in March. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

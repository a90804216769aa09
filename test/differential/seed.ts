/**
 * The seed of random programs. A plain `npm test` always draws the same ones, so that no landing depends on chance; a
 * longer run, asked for by `runs`, draws new ones each time.
 */
export function seedOf(variable: string, runs: string): number {
  const given = process.env[variable];
  if (given !== undefined) return Number(given);
  return process.env[runs] === undefined ? 1 : Math.floor(Math.random() * 2 ** 31);
}

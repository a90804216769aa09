/** Prices of us-east-1 in dollars, on demand, without free tiers; sources in `docs/pricing.md`. */
export const PRICES = {
  /** A state transition of a Standard workflow. */
  transition: 25 / 1e6,
  expressRequest: 1 / 1e6,
  /** The first tier: up to 1,000 GB-hours a month. */
  expressGbSecond: 0.00001667,
  lambdaRequest: 0.2 / 1e6,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
  /** One write unit of a table, 1 KB. */
  tableWrite: 0.625 / 1e6,
};

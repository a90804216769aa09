const given = process.env["RUNLET_FUZZ_RUNS"];

/** The same at each `npm test`, another at each `npm run fuzz`; `RUNLET_FUZZ_SEED` repeats what was found. */
export const seed = Number(
  process.env["RUNLET_FUZZ_SEED"] ?? (given === undefined ? 1 : Date.now() % 2 ** 31),
);

/** How many runs a property gets: so many, or as many as `npm run fuzz` asks for. */
export const runsOf = (usual: number): number => Number(given ?? usual);

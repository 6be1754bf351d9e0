/**
 * What every property is tried with: the same inputs in each run, so that a run that fails says something of what was changed, and the next one fails as well.
 * FUZZ_SEED makes others.
 */
export const seeded: { readonly seed: number } = { seed: Number(process.env['FUZZ_SEED'] ?? 20_261_128) }

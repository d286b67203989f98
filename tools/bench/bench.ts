/** What a bench found. */
export interface Findings {
  /** Measured quantities; the name ends in the unit: `readyMs`, `rssMb`, `eventsPerSecond`. They drift with the machine. */
  readonly figures: Readonly<Record<string, number>>;
  /** One figure over another of the same run, so that machines can be compared. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Promises that were not kept, in words; any makes the run fail. */
  readonly broken: readonly string[];
}

/**
 * One bench. `tools/bench/<name>.bench.ts` exports it as `bench`, and `npm run bench -- <name>` runs it.
 *
 * @example
 * export const bench: Bench = {
 *   about: 'how long a synth takes',
 *   run: async (say) => { say('10 runs'); return { figures: { synthMs: 840 }, ratios: {}, broken: [] }; },
 * };
 */
export interface Bench {
  readonly about: string;
  /** @param say tells a person how far it is; never use standard output */
  run(say: (line: string) => void): Promise<Findings>;
}

/** The middle value; of an even number of values the mean of the two middle ones. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const [below = Number.NaN, above = below] = sorted.slice(
    Math.ceil(sorted.length / 2) - 1,
    Math.floor(sorted.length / 2) + 1,
  );
  return (below + above) / 2;
};

import { ATTACKS } from '../attacks/attacks.ts';
import { underAttack } from '../attacks/under-attack.ts';
import { type Bench, type Findings, median } from './bench.ts';

const MEMORY_MIB = 512;
const MOST_RSS_MB = 400;
const LEAST_RATIO = 1 / 3;
const ROUNDS = 3;
const CLIENTS = 8;
const MS = 4_000;

const rounded = (value: number): number => Math.round(value * 100) / 100;

const measure = async (name: string, say: (line: string) => void): Promise<Findings> => {
  const ratios: number[] = [];
  const rss: number[] = [];
  const broken: string[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const { quiet, attacked, peakRssMb, isAlive } = await underAttack(name, {
      memoryMib: MEMORY_MIB,
      clients: CLIENTS,
      ms: MS,
    });
    ratios.push(attacked.perSecond / quiet.perSecond);
    rss.push(peakRssMb);
    if (!isAlive) broken.push(`${name}: the ingest died`);
    say(`${name} ${round}/${ROUNDS}: ${Math.round(quiet.perSecond)} -> ${Math.round(attacked.perSecond)}/s`);
  }
  const ratio = median(ratios);
  if (ratio < LEAST_RATIO) broken.push(`${name}: other sources keep a third of their rate`);
  if (Math.max(...rss) >= MOST_RSS_MB) broken.push(`${name}: RSS below ${MOST_RSS_MB} MB`);
  return {
    figures: { [`${name}PeakRssMb`]: Math.round(Math.max(...rss)) },
    ratios: { [`${name}/quiet`]: rounded(ratio) },
    broken,
  };
};

/** Whether one source can take the ingest from the others. */
export const bench: Bench = {
  about: 'the rate of other sources, and the memory, while the ingest of 512 MiB is attacked',
  run: async (say) => {
    const all: Findings[] = [];
    for (const name of Object.keys(ATTACKS)) all.push(await measure(name, say));
    return {
      figures: Object.assign({}, ...all.map(({ figures }) => figures)),
      ratios: Object.assign({}, ...all.map(({ ratios }) => ratios)),
      broken: all.flatMap(({ broken }) => broken),
    };
  },
};

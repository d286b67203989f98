import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, median } from './bench.ts';

const RUNS = 15;
/** How often the time of one bare topic the three environments may take. */
const MOST = 2;
// DEP0044 is CDKTF's own.
const OPTIONS = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0044'];

/** As `npm run app` starts. */
const FAST = [
  '--max-semi-space-size=64',
  '--no-experimental-detect-module',
  '-r',
  join(import.meta.dirname, '../start-fast.cjs'),
];

/** How long a script takes as a process of its own that starts from nothing and synthesizes into an empty folder. */
const synthMs = async (script: string, stacks: number, options: readonly string[] = []): Promise<number> => {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-bench-'));
  try {
    const start = performance.now();
    const args = [...OPTIONS, ...options, join(import.meta.dirname, script), outdir];
    const [code] = await once(
      spawn(process.execPath, args, { env: {}, stdio: ['ignore', 'ignore', 'inherit'] }),
      'exit',
    );
    const ms = performance.now() - start;
    if (code !== 0) throw new Error(`${script} ended with ${code}`);
    const made = readdirSync(join(outdir, 'stacks')).length;
    if (made !== stacks) throw new Error(`${script} made ${made} stacks instead of ${stacks}`);
    return ms;
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

/** Two decimals are more than such a figure holds. */
const rounded = (value: number): number => Math.round(value * 100) / 100;

export const bench: Bench = {
  about: `synthesis of the three environments without bundling, as npm run synth does from its second run on, against an app with one bare topic: at most ${MOST} times`,
  run: async (say) => {
    await synthMs('three-environments.ts', 3, FAST);
    const bare: number[] = [];
    const three: number[] = [];
    // Taken by turns, so that a busy moment of the machine meets both.
    for (let run = 0; run < RUNS; run += 1) {
      bare.push(await synthMs('bare-topic.ts', 1));
      three.push(await synthMs('three-environments.ts', 3, FAST));
      say(`${run + 1}/${RUNS}: bare ${bare.at(-1)?.toFixed(0)} ms, three ${three.at(-1)?.toFixed(0)} ms`);
    }
    const bareMs = median(bare);
    const threeMs = median(three);
    const ratio = threeMs / bareMs;
    return {
      figures: { bareTopicMs: rounded(bareMs), threeEnvironmentsMs: rounded(threeMs) },
      ratios: { threeEnvironmentsOverBareTopic: rounded(ratio) },
      broken: ratio <= MOST ? [] : [`${ratio.toFixed(2)} times a bare topic; at most ${MOST} are promised`],
    };
  },
};

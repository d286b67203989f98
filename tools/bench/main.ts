import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Bench, Findings } from './bench.ts';

const USAGE = 2;
const ENDING = '.bench.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const names = (): readonly string[] =>
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();

const load = async (name: string): Promise<Bench> =>
  ((await import(`./${name}${ENDING}`)) as { readonly bench: Bench }).bench;

const machine = () => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform}-${process.arch}`,
  node: process.version,
});

const asText = (name: string, { figures, ratios }: Findings): string =>
  [
    name,
    ...Object.entries({ ...figures, ...ratios }).map(([key, value]) => `  ${key.padEnd(24)} ${value}`),
  ].join('\n');

const listBenches = async (): Promise<void> => {
  say('usage: npm run bench -- <name> [--json]');
  for (const name of names()) say(`  ${name.padEnd(12)} ${(await load(name)).about}`);
};

/**
 * `npm run bench -- <name> [--json]`: with `--json` standard output is exactly one object `{name, machine, figures, ratios}`, and
 * everything else goes to standard error. Exit codes: 0 done, 1 a promise was not kept, 2 usage.
 */
const main = async (args: readonly string[]): Promise<number> => {
  const [name = '', ...options] = args;
  if (!names().includes(name) || options.some((option) => option !== '--json')) {
    await listBenches();
    return USAGE;
  }
  const found = await (await load(name)).run(say);
  const { figures, ratios, broken } = found;
  const json = options.includes('--json');
  process.stdout.write(
    `${json ? JSON.stringify({ name, machine: machine(), figures, ratios }) : asText(name, found)}\n`,
  );
  for (const promise of broken) say(`not kept: ${promise}`);
  return broken.length > 0 ? 1 : 0;
};

process.exitCode = await main(process.argv.slice(2));

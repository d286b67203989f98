import { execFileSync, type StdioOptions, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENTS, type Environment } from '../stacks/environments.ts';
import { synthesize } from '../stacks/synthesize.ts';
import { judgeFindings } from './checkov/judge-findings.ts';
import { SUPPRESSIONS } from './checkov/suppressions.ts';
import { placeholderBundle } from './reference/placeholder-bundle.ts';

/** Scans the prod stack with `hardened: true` by checkov, offline, and fails with every finding that is not accepted. */
const VERSION = '3.3.30';
const CACHE = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const VENV = join(CACHE, 'customerio-platform', `checkov-${VERSION}`);
/** Which digest does not matter: nothing is pulled. */
const NODE_IMAGE = `docker.io/library/node@sha256:${'0'.repeat(64)}`;

/** The command; installed once into a virtual environment of its own, unless CHECKOV names another. */
const checkov = (): string => {
  const given = process.env['CHECKOV'];
  if (given !== undefined) return given;
  const command = join(VENV, 'bin/checkov');
  if (existsSync(command)) return command;
  process.stdout.write(`installing checkov ${VERSION} into ${VENV}\n`);
  const stdio: StdioOptions = ['ignore', 'ignore', 'inherit'];
  execFileSync('python3', ['-m', 'venv', '--clear', VENV], { stdio });
  execFileSync(join(VENV, 'bin/python'), ['-m', 'pip', 'install', '--quiet', `checkov==${VERSION}`], {
    stdio,
  });
  return command;
};

/** Without configuration files of whoever runs it, and without looking for anything on the network. */
const scan = (command: string, stack: string, home: string): string => {
  const args = ['--file', stack, '--framework', 'terraform_json', '--output', 'json', '--compact', '--quiet'];
  const offline = ['--skip-download', '--download-external-modules', 'false'];
  const { stdout, stderr, error } = spawnSync(command, [...args, ...offline], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, BC_SKIP_MAPPING: 'TRUE' },
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  if (error !== undefined) throw error;
  if (!stdout.trimStart().startsWith('{')) throw new Error(`checkov has no report: ${stderr}`);
  return stdout;
};

const synthesizeHardened = (outdir: string): string => {
  const prod = { ...ENVIRONMENTS['prod'], hardened: true, runtime: { nodeImage: NODE_IMAGE } } as Environment;
  synthesize({ outdir, bundle: placeholderBundle, environments: { prod } });
  return join(outdir, 'stacks/customerio-prod/cdk.tf.json');
};

const main = (): number => {
  const folder = mkdtempSync(join(tmpdir(), 'checkov-'));
  try {
    const report = scan(checkov(), synthesizeHardened(folder), folder);
    const { passed, accepted, faults } = judgeFindings(JSON.parse(report), SUPPRESSIONS);
    for (const fault of faults) process.stderr.write(`${fault}\n`);
    process.stdout.write(
      `checkov: ${passed} checks passed, ${accepted} findings accepted, ${faults.length} faults\n`,
    );
    return faults.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

process.exitCode = main();

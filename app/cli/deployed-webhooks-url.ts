import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The URL of a deployed receiver cannot be had; the message says what to do next, in one line. */
export class DeployedUrlError extends Error {
  override readonly name = 'DeployedUrlError';
}

/** The output of the stacks that has it. */
export const WEBHOOKS_URL_OUTPUT = 'webhooks_url';

interface DeployedUrlOptions {
  /** Milliseconds until Terraform is given up. @default 60,000 */
  readonly withinMs?: number;
  /** The variables of Terraform. @default those of this process */
  readonly env?: Readonly<Record<string, string>>;
}

const WITHIN_MS = 60_000;
const DETAIL_CHARACTERS = 200;
const OTHERWISE = 'or give --url';

/** What ran and failed: Terraform, or starting it. */
interface Failed {
  readonly code?: unknown;
  readonly killed?: boolean;
  readonly stderr?: string;
}

const whyOf = ({ code, killed, stderr = '' }: Failed, stack: string, folder: string, ms: number): string => {
  const deploy = `run \`npx cdktf deploy ${stack}\``;
  if (code === 'ENOENT') return `terraform is not on the PATH: install it, ${OTHERWISE}`;
  if (killed)
    return `terraform did not tell the outputs of ${stack} within ${ms / 1000} s: try again, ${OTHERWISE}`;
  // Terraform's own words, on top of each of its faults.
  const detail = (/^\W*Error: (.+)$/m.exec(stderr)?.[1] ?? String(code)).trim().slice(0, DETAIL_CHARACTERS);
  if (detail.startsWith(`Output "${WEBHOOKS_URL_OUTPUT}" not found`)) {
    return `${stack} was deployed without the output ${WEBHOOKS_URL_OUTPUT}: ${deploy}, ${OTHERWISE}`;
  }
  if (detail.startsWith('Backend ')) {
    return `${folder} is not initialised: ${deploy}, or where it is deployed \`terraform -chdir=${folder} init\`, ${OTHERWISE}`;
  }
  const credentials = /credential|oauth2/i.test(detail)
    ? 'run `gcloud auth application-default login`, '
    : '';
  return `terraform cannot tell the outputs of ${stack} (${detail}): ${credentials}check its state in ${folder}, ${OTHERWISE}`;
};

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
};

const output = async (
  folder: string,
  stack: string,
  { withinMs = WITHIN_MS, env }: DeployedUrlOptions,
): Promise<string> => {
  const args = ['output', '-no-color', '-raw', WEBHOOKS_URL_OUTPUT];
  const limits = { timeout: withinMs, killSignal: 'SIGKILL', encoding: 'utf8' } as const;
  const running = promisify(execFile)('terraform', args, { cwd: folder, ...limits, ...(env && { env }) });
  // Nobody answers its questions.
  running.child.stdin?.end();
  try {
    return (await running).stdout.trim();
  } catch (error) {
    throw new DeployedUrlError(whyOf(error as Failed, stack, folder, withinMs), { cause: error });
  }
};

/**
 * Where the reporting webhook of a deployed environment must point: an output of its stack, read by `terraform output` in the
 * folder that `cdktf` has made for it.
 *
 * @param environment the end of the stack's name: `customerio-<environment>`
 * @param stacks the folder with the folders of the stacks
 * @throws DeployedUrlError where there is no Terraform, or the stack is not synthesized, initialised or deployed
 * @example await deployedWebhooksUrl('dev', 'cdktf.out/stacks') // 'https://customerio-webhooks-….run.app'
 */
export const deployedWebhooksUrl = async (
  environment: string,
  stacks: string,
  options: DeployedUrlOptions = {},
): Promise<string> => {
  const stack = `customerio-${environment}`;
  const folder = join(stacks, stack);
  if (!(await isFolder(folder))) {
    const next = `run \`npx cdktf synth\` and \`npx cdktf deploy ${stack}\`, or give --stacks or --url`;
    throw new DeployedUrlError(`${stack} is not synthesized: there is no ${folder}: ${next}`);
  }
  const text = await output(folder, stack, options);
  if (URL.parse(text)?.protocol === 'https:' && !/\s/.test(text)) return text;
  // With an empty state Terraform succeeds, and prints a warning in the place of the value.
  const fault =
    text === '' || text.includes('No outputs found')
      ? `${stack} is not deployed`
      : `the output ${WEBHOOKS_URL_OUTPUT} of ${stack} is no https URL`;
  throw new DeployedUrlError(`${fault}: run \`npx cdktf deploy ${stack}\`, ${OTHERWISE}`);
};

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import {
  DeployedUrlError,
  deployedWebhooksUrl,
  WEBHOOKS_URL_OUTPUT,
} from '../../app/cli/deployed-webhooks-url.ts';
import { webhooksCommand } from '../../app/cli/webhooks-command.ts';
import { createAppClient } from '../../app/customerio/app-client.ts';
import type { AppApi } from '../../app/customerio/app-port.ts';
import { type RunningFake, startFakeCustomerIo } from '../../app/local/fake-customerio/fake-customerio.ts';

jest.setTimeout(30_000);

const ROOT = new URL('../../', import.meta.url).pathname;
const PROD = 'https://hooks.example.com/webhooks/customerio';
const RUN = 'https://customerio-webhooks-abc.run.app';

let folder: string;
let running: RunningFake;
let api: AppApi;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stacks-'));
  for (const environment of ['dev', 'prod']) mkdirSync(join(folder, `customerio-${environment}`));
  running = await startFakeCustomerIo();
  api = createAppClient({ apiKey: 'local', region: 'us', url: running.appUrl, wait: async () => undefined });
});
afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

const bin = (): string => join(folder, 'bin');

/** A `terraform` that does what a script of the shell says. */
const terraform = (script: string): void => {
  mkdirSync(bin(), { recursive: true });
  writeFileSync(join(bin(), 'terraform'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin(), 'terraform'), 0o755);
};

/** As Terraform 1.11 fails: a warning of its own, then its fault, and what it means. */
const failing = (fault: string): void =>
  terraform(
    `printf '\\nWarning: something else\\n\\nError: %s\\n\\nMore\\nof it.\\n' '${fault}' >&2; exit 1`,
  );

const PATH = (): string => [bin(), '/usr/bin', '/bin'].join(delimiter);
const url = (environment: string, withinMs = 20_000, path = PATH()): Promise<string> =>
  deployedWebhooksUrl(environment, folder, { withinMs, env: { PATH: path } });

const wordsOf = async (found: Promise<unknown>): Promise<string> => {
  const failed = await found.catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(DeployedUrlError);
  const { message } = failed as Error;
  expect(message).not.toContain('\n');
  return message;
};

const run = async (...args: readonly string[]): Promise<{ code: number; json: Record<string, unknown> }> => {
  const out: string[] = [];
  let code = 0;
  const command = webhooksCommand({
    open: () => api,
    deployedUrl: (environment, stacks) => {
      expect(stacks).toBe(folder);
      return url(environment);
    },
    print: (text) => out.push(text),
    end: (given) => {
      code = given;
    },
  });
  const program = new Command().addCommand(command);
  for (const one of [program, command, ...command.commands]) {
    one.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  await program.parseAsync(['webhooks', ...args, '--stacks', folder, '--json'], { from: 'user' });
  return { code, json: JSON.parse(out.join('\n')) as Record<string, unknown> };
};

describe('webhooks --env', () => {
  it('points the environment’s webhook at the URL that its stack was deployed with', async () => {
    terraform(`echo "$@" > "$0.args"; pwd > "$0.folder"; printf '%s' '${RUN}'`);
    expect(await run('register', '--env', 'dev')).toMatchObject({
      json: {
        outcome: 'created',
        webhook: { name: 'customerio-platform-dev', endpoint: `${RUN}/webhooks/customerio` },
      },
    });
    expect(await run('status', '--env', 'dev')).toMatchObject({ code: 0, json: { status: 'in order' } });
    const wrote = (what: string): string => readFileSync(join(bin(), `terraform.${what}`), 'utf8').trim();
    expect(wrote('args')).toBe(`output -no-color -raw ${WEBHOOKS_URL_OUTPUT}`);
    expect(wrote('folder')).toMatch(/customerio-dev$/);
  });

  it('never touches the webhook of another environment in the same workspace', async () => {
    await run('register', '--env', 'prod', '--url', PROD);
    terraform(`printf '%s' '${RUN}'`);
    await run('register', '--env', 'dev');
    expect(await api.webhooks()).toMatchObject([
      { id: 1, name: 'customerio-platform-prod', endpoint: PROD },
      { id: 2, name: 'customerio-platform-dev' },
    ]);
  });

  it('tells that the webhook points elsewhere', async () => {
    await run('register', '--env', 'dev', '--url', PROD);
    terraform(`printf '%s' '${RUN}'`);
    expect(await run('status', '--env', 'dev')).toMatchObject({
      code: 1,
      json: { status: 'differs', differences: [{ field: 'endpoint' }] },
    });
  });

  it('takes another name, and another URL without asking Terraform', async () => {
    terraform('exit 1');
    await run('register', '--env', 'dev', '--url', PROD, '--name', 'mine');
    expect(await api.webhooks()).toMatchObject([{ name: 'mine', endpoint: PROD }]);
  });

  it('asks nobody without --env and --url', async () => {
    await expect(run('register')).rejects.toBeInstanceOf(CommanderError);
  });
});

describe('the URL of a deployed receiver', () => {
  it('is an output of every stack', () => {
    for (const environment of ['dev', 'staging', 'prod']) {
      const stack = readFileSync(
        join(ROOT, `test/fixtures/environments/customerio-${environment}.json`),
        'utf8',
      );
      const { output } = JSON.parse(stack) as { output: Record<string, unknown> };
      expect(output).toHaveProperty(WEBHOOKS_URL_OUTPUT);
    }
  });

  it.each([
    [
      'Backend initialization required, please run "terraform init"',
      /is not initialised: run `npx cdktf deploy customerio-dev`/,
    ],
    [
      `Output "${WEBHOOKS_URL_OUTPUT}" not found`,
      /was deployed without the output webhooks_url: run `npx cdktf deploy/,
    ],
    [
      'querying Cloud Storage failed: google: could not find default credentials',
      /run `gcloud auth application-default login`/,
    ],
    ['something new', /cannot tell the outputs of customerio-dev \(something new\): check its state/],
  ])('cannot be had where Terraform says %s', async (fault, words) => {
    failing(fault);
    const message = await wordsOf(url('dev'));
    expect(message).toMatch(words);
    expect(message).toMatch(/or give --url$/);
  });

  it.each([
    // What Terraform prints on stdout, with exit code 0, for an empty state.
    [
      "printf '\\nWarning: No outputs found\\n\\nThe state file'",
      'customerio-dev is not deployed: run `npx cdktf deploy customerio-dev`',
    ],
    ['true', 'customerio-dev is not deployed: run `npx cdktf deploy customerio-dev`'],
    ["printf 'http://x.example'", 'the output webhooks_url of customerio-dev is no https URL'],
    ["printf 'https://x.example two'", 'the output webhooks_url of customerio-dev is no https URL'],
  ])('is not %s', async (script, words) => {
    terraform(script);
    expect(await wordsOf(url('dev'))).toContain(words);
  });

  it('cannot be had without Terraform', async () => {
    mkdirSync(bin());
    expect(await wordsOf(url('dev', 20_000, bin()))).toMatch(/^terraform is not on the PATH: install it/);
  });

  it('cannot be had of a stack that is not synthesized', async () => {
    terraform('exit 0');
    expect(await wordsOf(url('staging'))).toMatch(
      /^customerio-staging is not synthesized: .*npx cdktf synth.*--stacks/,
    );
  });

  it('is given up when Terraform does not end', async () => {
    terraform('exec sleep 20');
    const start = performance.now();
    expect(await wordsOf(url('dev', 200))).toContain('within 0.2 s');
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('cio-platform webhooks --env', () => {
  const cli = async (...args: readonly string[]) => {
    const env = {
      PATH: PATH(),
      CUSTOMERIO_REGION: 'us',
      CUSTOMERIO_APP_API_KEY: 'local',
      CUSTOMERIO_APP_URL: running.appUrl,
    };
    const all = ['--disable-warning=ExperimentalWarning', 'app/cli/main.ts', 'webhooks', ...args];
    const child = spawn(process.execPath, all, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      said.out += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      said.err += String(chunk);
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, ...said };
  };

  it('runs the terraform of the PATH', async () => {
    terraform(`printf '%s' '${RUN}'`);
    const { code, out, err } = await cli('register', '--env', 'dev', '--stacks', folder);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^Reporting webhook 1 \(customerio-platform-dev\) to \S+\/webhooks\/customerio: created\./,
    );
  });

  it('exits with 1 and one line where the stack is not deployed, and with 2 for a wrong name', async () => {
    terraform("printf 'Warning: No outputs found\\n'");
    const failed = await cli('status', '--env', 'dev', '--stacks', folder);
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.err).toMatch(/^customerio-dev is not deployed: .*\n$/);
    expect((await cli('status', '--env', 'no/thing')).code).toBe(2);
    expect((await cli('status')).code).toBe(2);
  });
});

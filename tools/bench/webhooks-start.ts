import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { nodeFlags } from '../../app/contract/node-flags.ts';
import { esbuildOptions } from '../../constructs/bundle/esbuild-options.ts';
import { packageRoot } from '../../constructs/bundle/package-root.ts';
import { verifiedCode } from '../../constructs/bundle/verified-code.ts';
import { type Start, startOf } from './start-process.ts';
import { KEY } from './webhooks-requests.ts';

/** The settings of the role in a bench, on free ports. */
export const ENVIRONMENT = {
  WEBHOOK_SIGNING_KEY: KEY,
  PUBSUB_PROJECT: 'bench',
  HOST: '127.0.0.1',
  PORT: '0',
  METRICS_PORT: '0',
  LOG_LEVEL: 'silent',
};

const stored = async (url: string): Promise<void> => {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const body = JSON.stringify({
    event_id: 'bench',
    object_type: 'email',
    metric: 'delivered',
    timestamp: Number(timestamp),
    data: {},
  });
  const signature = createHmac('sha256', KEY).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = { 'x-cio-timestamp': timestamp, 'x-cio-signature': signature };
  const { status } = await fetch(`${url.replace('localhost', '127.0.0.1')}/webhooks/customerio`, {
    method: 'POST',
    headers,
    body,
  });
  if (status !== 200) throw new Error(`the first webhook was answered ${status}`);
};

/** The webhooks role, bundled as for a deployment but with a stream in memory. */
export class WebhooksBundle {
  readonly #folder = mkdtempSync(join(tmpdir(), 'webhooks-bench-'));
  readonly file = join(this.#folder, 'webhooks.mjs');

  constructor() {
    const { outputFiles } = buildSync(
      esbuildOptions(packageRoot(), 'tools/bench/webhooks-in-memory.main.ts'),
    );
    const code = outputFiles.find(({ path }) => path.endsWith('.mjs'))?.text ?? '';
    writeFileSync(this.file, code);
  }

  end(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/**
 * How long the role takes from its start until its first webhook is answered 200. Pub/Sub's client is loaded meanwhile, as in a
 * deployment.
 */
export class WebhooksStart {
  readonly #bundle = new WebhooksBundle();

  measure(): Promise<Start> {
    const { file } = this.#bundle;
    const verified = verifiedCode({ files: [{ name: 'webhooks.mjs', path: file }] });
    return startOf([...nodeFlags('webhooks', 512), ...verified, file], ENVIRONMENT, stored);
  }

  end(): void {
    this.#bundle.end();
  }
}

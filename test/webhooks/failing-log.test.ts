import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { RecordingLogger } from '../support/recording-logger.ts';
import { SAMPLES } from './documented.ts';
import { startWebhooks, type WebhookServer } from './webhook-server.ts';

const TEXT = SAMPLES[0]?.text ?? '';

let server: WebhookServer;
afterEach(async () => {
  jest.restoreAllMocks();
  await server.close();
});

describe('a log that fails', () => {
  it('neither ends the process nor takes later lines with it, and is warned of', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const logger = new RecordingLogger();
    let isBroken = true;
    const info: RecordingLogger['info'] = (...line) => {
      if (isBroken) throw new Error('the disk is full');
      logger.info(...line);
    };
    server = await startWebhooks({ logger: { ...logger, info } });
    expect((await server.post(TEXT)).status).toBe(200);
    await setImmediate();
    isBroken = false;
    expect((await server.post(TEXT)).status).toBe(200);
    await setImmediate();
    expect(warn.mock.calls).toEqual([['a webhook is not logged: the disk is full']]);
    expect(logger.of('webhook.received')).toHaveLength(1);
    expect(await server.metrics.text()).toContain('webhook_requests_total{outcome="stored"} 2');
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { SAMPLES } from './documented.ts';
import { KEY, signed, startWebhooks, type WebhookServer } from './webhook-server.ts';

const TEXT = SAMPLES[0]?.text ?? '';

let server: WebhookServer;
afterEach(() => server.close());

describe('a signature that no key of now verifies', () => {
  it('is tried once more after the keys are read again: one may just have been added', async () => {
    let keys: readonly string[] = [KEY];
    let reads = 0;
    const refreshKeys = async (): Promise<void> => {
      reads += 1;
      keys = [KEY, 'next'];
    };
    server = await startWebhooks({ keys: () => keys, refreshKeys });
    expect((await server.post(TEXT)).status).toBe(200);
    expect(reads).toBe(0);
    expect((await server.post(TEXT, signed(TEXT, 'next'))).status).toBe(200);
    expect((await server.post(TEXT, signed(TEXT, 'unknown'))).status).toBe(401);
    expect(reads).toBe(2);
  });

  it.each<[string, () => Promise<void>]>([
    ['fail to be read', () => Promise.reject(new Error('no file'))],
    ['are never read', () => new Promise(() => undefined)],
  ])('is 401 where the keys %s', async (_what, refreshKeys) => {
    server = await startWebhooks({ refreshKeys });
    expect((await server.post(TEXT, signed(TEXT, 'next'))).status).toBe(401);
  });

  it('that has no form has nothing read again', async () => {
    let reads = 0;
    server = await startWebhooks({
      refreshKeys: async () => {
        reads += 1;
      },
    });
    expect((await server.post(TEXT, { 'x-cio-signature': 'abc' })).status).toBe(401);
    expect(reads).toBe(0);
  });
});

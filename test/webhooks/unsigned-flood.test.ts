import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Outcome } from '../../app/webhooks/outcome.ts';
import { webhookLog } from '../../app/webhooks/webhook-log.ts';
import { type Line, RecordingLogger } from '../support/recording-logger.ts';
import { SAMPLES } from './documented.ts';
import { startWebhooks, type WebhookServer } from './webhook-server.ts';

const TEXT = SAMPLES[0]?.text ?? '';
const KINDS = ['too_large', 'slow', 'full', 'aborted', 'no_key', 'body_taken', 'method_not_allowed'] as const;
const HEADERS = { timestamp: 'absent', signature: 'absent' } as const;
const UNSIGNED: readonly Outcome[] = [
  ...KINDS.map((kind) => ({ kind })),
  { kind: 'bad_signature', fault: { headers: HEADERS, behindSeconds: undefined, keys: 1 } },
  { kind: 'failed', error: new Error('of ours') },
];
const SIGNED: readonly Outcome[] = [
  { kind: 'quarantined', reason: 'not_json', eventId: undefined, bytes: 1, keyIndex: 0 },
  { kind: 'not_stored', error: new Error('the stream is down'), bytes: 1, keyIndex: 0 },
];

/** How many requests the lines of an outcome tell of. */
const told = (lines: readonly Line[], outcome: string): number =>
  lines
    .filter(({ fields }) => fields['outcome'] === outcome)
    .reduce((sum, { fields }) => sum + 1 + Number(fields['omitted'] ?? 0), 0);

describe('the lines of requests', () => {
  let logger: RecordingLogger;
  let log: ReturnType<typeof webhookLog>;
  beforeEach(() => {
    jest.useFakeTimers();
    logger = new RecordingLogger();
    log = webhookLog(logger);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const many = (outcome: Outcome): void => {
    for (let n = 0; n < 1_000; n += 1)
      log(outcome, { correlationId: String(n), status: 401, durationMs: 1, now: 0 });
    jest.advanceTimersByTime(1_000);
  };

  it.each(UNSIGNED)(
    'that are $kind are two for a thousand in a second, and tell how many they were',
    (outcome) => {
      many(outcome);
      expect(logger.lines).toMatchObject([
        { event: 'webhook.received', fields: { outcome: outcome.kind, correlationId: '0' } },
        { event: 'webhook.received', fields: { outcome: outcome.kind, correlationId: '999', omitted: 998 } },
      ]);
    },
  );

  it.each(SIGNED)('that are signed and $kind are one each', (outcome) => {
    many(outcome);
    expect(logger.lines).toHaveLength(1_000);
  });
});

const AT_ONCE = 50;

/** Sends unsigned requests over one connection, some at once and more when they are answered; resolves to how many were answered 401. */
const flood = async (port: number, requests: number): Promise<number> => {
  const socket = connect(port, '127.0.0.1');
  const request = 'POST /webhooks/customerio HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n';
  let answered = 0;
  let rest = '';
  const send = (): boolean => socket.write(request.repeat(AT_ONCE));
  socket.on('data', (chunk) => {
    const parts = `${rest}${String(chunk)}`.split('HTTP/1.1 401 ');
    rest = parts.at(-1) ?? '';
    answered += parts.length - 1;
    if (answered === requests) socket.end();
    else if (parts.length > 1 && answered % AT_ONCE === 0) send();
  });
  send();
  await once(socket, 'close');
  return answered;
};

describe('ten thousand requests that nobody signed', () => {
  let server: WebhookServer;
  beforeEach(async () => {
    server = await startWebhooks();
  });
  afterEach(() => server.close());

  it('are a handful of lines that add up to them, each counted, while a signed webhook keeps its line', async () => {
    const from = performance.now();
    const flooding = Promise.all([1, 2, 3, 4].map(() => flood(server.port, 2_500)));
    const answers = [];
    for (let n = 0; n < 5; n += 1) answers.push((await server.post(TEXT)).status);
    expect(await flooding).toEqual([2_500, 2_500, 2_500, 2_500]);
    await wait(1_050);
    const seconds = (performance.now() - from) / 1_000;
    const lines = server.logger.of('webhook.received');
    expect(answers).toEqual([200, 200, 200, 200, 200]);
    expect(lines.filter(({ fields }) => fields['outcome'] === 'stored')).toHaveLength(5);
    expect(lines.length - 5).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
    expect(told(lines, 'bad_signature')).toBe(10_000);
    expect(await server.metrics.text()).toContain('webhook_requests_total{outcome="bad_signature"} 10000');
  }, 30_000);
});

import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '../../app/runtime/metrics.ts';

describe('a count', () => {
  it('tells at each reading all that was added, by labels', async () => {
    const metrics = createMetrics();
    const count = metrics.count('webhooks_total', 'webhooks', ['channel', 'metric']);
    const labels = { channel: 'email', metric: 'sent' };
    count.add(labels);
    count.add({ metric: 'sent', channel: 'email' }, 2);
    count.add({ channel: 'email', metric: 'opened' }, 5);
    expect(await metrics.text()).toContain('webhooks_total{channel="email",metric="sent"} 3');
    count.add(labels, 4);
    const text = await metrics.text();
    expect(text).toContain('webhooks_total{channel="email",metric="sent"} 7');
    expect(text).toContain('webhooks_total{channel="email",metric="opened"} 5');
  });

  it('does not hold on to labels that are changed later', async () => {
    const metrics = createMetrics();
    const count = metrics.count('webhooks_total', 'webhooks', ['channel']);
    const labels = { channel: 'email' };
    count.add(labels);
    labels.channel = 'sms';
    count.add({ channel: 'email' });
    expect(await metrics.text()).toContain('webhooks_total{channel="email"} 2');
  });

  it('is 0 from the start for labels that are known', async () => {
    const metrics = createMetrics();
    const known = [{ channel: 'email' }, { channel: 'sms' }];
    const count = metrics.count('webhooks_total', 'webhooks', ['channel'], known);
    expect(await metrics.text()).toContain(
      'webhooks_total{channel="email"} 0\nwebhooks_total{channel="sms"} 0\n',
    );
    count.add({ channel: 'sms' }, 2);
    count.add({ channel: 'push' });
    const text = await metrics.text();
    for (const line of ['{channel="email"} 0', '{channel="sms"} 2', '{channel="push"} 1'])
      expect(text).toContain(`webhooks_total${line}\n`);
  });

  it('refuses labels that it does not have', () => {
    const count = createMetrics().count('webhooks_total', 'webhooks', ['channel']);
    expect(() => count.add({ metric: 'sent' })).toThrow('metric');
  });
});

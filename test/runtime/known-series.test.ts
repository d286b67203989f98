import { describe, expect, it } from '@jest/globals';
import { TOPICS } from '../../app/contract/topics.ts';
import { METRIC_COLUMNS } from '../../app/contract/warehouse.ts';
import { deliveryMetrics } from '../../app/delivery/delivery-metrics.ts';
import { ingestMetrics } from '../../app/ingest/ingest-metrics.ts';
import { createMetrics, type Metrics } from '../../app/runtime/metrics.ts';
import type { Outcome } from '../../app/webhooks/outcome.ts';
import { countWebhook, webhooksMetrics } from '../../app/webhooks/webhooks-metrics.ts';

const seriesOf = async (metrics: Metrics, name: string): Promise<readonly string[]> =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(`${name}{`));

/** What it has from the start, all of them 0. */
const fromTheStart = async (register: (metrics: Metrics) => unknown, name: string): Promise<string> => {
  const metrics = createMetrics();
  register(metrics);
  const series = await seriesOf(metrics, name);
  expect(series.length).toBeGreaterThan(0);
  for (const line of series) expect(line).toMatch(/\} 0$/);
  return series.join('\n');
};

describe('a series that can be known before its first event is 0 from the start', () => {
  it.each([
    [webhooksMetrics, 'webhook_requests_total', '{outcome="bad_signature"}'],
    [webhooksMetrics, 'webhook_events_total', '{object_type="email",metric="bounced"}'],
    [webhooksMetrics, 'webhook_events_total', '{object_type="other",metric="other"}'],
    [webhooksMetrics, 'webhook_quarantined_total', '{reason="not_json"}'],
    [webhooksMetrics, 'webhook_key_total', '{index="0"}'],
    [webhooksMetrics, 'webhook_listener_faults_total', '{listener="email:bounced"}'],
    [webhooksMetrics, 'webhook_listener_faults_total', '{listener="other"}'],
    [deliveryMetrics, 'delivery_records_total', `{topic="${TOPICS.track.name}"}`],
    [deliveryMetrics, 'delivery_attempts_total', '{verdict="retry",status="429"}'],
    [deliveryMetrics, 'delivery_settled_total', '{outcome="delivered",code=""}'],
    [deliveryMetrics, 'delivery_settled_total', '{outcome="rejected",code="refused"}'],
    [ingestMetrics, 'ingest_requests_total', '{source="unknown",status="401",code="unauthorized"}'],
  ])('%p %s%s', async (register, name, labels) => {
    expect(await fromTheStart(register, name)).toContain(`${name}${labels} 0`);
  });

  it('and the events of webhooks add none', async () => {
    const metrics = createMetrics();
    const counts = webhooksMetrics(metrics);
    const names = ['webhook_requests_total', 'webhook_events_total', 'webhook_listener_faults_total'];
    const all = async (): Promise<readonly number[]> =>
      Promise.all(names.map(async (name) => (await seriesOf(metrics, name)).length));
    const before = await all();
    const listeners = ['bounced', 'email:bounced', '*', 'made up'];
    const faults = listeners.map((listener) => ({ listener, error: new Error('late') }));
    for (const objectType of [...Object.keys(METRIC_COLUMNS), 'made up']) {
      for (const metric of ['bounced', 'sent', 'subscribed', 'made up']) {
        const event = { objectType, metric } as Extract<Outcome, { kind: 'stored' }>['event'];
        countWebhook(counts, { kind: 'stored', event, rows: 1, faults, keyIndex: 0, bytes: 1 }, 1);
      }
    }
    expect(await all()).toEqual(before);
  });
});

import { describe, expect, it } from '@jest/globals';
import { SENDING_DEFAULTS } from '../../../app/local/fake-customerio/reporting/sending-settings.ts';
import { WebhookQueue } from '../../../app/local/fake-customerio/reporting/webhook-queue.ts';
import { eventually, startReceiver } from './webhook-receiver.ts';

const HOUR = 3_600_000;

/** Hours after the first attempt at which the others come, with a clock that jumps from alarm to alarm. */
const retries = async (status: number): Promise<readonly number[]> => {
  const receiver = await startReceiver(() => status);
  receiver.expectKey('k');
  const alarms: number[] = [];
  const clock = {
    elapsed: 0,
    scale: 1,
    alarm: (at: number, ring: () => void) => {
      alarms.push(at / HOUR);
      // A timer that rings early.
      clock.elapsed = at - 0.5;
      const timer = setTimeout(ring, 0);
      return () => clearTimeout(timer);
    },
  };
  const target = () => ({ endpoint: receiver.endpoint, signingKey: 'k' });
  const queue = new WebhookQueue(target, { clock, settings: SENDING_DEFAULTS, now: () => 0 });
  queue.push('e', '{}');
  await eventually(() => queue.counts.expired === 1);
  await receiver.until(alarms.length + 1);
  expect(queue.counts.failed).toBe(alarms.length + 1);
  await queue.close();
  return alarms;
};

describe('the retries of one event', () => {
  it('start after an hour, double up to twelve, and end with seven days', async () => {
    const first = [1, 3, 7, 15];
    const later = Array.from({ length: 12 }, (_, at) => 27 + 12 * at);
    expect(await retries(404)).toEqual([...first, ...later, 168]);
  });

  it('start after ten seconds otherwise', async () => {
    const hours = await retries(503);
    const [one, two, three] = hours.map((at) => Math.round(at * 3600));
    expect([one, two, three, hours.at(-1)]).toEqual([10, 30, 70, 168]);
  });
});

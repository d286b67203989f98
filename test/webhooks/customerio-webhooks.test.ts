import type { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CustomerIOWebhooks } from '../../app/webhooks/customerio-webhooks.ts';
import type { Reading, WebhookEvent } from '../../app/webhooks/reading.ts';
import { event, read } from './read-rows.ts';

const LIMITS = { storeMs: 60, listenerMs: 30 };
const never = (): Promise<void> => new Promise(() => undefined);
const bounced = read(event({ metric: 'bounced' }));

let webhooks: CustomerIOWebhooks;
let stored: Reading[];
let heard: string[];
/** Listens to a name that the types do not know. */
const onAny = (name: string, listener: (event: WebhookEvent) => void): void => {
  (webhooks as EventEmitter).on(name, listener);
};
const hear =
  (name: string) =>
  ({ eventId }: WebhookEvent): void => {
    heard.push(`${name} ${eventId}`);
  };

beforeEach(() => {
  webhooks = new CustomerIOWebhooks(LIMITS);
  stored = [];
  heard = [];
  webhooks.on('*', async (reading) => {
    stored.push(reading);
  });
});

describe('listeners', () => {
  it('hear of an event by its metric and by its pair, after it is stored', async () => {
    webhooks.on('bounced', hear('bounced'));
    webhooks.on('email:bounced', ({ eventId }) => heard.push(`${stored.length} stored, ${eventId}`));
    webhooks.on('sms:bounced', hear('sms:bounced'));
    webhooks.on('opened', hear('opened'));
    expect(await webhooks.handle(bounced)).toEqual({ stored: true, faults: [] });
    expect(heard).toEqual(['bounced e1', '1 stored, e1']);
    expect(stored).toEqual([bounced]);
  });

  it('are typed: a name that is not documented does not compile', () => {
    webhooks.on('email:clicked', ({ data }) => data['href']);
    // @ts-expect-error in_app messages do not bounce
    webhooks.on('in_app:bounced', () => undefined);
    // @ts-expect-error a listener of * gets a reading
    webhooks.on('*', ({ eventId }: WebhookEvent) => eventId);
    expect(webhooks.eventNames()).toEqual(['*', 'email:clicked', 'in_app:bounced']);
  });

  it('are awaited', async () => {
    webhooks.on('bounced', async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      heard.push('done');
    });
    await webhooks.handle(bounced);
    expect(heard).toEqual(['done']);
  });

  it('hear only once where they asked for that', async () => {
    webhooks.once('bounced', hear('once'));
    await webhooks.handle(bounced);
    await webhooks.handle(bounced);
    expect(heard).toEqual(['once e1']);
  });

  it('that throw, reject or never settle are reported and harm neither the event nor the others', async () => {
    webhooks.on('bounced', () => {
      throw new Error('thrown');
    });
    webhooks.on('bounced', async () => {
      throw new Error('rejected');
    });
    webhooks.on('bounced', async () => {
      throw 'text';
    });
    webhooks.on('bounced', never);
    webhooks.on('bounced', hear('last'));
    webhooks.on('email:bounced', hear('pair'));
    const from = performance.now();
    const result = await webhooks.handle(bounced);
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(heard).toEqual(['last e1', 'pair e1']);
    expect(result).toEqual({
      stored: true,
      faults: ['thrown', 'rejected', "threw 'text'", 'bounced did not settle within 30 ms'].map(
        (message) => ({
          listener: 'bounced',
          error: expect.objectContaining({ message }),
        }),
      ),
    });
  });

  it('that fail after their time do no more harm', async () => {
    const unhandled: unknown[] = [];
    const keep = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', keep);
    webhooks.on('bounced', async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error('late');
    });
    expect(await webhooks.handle(bounced)).toMatchObject({ stored: true, faults: [{ listener: 'bounced' }] });
    await new Promise((resolve) => setTimeout(resolve, 60));
    process.off('unhandledRejection', keep);
    expect(unhandled).toEqual([]);
  });

  it('of no metric hear of what is in the quarantine, those of * do', async () => {
    webhooks.on('bounced', hear('bounced'));
    const reading = read('[]');
    expect(await webhooks.handle(reading)).toEqual({ stored: true, faults: [] });
    expect(heard).toEqual([]);
    expect(stored).toEqual([reading]);
  });
});

describe('a metric that is not documented', () => {
  it('has its name', async () => {
    onAny('teleported', hear('teleported'));
    onAny('hologram:teleported', hear('pair'));
    await webhooks.handle(read(event({ object_type: 'hologram', metric: 'teleported' })));
    expect(heard).toEqual(['teleported e1', 'pair e1']);
  });

  it.each(['*', 'error', 'newListener', 'removeListener', 'email:bounced', '__proto__', 'toString'])(
    '%j disturbs nobody',
    async (metric) => {
      webhooks.on('email:bounced', hear('pair'));
      onAny('error', hear('error'));
      onAny('newListener', hear('newListener'));
      const reading = read(event({ object_type: 'x', metric }));
      expect(await webhooks.handle(reading)).toEqual({ stored: true, faults: [] });
      expect(stored).toEqual([reading]);
      expect(heard).toEqual([]);
    },
  );
});

describe('an event is not stored', () => {
  const failing: readonly [string, () => unknown, string][] = [
    [
      'throws',
      () => {
        throw new Error('full');
      },
      'full',
    ],
    ['rejects', () => Promise.reject(new Error('away')), 'away'],
    ['never settles', never, '* did not settle within 60 ms'],
  ];
  it.each(failing)(
    'when a listener of * %s, and nobody else hears of it',
    async (_what, listener, message) => {
      webhooks.on('*', listener);
      webhooks.on('bounced', hear('bounced'));
      expect(await webhooks.handle(bounced)).toMatchObject({ stored: false, error: { message } });
      expect(heard).toEqual([]);
    },
  );

  it('when nothing listens to *', async () => {
    webhooks.removeAllListeners('*');
    expect(await webhooks.handle(bounced)).toMatchObject({ stored: false });
  });
});

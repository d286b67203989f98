import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../app/contract/limits.ts';
import { GoogleStream, type GoogleStreamOptions } from '../../app/pubsub/google-stream.ts';
import type { StreamMessage } from '../../app/pubsub/port.ts';
import { readEvent } from '../../app/webhooks/read-event.ts';
import { eventually } from '../support/child.ts';
import { RealPubSub, whyNoRealPubSub } from '../support/real-pubsub.ts';
import { rowFaults } from '../support/row-faults.ts';
import { SlowAnswers } from '../support/slow-answers.ts';
import { SAMPLES } from '../webhooks/documented.ts';

const LIMIT_MS = 120_000;
const TOPIC = 'customerio-events';
const MANY = 5_000;
const reason = whyNoRealPubSub();

const rowOf = (id: string): StreamMessage => ({
  table: 'delivery_events',
  row: { event_id: id, recipient_index: 0 },
  eventId: id,
});

(reason === undefined ? describe : describe.skip)(
  `a stream on Pub/Sub${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    let server: RealPubSub;
    let stream: GoogleStream;

    beforeAll(async () => {
      server = await RealPubSub.start();
    }, LIMIT_MS);
    afterAll(() => server?.kill());

    const open = (more: Partial<GoogleStreamOptions> = {}): GoogleStream =>
      new GoogleStream({ project: server.project, topic: TOPIC, emulatorHost: server.address, ...more });

    beforeEach(async () => {
      await server.restart();
      await server.make(TOPIC, 'all');
      stream = open();
    });
    afterEach(() => stream.close());

    it('brings the row as JSON and the attributes to a subscription', async () => {
      await stream.publish([
        { table: 'delivery_events', row: { event_id: 'é\ud800', tags: ['a'] }, eventId: 'é\ud800' },
        { table: 'quarantine', row: { reason: 'empty' } },
      ]);
      const taken = await server.take('all');
      // Pub/Sub promises no order.
      const sorted = taken.toSorted((a, b) =>
        String(a.attributes['table']) < String(b.attributes['table']) ? -1 : 1,
      );
      expect(sorted.map(({ data, attributes }) => [JSON.parse(data.toString()), attributes])).toEqual([
        [
          { event_id: 'é\ud800', tags: ['a'] },
          { table: 'delivery_events', event_id: 'é\ufffd' },
        ],
        [{ reason: 'empty' }, { table: 'quarantine' }],
      ]);
    });

    it('brings every documented event so that its table takes it', async () => {
      for (const { text } of SAMPLES) {
        const reading = readEvent(Buffer.from(text), {
          receivedAt: 1_760_000_002_000,
          correlationId: 'c1',
          timestampHeader: '1760000002',
        });
        if (reading.kind !== 'rows') throw new Error(`${text} is no event`);
        await stream.publish(reading.rows.map((row) => ({ table: 'delivery_events', row })));
      }
      const taken = await server.take('all');
      expect(taken.length).toBeGreaterThanOrEqual(SAMPLES.length);
      expect(taken.flatMap(({ data }) => rowFaults('delivery_events', JSON.parse(data.toString())))).toEqual(
        [],
      );
    });

    it(
      'acknowledges several thousand, each stored, within the memory it is allowed',
      async () => {
        let most = 0;
        const watch = setInterval(() => {
          most = Math.max(most, stream.outstanding.messages);
        }, 1);
        const results = await Promise.allSettled(
          Array.from({ length: MANY }, (_, index) => stream.publish([rowOf(`e${index}`)])),
        );
        clearInterval(watch);
        expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
        expect(most).toBeLessThanOrEqual(10_000);
        expect(stream.outstanding).toEqual({ messages: 0, bytes: 0 });
        const ids = (await server.take('all')).map(({ attributes }) => attributes['event_id']);
        expect(new Set(ids).size).toBe(MANY);
      },
      LIMIT_MS,
    );

    it('refuses what does not fit into its memory, and stores the rest', async () => {
      await stream.close();
      stream = open({ outstanding: { messages: 100, bytes: 1_000_000 } });
      const results = await Promise.allSettled(
        Array.from({ length: 300 }, (_, index) => stream.publish([rowOf(`e${index}`)])),
      );
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(refused).toHaveLength(200);
      expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['full']));
      expect(await server.take('all')).toHaveLength(100);
    });

    it(
      'brings rows of 3 MB and of the most that a row may be, and refuses one above 10 MB, as the server does',
      async () => {
        const large = (bytes: number): StreamMessage => ({
          table: 'quarantine',
          row: { body: 'x'.repeat(bytes - '{"body":""}'.length) },
          eventId: 'e'.repeat(256),
        });
        for (const bytes of [3_000_000, LIMITS.rowBytes]) {
          await stream.publish([large(bytes)]);
          expect((await server.take('all')).map(({ data }) => data.length)).toEqual([bytes]);
        }
        await expect(stream.publish([large(10_000_000)])).rejects.toMatchObject({ code: 'too_large' });
        await expect(server.publish(TOPIC, 'x'.repeat(10_000_000), {})).rejects.toMatchObject({ code: 3 });
        expect(await server.take('all')).toEqual([]);
      },
      LIMIT_MS,
    );

    it('says what to do where there is no such topic', async () => {
      await stream.close();
      stream = open({ topic: 'other' });
      await expect(stream.publish([rowOf('e1')])).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('check PUBSUB_PROJECT and PUBSUB_TOPIC'),
      });
    });

    it.each(['killed', 'frozen'] as const)(
      'rejects in time while the server is %s, turns stuck, and works again afterwards',
      async (state) => {
        await stream.close();
        stream = open({ stuckMs: 3_000 });
        await stream.publish([rowOf('before')]);
        if (state === 'killed') await server.kill();
        else server.pause();
        for (let tries = 0; !stream.stuck; tries += 1) {
          if (tries > 5) throw new Error('never stuck');
          const start = performance.now();
          await expect(stream.publish([rowOf(`lost-${tries}`)])).rejects.toMatchObject({ canRetry: true });
          expect(performance.now() - start).toBeLessThan(2_500);
        }
        if (state === 'killed') {
          await server.restart();
          await server.make(TOPIC, 'all');
        } else server.resume();
        await eventually(
          () => 'published',
          () =>
            stream.publish([rowOf('after')]).then(
              () => true,
              () => false,
            ),
          15_000,
        );
        expect(stream.stuck).toBe(false);
        const ids = (await server.take('all')).map(({ attributes }) => attributes['event_id']);
        expect(ids).toContain('after');
      },
      LIMIT_MS,
    );

    describe('behind a slow way', () => {
      let way: SlowAnswers;
      beforeEach(async () => {
        way = await SlowAnswers.start(server.address);
        await stream.close();
        stream = open({ emulatorHost: way.address, stuckMs: 1_000 });
        await stream.publish([rowOf('before')]);
        await server.take('all');
      });
      afterEach(() => way.close());

      it.each([1_500, 2_200])('acknowledges what takes %d ms, each time, and stores one copy', async (ms) => {
        way.delayMs = ms;
        await stream.publish([rowOf('e1')]);
        await stream.publish([rowOf('e2')]);
        const taken = await server.take('all');
        expect(taken.map(({ attributes }) => attributes['event_id']).toSorted()).toEqual(['e1', 'e2']);
      });

      it('is late with what takes 2,700 ms, and has not asked twice', async () => {
        way.delayMs = 2_700;
        const start = performance.now();
        await expect(stream.publish([rowOf('e1')])).rejects.toMatchObject({ code: 'late', canRetry: true });
        expect(performance.now() - start).toBeLessThan(2_500);
        expect(await server.take('all')).toHaveLength(1);
      });

      it('gives up a connection on which nothing is answered but pings, however far apart tries are', async () => {
        way.freeze();
        for (const stuck of [false, true]) {
          await expect(stream.publish([rowOf('lost')])).rejects.toMatchObject({ code: 'late' });
          expect(stream.stuck).toBe(stuck);
        }
        await stream.publish([rowOf('after')]);
        expect(stream.stuck).toBe(false);
        expect(await server.take('all')).toHaveLength(1);
      });
    });

    it('takes nothing once it is closed, after settling what was under way', async () => {
      const last = stream.publish([rowOf('last')]);
      await stream.close();
      await last;
      await expect(stream.publish([rowOf('later')])).rejects.toMatchObject({ code: 'closed' });
      expect(await server.take('all')).toHaveLength(1);
    });
  },
);

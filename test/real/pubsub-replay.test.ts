import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort, runFile } from '../support/child.ts';
import { RealPubSub, whyNoRealPubSub } from '../support/real-pubsub.ts';

const LIMIT_MS = 60_000;
const TOPIC = 'customerio-events';
const DEAD = `${TOPIC}-dead`;
const REPLAY = `${TOPIC}-dead-replay`;
const reason = whyNoRealPubSub();

const ADDED = {
  CloudPubSubDeadLetterSourceDeliveryCount: '50',
  CloudPubSubDeadLetterSourceSubscription: 'customerio-events-delivery-events',
  CloudPubSubDeadLetterSourceDeliveryErrorMessage: 'Incorrect field type: timestamp',
};

(reason === undefined ? describe : describe.skip)(
  `stream replay on Pub/Sub${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    let server: RealPubSub;
    beforeAll(async () => {
      server = await RealPubSub.start();
    }, LIMIT_MS);
    beforeEach(async () => {
      await server.restart();
      await server.make(TOPIC, 'all');
      await server.make(DEAD, REPLAY);
      await server.publish(DEAD, '{"event_id":"e1"}', { table: 'delivery_events', event_id: 'e1', ...ADDED });
      await server.publish(DEAD, '{"reason":"empty"}', { table: 'quarantine', ...ADDED });
    });
    afterAll(() => server?.kill());

    const replay = async (args: readonly string[], address = server.address) => {
      const { code, output } = await runFile('app/cli/main.ts', ['stream', 'replay', ...args], {
        PUBSUB_PROJECT: server.project,
        PUBSUB_EMULATOR_HOST: address,
        NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
      });
      return { code, output };
    };

    it(
      'tells what is there and changes nothing; then puts it back with the attributes it had, once',
      async () => {
        const told = await replay(['--json']);
        expect(told.code).toBe(0);
        expect(JSON.parse(told.output)).toMatchObject({
          dryRun: true,
          replayed: 2,
          reasons: { 'Incorrect field type: timestamp': 2 },
        });
        expect(await server.take('all')).toEqual([]);
        const done = await replay(['--yes', '--table', 'delivery_events', '--json']);
        expect([done.code, JSON.parse(done.output)]).toMatchObject([0, { replayed: 1, left: 1 }]);
        expect(await server.take('all')).toEqual([
          {
            data: Buffer.from('{"event_id":"e1"}'),
            attributes: { table: 'delivery_events', event_id: 'e1' },
          },
        ]);
        expect((await server.take(REPLAY)).map(({ attributes }) => attributes['table'])).toEqual([
          'quarantine',
        ]);
      },
      LIMIT_MS,
    );

    it(
      'puts several thousand back, each once',
      async () => {
        await server.take(REPLAY);
        const ids = Array.from({ length: 3_000 }, (_, index) => `e${index}`);
        await Promise.all(
          ids.map((id) => server.publish(DEAD, `{"event_id":"${id}"}`, { event_id: id, ...ADDED })),
        );
        const { code, output } = await replay(['--yes', '--json']);
        expect([
          code,
          JSON.parse(output.split('\n').findLast((line) => line.startsWith('{')) ?? ''),
        ]).toMatchObject([0, { replayed: 3_000 }]);
        const taken = (await server.take('all')).map(({ attributes }) => attributes['event_id']);
        expect([taken.length, new Set(taken).size]).toEqual([3_000, 3_000]);
      },
      LIMIT_MS,
    );

    it(
      'stops at a cap with 3, fails with 1 and says why, refuses bad options with 2',
      async () => {
        expect((await replay(['--yes', '--max', '1'])).code).toBe(3);
        expect((await replay(['--max', 'x'])).code).toBe(2);
        const away = await replay(['--yes'], `127.0.0.1:${await freePort()}`);
        expect(away.code).toBe(1);
        expect(away.output.trim().split('\n')).toHaveLength(1);
        expect(away.output).toContain('Pub/Sub is not available');
      },
      LIMIT_MS,
    );
  },
);

import { expect, it, jest } from '@jest/globals';
import type { RequestFacts } from '../../app/webhooks/reading.ts';

jest.unstable_mockModule('../../app/webhooks/read-event.ts', () => ({
  readEvent: (_body: Buffer, _facts: RequestFacts) => {
    throw new RangeError('a fault of ours');
  },
}));
const { recovered, startWebhooks } = await import('./webhook-server.ts');

it('an event that our own code cannot read is kept, answered 200, and does not hold back the next', async () => {
  const server = await startWebhooks();
  expect((await server.post('{}')).status).toBe(200);
  expect(server.stream.messages).toMatchObject([{ table: 'quarantine', row: { reason: 'unreadable' } }]);
  expect(recovered(server.stream.messages)?.toString()).toBe('{}');
  expect(server.logger.of('webhook.unreadable')).toMatchObject([
    { level: 'error', fields: { err: { message: 'a fault of ours' }, correlationId: expect.any(String) } },
  ]);
  await server.close();
});

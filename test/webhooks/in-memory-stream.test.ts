import { describe, expect, it } from '@jest/globals';
import { InMemoryStream } from '../../app/pubsub/in-memory-stream.ts';
import type { StreamMessage } from '../../app/pubsub/port.ts';
import { streamTo } from '../../app/webhooks/stream-to.ts';
import { event, read } from './read-rows.ts';

const message = (id: string): StreamMessage => ({
  table: 'delivery_events',
  row: { event_id: id },
  eventId: id,
});
const idsIn = ({ messages }: InMemoryStream): unknown[] => messages.map(({ eventId }) => eventId);

describe('the stream in memory', () => {
  it('keeps what was published, the newest of it, as JSON carries it', async () => {
    const stream = new InMemoryStream(2);
    await stream.publish([{ ...message('a'), row: { event_id: 'a', none: undefined } }]);
    expect(stream.messages).toEqual([{ ...message('a'), row: { event_id: 'a' } }]);
    await stream.publish([message('b'), message('c')]);
    expect(idsIn(stream)).toEqual(['b', 'c']);
  });

  it('fails as told, with and without having stored', async () => {
    const stream = new InMemoryStream();
    stream.fault = new Error('away');
    await expect(stream.publish([message('a')])).rejects.toThrow('away');
    expect(idsIn(stream)).toEqual([]);
    stream.storesFailed = true;
    await expect(stream.publish([message('b')])).rejects.toThrow('away');
    expect(idsIn(stream)).toEqual(['b']);
  });

  it('acknowledges late as told, ends only then, and takes nothing after its end', async () => {
    const stream = new InMemoryStream();
    stream.latencyMs = 30;
    const publishing = stream.publish([message('a')]);
    expect(idsIn(stream)).toEqual([]);
    await stream.close();
    await publishing;
    expect(idsIn(stream)).toEqual(['a']);
    await expect(stream.publish([message('b')])).rejects.toThrow('closed');
  });
});

describe('streamTo', () => {
  it('publishes each row with its table and the id of its event', async () => {
    const stream = new InMemoryStream();
    const store = streamTo(stream);
    await store(read(event({ data: { recipients: [{}, {}] } })));
    await store(read('[]'));
    await store(read(event({ metric: 5 })));
    expect(
      stream.messages.map(({ table, eventId, row }) => [table, eventId, row['recipient_index']]),
    ).toEqual([
      ['delivery_events', 'e1', 0],
      ['delivery_events', 'e1', 1],
      ['quarantine', undefined, undefined],
      ['quarantine', 'e1', undefined],
    ]);
  });
});

import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import {
  CustomerIOWebhooks,
  createMetrics,
  InMemoryStream,
  streamTo,
  webhooksMetrics,
  webhooksRouter,
} from '../app/index.ts';
import { closeServer, listen } from '../app/runtime/http/listen.ts';
import { RecordingLogger } from './support/recording-logger.ts';

const KEY = 'k1';
const body = JSON.stringify({
  event_id: 'e1',
  object_type: 'email',
  metric: 'bounced',
  timestamp: Math.floor(Date.now() / 1000),
  data: { recipient: 'a@example.com' },
});

describe('the surface for application teams', () => {
  let close: () => Promise<void> = async () => undefined;
  afterEach(() => close());

  it('receives webhooks in an app that reads JSON, and hears of each by its metric', async () => {
    const stream = new InMemoryStream();
    const webhooks = new CustomerIOWebhooks();
    const heard: unknown[] = [];
    webhooks.on('*', streamTo(stream));
    webhooks.on('bounced', ({ data }) => heard.push(data['recipient']));
    const metrics = webhooksMetrics(createMetrics());
    const receiver = webhooksRouter({ webhooks, keys: () => [KEY], logger: new RecordingLogger(), metrics });
    const { server, port } = await listen(express().use(receiver).use(express.json()), 0, '127.0.0.1');
    close = () => closeServer(server, 0);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', KEY).update(`v0:${timestamp}:${body}`).digest('hex');
    const { status } = await fetch(`http://127.0.0.1:${port}/webhooks/customerio`, {
      method: 'POST',
      headers: { 'x-cio-timestamp': timestamp, 'x-cio-signature': signature },
      body,
    });
    expect([status, heard]).toEqual([200, ['a@example.com']]);
    expect(stream.messages).toMatchObject([{ table: 'delivery_events', eventId: 'e1' }]);
  });
});

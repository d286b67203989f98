import { createServer } from 'node:http';
import { BATCH_SCHEMA, EVENT_SCHEMAS } from '../../app/contract/schemas/events.ts';

type Item = { readonly type: keyof typeof EVENT_SCHEMAS };

const isGood = (item: unknown): boolean => EVENT_SCHEMAS[(item as Item).type].safeParse(item).success;

/** The least that an ingest can do: it parses the body and validates each event by the same schemas. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const isBatch = request.url === '/v1/batch';
    const good = isBatch ? BATCH_SCHEMA.parse(body).batch.every(isGood) : isGood(body);
    const answer = `{"success":${good}}`;
    response.writeHead(good ? 200 : 400, {
      'content-type': 'application/json',
      'content-length': answer.length,
    });
    response.end(answer);
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address)
    process.stdout.write(`ready http://127.0.0.1:${address.port}\n`);
});

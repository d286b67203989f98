import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const KEY = process.argv[2] ?? '';
/** The second argument: milliseconds until it answers, in the place of a stream. */
const latencyMs = Number(process.argv[3] ?? 0);

/** The least that a receiver of webhooks can do: it checks the signature and parses the body. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const given = Buffer.from(String(request.headers['x-cio-signature']), 'hex');
    const actual = createHmac('sha256', KEY)
      .update(`v0:${request.headers['x-cio-timestamp']}:`)
      .update(body)
      .digest();
    const isSigned = given.length === actual.length && timingSafeEqual(given, actual);
    const { event_id } = JSON.parse(body.toString()) as { readonly event_id?: string };
    const answer = '{"stored":true}';
    response.writeHead(isSigned && event_id ? 200 : 401, {
      'content-type': 'application/json',
      'content-length': answer.length,
    });
    if (latencyMs > 0) setTimeout(() => response.end(answer), latencyMs);
    else response.end(answer);
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address)
    process.stdout.write(`ready http://127.0.0.1:${address.port}\n`);
});

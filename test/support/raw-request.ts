import { connect } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const answerOf = (text: string): RawAnswer => {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: rest.join('\r\n\r\n') };
};

/**
 * Sends a request just as it is written, which clients do not: any Host or none, and HTTP/1.0, whose answer is in one piece.
 *
 * @example await rawRequest(8080, 'GET /', { Host: 'evil.example' })
 */
export const rawRequest = (
  port: number,
  methodAndPath: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<RawAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const lines = Object.entries({ ...headers, 'Content-Length': String(Buffer.byteLength(body)) });
  const head = [`${methodAndPath} HTTP/1.0`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  const socket = connect(port, '127.0.0.1', () => socket.write(`${head.join('\r\n')}\r\n\r\n${body}`));
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.on('error', reject);
  socket.on('end', () => resolve(answerOf(text)));
  return promise;
};

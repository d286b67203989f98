import { Problem } from './problem.ts';

type Known = readonly [status: number, code: string, message: string];

const TIMED_OUT: Known = [408, 'request_timeout', 'the request did not come in time'];
const HEADERS_TOO_LARGE: Known = [431, 'headers_too_large', 'the request line and headers exceed 16 kB'];

/** What Node's HTTP server calls the faults of clients. Source: https://nodejs.org/api/http.html#event-clienterror. */
const FAULTS: Readonly<Record<string, Known>> = {
  ERR_HTTP_REQUEST_TIMEOUT: TIMED_OUT,
  HPE_HEADER_OVERFLOW: HEADERS_TOO_LARGE,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'chunk_extensions_too_large', 'the chunk extensions exceed 16 kB'],
};

const UNREADABLE: Known = [400, 'bad_request', 'this is not HTTP/1.1 as RFC 9112 has it'];

/** What the HTTP server could not read, as a problem: the connection ends with it. */
export const clientFault = (error: Error): Problem => {
  const code = 'code' in error ? String(error.code) : '';
  const known = Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
  return new Problem(...(known ?? UNREADABLE), { closes: true, cause: error });
};

import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from '../logger.ts';

/** An answer that is not a success, as RFC 9457 problem details; `code` and `message` serve SDKs that read those. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;
  readonly errors: readonly object[] | undefined;
  readonly scheme: 'Basic' | 'Bearer' | undefined;
  readonly closes: boolean;

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      readonly retryAfterSeconds?: number;
      readonly errors?: readonly object[];
      /** How a 401 asks for authentication; Basic unless it says otherwise. */
      readonly scheme?: 'Basic' | 'Bearer';
      /** Whether the connection ends with the answer. */
      readonly closes?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.errors = more.errors;
    this.scheme = more.scheme;
    this.closes = more.closes ?? false;
  }
}

const sent = new WeakMap<ServerResponse, Problem>();

/** The problem that a response was answered with; undefined for every other answer. */
export const problemOf = (response: ServerResponse): Problem | undefined => sent.get(response);

/** A problem as an answer: its status, its headers and its body. */
export const problemAnswer = (
  problem: Problem,
): { readonly headers: Readonly<Record<string, string>>; readonly text: string } => {
  const { status, code, message, errors, retryAfterSeconds } = problem;
  const text = JSON.stringify({
    type: `urn:customerio-platform:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    code,
    message,
    ...(errors && { errors }),
  });
  const headers = {
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(Math.ceil(retryAfterSeconds)) }),
    ...(status === 401 && {
      'WWW-Authenticate': `${problem.scheme ?? 'Basic'} realm="customerio-platform"`,
    }),
    ...(problem.closes && { Connection: 'close' }),
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
  };
  return { headers, text };
};

/** Answers with a problem; `Retry-After` in whole seconds. */
export const sendProblem = (response: ServerResponse, problem: Problem): void => {
  const { headers, text } = problemAnswer(problem);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sent.set(response, problem);
  response.statusCode = problem.status;
  response.end(text);
};

/** What express' body reader calls its faults, in our words. */
const BODY_FAULTS: Readonly<Record<string, readonly [number, string, string]>> = {
  'entity.too.large': [413, 'request_too_large', 'the request body, after decompression, is too large'],
  'encoding.unsupported': [
    415,
    'unsupported_encoding',
    'Content-Encoding must be gzip, deflate, br or identity',
  ],
  'request.aborted': [400, 'request_aborted', 'the request ended before its body was complete'],
  'request.size.invalid': [400, 'bad_content_length', 'the body is not as long as Content-Length says'],
};

/** A path whose `%` cannot be read. */
export const invalidPath = (): Problem =>
  new Problem(
    400,
    'invalid_path',
    'the path has a % that does not begin an encoded UTF-8 character, such as %C3%BC',
  );

const fromExpress = (error: Error): Problem | undefined => {
  const { type, status, name } = error as { type?: unknown; status?: unknown; name: string };
  // Of a route with a parameter.
  if (name === 'URIError' && status === 400) return invalidPath();
  const known = typeof type === 'string' ? BODY_FAULTS[type] : undefined;
  if (known) return new Problem(...known);
  const isClientFault = typeof status === 'number' && status >= 400 && status < 500;
  return isClientFault
    ? new Problem(status, 'unreadable_body', 'the request body could not be read')
    : undefined;
};

/** The one place where a thrown error becomes an answer: problems as they are, anything else is a 500 and a log line. */
export const problemHandler =
  (logger: Logger): ErrorRequestHandler =>
  (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const known = error instanceof Problem ? error : Error.isError(error) ? fromExpress(error) : undefined;
    if (known === undefined) logger.error({ err: error, path: request.path }, 'http.fault');
    sendProblem(
      response,
      known ?? new Problem(500, 'internal', 'something failed here; the event was not accepted'),
    );
  };

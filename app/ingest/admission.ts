import type { Request, RequestHandler, Response } from 'express';
import { Problem } from '../runtime/http/problem.ts';
import type { Authenticate, Identified } from './authenticate.ts';
import { type Decompress, decompressorOf } from './decompress-body.ts';
import { dropWriteKey } from './drop-write-key.ts';
import { findWriteKey } from './find-write-key.ts';
import { bodiesFull, type RequestBody, receiveBody } from './receive-body.ts';
import type { Shares } from './shares.ts';
import { UNIDENTIFIED } from './source-budget.ts';

/** A body and its source, whose bytes of the budget it holds. */
export interface Admitted extends RequestBody {
  readonly source: string;
  /** Whether only the body says so. */
  readonly byBody: boolean;
}

/** What admission needs. */
export interface AdmissionOptions {
  readonly authenticate: Authenticate;
  readonly shares: Shares;
}

const HELD_RETRY_SECONDS = 30;

/** The source that was found. @throws Problem 401 or 503 */
const foundIn = (sender: Identified): string => {
  switch (sender.kind) {
    case 'source':
      return sender.source;
    case 'refused':
      throw new Problem(401, 'unauthorized', sender.rule, { scheme: sender.scheme, closes: true });
    case 'held':
      throw new Problem(503, 'write_keys_missing', sender.reason, { retryAfterSeconds: HELD_RETRY_SECONDS });
  }
};

/**
 * Lets requests in by the key in their headers, before the body is read, or by the key in their body, which is then read within what
 * senders who are not known yet share, and searched instead of parsed.
 *
 * @example
 * const admission = new Admission({ authenticate, shares });
 * router.post('/v1/track', admission.byHeaders, async (request, response) => {
 *   const { source, bytes, held } = await admission.read(request, response);
 *   shares.bodies.give(source, held);
 * });
 */
export class Admission {
  readonly #authenticate: Authenticate;
  readonly #shares: Shares;

  constructor({ authenticate, shares }: AdmissionOptions) {
    this.#authenticate = authenticate;
    this.#shares = shares;
  }

  /** Refuses whom the headers do not let in, and leaves to {@link read} those whose key may be in the body. */
  get byHeaders(): RequestHandler {
    return (request, response, next) => {
      const sender = this.#authenticate(request.headers);
      if (sender.kind === 'refused' && sender.mayBeInBody) this.#shares.beganUnidentified();
      else this.#letIn(foundIn(sender), response);
      next();
    };
  }

  /**
   * Reads the body of a request that passed {@link byHeaders}, and decompresses it in the turn of its source.
   *
   * @throws Problem 400 `unreadable_body` or `request_aborted`, 401, 408, 413, 415, 429 or 503
   */
  async read(request: Request, response: Response): Promise<Admitted> {
    const decompress = decompressorOf(request);
    const source: string | undefined = response.locals['source'];
    return source === undefined
      ? this.#readUnidentified(request, response, decompress)
      : this.#readOf(source, request, decompress);
  }

  /**
   * Checks the key of a parsed body: it must agree with the header, or be the one that {@link read} found; and takes it out.
   *
   * @throws Problem 401 or 503
   */
  confirm(request: Request, { source, byBody }: Admitted, body: Record<string, unknown>): void {
    if (!byBody && !Object.hasOwn(body, 'writeKey')) return;
    if (foundIn(this.#authenticate(request.headers, body)) !== source) {
      throw new Problem(401, 'unauthorized', 'the body must have one writeKey', { closes: true });
    }
    dropWriteKey(body);
  }

  async #readOf(source: string, request: Request, decompress: Decompress | undefined): Promise<Admitted> {
    const { bodies } = this.#shares;
    const body = await receiveBody(request, bodies.of(source));
    if (decompress === undefined) return { source, byBody: false, ...body };
    const decompressed = this.#shares.inTurn(source, () => decompress(body.bytes));
    const bytes = await decompressed.finally(() => bodies.give(source, body.held));
    return { source, byBody: false, ...this.#kept(source, bytes, bytes.length) };
  }

  async #readUnidentified(
    request: Request,
    response: Response,
    decompress: Decompress = (bytes) => bytes,
  ): Promise<Admitted> {
    const { bodies } = this.#shares;
    const body = await receiveBody(request, bodies.of(UNIDENTIFIED));
    const identified = this.#identify(request, () => decompress(body.bytes));
    const { bytes, source } = await identified.finally(() => bodies.give(UNIDENTIFIED, body.held));
    // Its end is over, so that nothing would end what is let in now.
    if (response.destroyed) throw new Problem(400, 'request_aborted', 'the request ended before its answer');
    this.#letIn(source, response);
    return {
      source,
      byBody: true,
      ...this.#kept(source, bytes, bytes === body.bytes ? body.held : bytes.length),
    };
  }

  async #identify(
    request: Request,
    decompress: () => Buffer,
  ): Promise<{ readonly bytes: Buffer; readonly source: string }> {
    const found = await this.#shares.identify(() => {
      const bytes = decompress();
      return { bytes, writeKey: findWriteKey(bytes) };
    });
    if (found === undefined) throw bodiesFull();
    const { bytes, writeKey } = found;
    return { bytes, source: foundIn(this.#authenticate(request.headers, { writeKey })) };
  }

  /** Takes from the budget what a body holds. */
  #kept(source: string, bytes: Buffer, held: number): RequestBody {
    if (!this.#shares.bodies.take(source, held)) throw bodiesFull();
    return { bytes, held };
  }

  #letIn(source: string, response: Response): void {
    response.locals['source'] = source;
    this.#shares.began(source);
    response.once('close', () => this.#shares.ended(source));
  }
}

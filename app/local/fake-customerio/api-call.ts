import type { Request, RequestHandler, Response } from 'express';
import { parseExact } from '../../exact-json/parse-exact.ts';
import { answerAppFaults, answerAppUnauthorized, answerHtml, answerUnauthorized } from './answers.ts';
import type { FakeState } from './fake-state.ts';
import type { ScriptedFault } from './faults.ts';
import type { RequestLimit } from './request-limit.ts';

/** One call of the API: its parsed body (undefined when it was not JSON), and who it names. */
export interface ApiCall {
  readonly state: FakeState;
  readonly request: Request;
  readonly response: Response;
  readonly body: unknown;
  /** Size of the body in bytes. */
  readonly bytes: number;
  /** The scripted fault that meets it, where that refuses items only. */
  readonly fault: ScriptedFault | undefined;
}

/** What tells one of Customer.io's APIs from another (contract, section 1). */
interface Api {
  /** The header that a call must have. */
  readonly authorization: (state: FakeState) => string;
  readonly answerUnauthorized: (response: Response) => void;
  readonly limit: (state: FakeState) => RequestLimit | undefined;
  /** An error in JSON. */
  readonly answerError: (response: Response, status: number, detail: string) => void;
}

const TRACK: Api = {
  authorization: ({ settings }) =>
    `Basic ${Buffer.from(`${settings.siteId}:${settings.apiKey}`).toString('base64')}`,
  answerUnauthorized,
  limit: (state) => state.trackLimit,
  answerError: (response, status) => {
    response.status(status).json({ meta: { error: `answered ${status} by the fake` } });
  },
};

/** The App API. */
export const APP: Api = {
  authorization: ({ settings }) => `Bearer ${settings.appKey}`,
  answerUnauthorized: answerAppUnauthorized,
  limit: (state) => state.appLimit,
  answerError: (response, status, detail) => answerAppFaults(response, status, [detail]),
};

/** What the fake must know of an endpoint. */
export interface Endpoint {
  /** @default the Track API */
  readonly api?: Api;
  /** The ids a call names, for scripted faults. */
  readonly people: (body: unknown, request: Request) => readonly string[];
  readonly items: (body: unknown) => number;
  readonly answer: (call: ApiCall) => void;
  /** Endpoints that mail clients call have no credentials. */
  readonly open?: true;
}

const parse = (body: unknown): unknown => {
  if (!Buffer.isBuffer(body) || body.length === 0) return {};
  try {
    return parseExact(body.toString('utf8'));
  } catch {
    return undefined;
  }
};

const answerFault = (response: Response, api: Api, fault: ScriptedFault): void => {
  const status = fault.status ?? 503;
  if (fault.retryAfter !== undefined) response.set('Retry-After', String(fault.retryAfter));
  if (fault.body === 'html') answerHtml(response, status);
  else if (fault.body === 'empty') response.status(status).end();
  else api.answerError(response, status, `answered ${status} by the fake`);
};

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const isWholeAnswer = (fault: ScriptedFault): boolean =>
  fault.rejectIndexes === undefined &&
  (fault.status !== undefined || fault.body !== undefined || fault.retryAfter !== undefined);

const runFaulted = async (call: ApiCall, endpoint: Endpoint, fault: ScriptedFault): Promise<void> => {
  const { request, response, state } = call;
  state.workspace.stats.faulted += 1;
  if (fault.delayMs !== undefined) await wait(fault.delayMs);
  if (fault.reset === 'before') request.socket.destroy();
  else if (fault.reset === 'after') {
    // Applied, but the answer never leaves: its socket is gone. (A corked one is uncorked by the answer's end.)
    request.socket.destroy();
    endpoint.answer(call);
  } else if (isWholeAnswer(fault)) answerFault(response, endpoint.api ?? TRACK, fault);
  else endpoint.answer(call);
};

const isLimited = (state: FakeState, api: Api, response: Response): boolean => {
  const limit = api.limit(state);
  const waitSeconds = limit?.over();
  if (limit === undefined || waitSeconds === undefined) return false;
  state.workspace.stats.rateLimited += 1;
  response.set('Retry-After', String(waitSeconds));
  api.answerError(response, 429, `rate limited to ${limit.text}`);
  return true;
};

const note = (state: FakeState, request: Request, response: Response, items: number): void => {
  const path = request.originalUrl.split('?', 1)[0] ?? '';
  const at = new Date(state.settings.now()).toISOString();
  const { method } = request;
  response.once('close', () => {
    const status = response.writableFinished ? response.statusCode : 0;
    state.note({ at, method, path, status, items });
  });
};

/**
 * Serves one endpoint in the API's order: credentials, rate limit, scripted faults, then the body (contract, section 9).
 */
export const apiCall =
  (state: FakeState, endpoint: Endpoint): RequestHandler =>
  async (request, response) => {
    const body = parse(request.body);
    note(state, request, response, endpoint.items(body));
    state.workspace.stats.requests += 1;
    const api = endpoint.api ?? TRACK;
    if (!endpoint.open && request.get('authorization') !== api.authorization(state)) {
      return api.answerUnauthorized(response);
    }
    if (isLimited(state, api, response)) return;
    const { method } = request;
    const people = endpoint.people(body, request);
    const fault = state.faults.take({ path: request.originalUrl, method, people });
    const bytes = Buffer.isBuffer(request.body) ? request.body.length : 0;
    const call: ApiCall = { state, request, response, body, bytes, fault };
    if (fault === undefined) return endpoint.answer(call);
    await runFaulted(call, endpoint, fault);
  };

import type { Request, RequestHandler, Response } from 'express';
import { answerHtml, answerUnauthorized } from './answers.ts';
import type { FakeState } from './fake-state.ts';
import type { ScriptedFault } from './faults.ts';

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

/** What the fake must know of an endpoint. */
export interface Endpoint {
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
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};

const isAuthorized = (request: Request, { settings }: FakeState): boolean => {
  const expected = Buffer.from(`${settings.siteId}:${settings.apiKey}`).toString('base64');
  return request.get('authorization') === `Basic ${expected}`;
};

const answerFault = (response: Response, fault: ScriptedFault): void => {
  const status = fault.status ?? 503;
  if (fault.retryAfter !== undefined) response.set('Retry-After', String(fault.retryAfter));
  if (fault.body === 'html') answerHtml(response, status);
  else if (fault.body === 'empty') response.status(status).end();
  else response.status(status).json({ meta: { error: `answered ${status} by the fake` } });
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
  } else if (isWholeAnswer(fault)) answerFault(response, fault);
  else endpoint.answer(call);
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
    if (!endpoint.open && !isAuthorized(request, state)) return answerUnauthorized(response);
    const waitSeconds = state.overLimit();
    if (waitSeconds !== undefined) {
      state.workspace.stats.rateLimited += 1;
      return answerFault(response, { status: 429, retryAfter: waitSeconds });
    }
    const { method } = request;
    const people = endpoint.people(body, request);
    const fault = state.faults.take({ path: request.originalUrl, method, people });
    const bytes = Buffer.isBuffer(request.body) ? request.body.length : 0;
    const call: ApiCall = { state, request, response, body, bytes, fault };
    if (fault === undefined) return endpoint.answer(call);
    await runFaulted(call, endpoint, fault);
  };

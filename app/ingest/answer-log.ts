import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { type Problem, problemOf } from '../runtime/http/problem.ts';
import { traceFields } from '../runtime/http/trace-fields.ts';
import { limitedLog } from '../runtime/limited-log.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Count } from '../runtime/metrics.ts';

/** What is known of a request whose sender was not found, or not asked for. */
const UNKNOWN = 'unknown';

/** The status, as proxies call it, of a request whose sender did not wait for the answer. */
const GONE = 499;

/** The source of a request that was let in. */
export const sourceOf = (response: Response): string => response.locals['source'] ?? UNKNOWN;

interface Answer {
  readonly source: string;
  readonly status: number;
  readonly code: string;
}

const answerOf = (response: Response): Answer => {
  const source = sourceOf(response);
  if (!response.writableFinished) return { source, status: GONE, code: 'client_gone' };
  const { statusCode: status } = response;
  const code = problemOf(response)?.code ?? (status < 400 ? 'ok' : 'other');
  return { source, status, code };
};

/**
 * Sees every answer of the ingest: counts it, and writes a line `request.refused` for those that are no success, at most one a second for
 * each code and source: `omitted` says how many were left out.
 *
 * @example app.use(new AnswerLog(metrics.requests, logger).handler)
 */
export class AnswerLog {
  readonly #count: Count;
  readonly #limited: ReturnType<typeof limitedLog>;
  readonly #project: string | undefined;

  /** @param project the Google Cloud project whose traces log lines name */
  constructor(count: Count, logger: Logger, project?: string) {
    this.#count = count;
    this.#project = project;
    this.#limited = limitedLog(logger);
  }

  /** Notes the answer of each request that passes, whoever gives it. */
  get handler(): RequestHandler {
    return ({ headers }, response, next) => {
      response.once('close', () => this.#note(answerOf(response), headers));
      next();
    };
  }

  /** Notes what the HTTP server itself refused. */
  refused({ status, code }: Problem): void {
    this.#note({ source: UNKNOWN, status, code });
  }

  #note(answer: Answer, headers: IncomingHttpHeaders = {}): void {
    const { source, status, code } = answer;
    this.#count.add({ source, status: String(status), code });
    if (status < 400) return;
    this.#limited(`${code} ${source}`, {
      level: 'warn',
      fields: () => ({ ...answer, ...traceFields(headers, this.#project) }),
      event: 'request.refused',
    });
  }
}

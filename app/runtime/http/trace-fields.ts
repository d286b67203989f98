import type { IncomingHttpHeaders } from 'node:http';

/** The fields by which Cloud Logging shows a line with its request and its trace. */
export interface TraceFields {
  readonly 'logging.googleapis.com/trace'?: string;
  readonly 'logging.googleapis.com/spanId'?: string;
}

/** Version, trace id, parent id, flags; a later version may have more. Source: https://www.w3.org/TR/trace-context/ */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:$|-)/;
/** The trace id in hexadecimal and the span id in decimal digits. Source: https://cloud.google.com/trace/docs/trace-context */
const CLOUD_TRACE = /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=\d)?$/i;
const ZERO = /^0*$/;
const MOST_SPAN = 2n ** 64n - 1n;

interface Ids {
  readonly trace: string;
  readonly span: string | undefined;
}

const ofTraceparent = (header: string): Ids | undefined => {
  const [, trace = '', span = ''] = TRACEPARENT.exec(header) ?? [];
  return ZERO.test(trace) || ZERO.test(span) ? undefined : { trace, span };
};

const spanOf = (digits: string): string | undefined => {
  const span = BigInt(digits);
  return span > 0n && span <= MOST_SPAN ? span.toString(16).padStart(16, '0') : undefined;
};

const ofCloudTrace = (header: string): Ids | undefined => {
  const [, trace = '', span = '0'] = CLOUD_TRACE.exec(header) ?? [];
  return ZERO.test(trace) ? undefined : { trace: trace.toLowerCase(), span: spanOf(span) };
};

const textOf = (value: string | readonly string[] | undefined): string =>
  typeof value === 'string' ? value : '';

/**
 * The trace of a request as the fields of its log line, from `traceparent` or, failing that, `X-Cloud-Trace-Context`; nothing where
 * neither can be read.
 *
 * Source: https://cloud.google.com/logging/docs/structured-logging#special-payload-fields,
 * https://cloud.google.com/trace/docs/trace-log-integration
 *
 * @param project that has the trace; without it the bare id stands for its name
 * @example
 * traceFields({ 'x-cloud-trace-context': '105445aa7843bc8bf206b12000100000/74;o=1' }, 'acme');
 * // { 'logging.googleapis.com/trace': 'projects/acme/traces/105445aa…', 'logging.googleapis.com/spanId': '000000000000004a' }
 */
export const traceFields = (headers: IncomingHttpHeaders, project?: string): TraceFields => {
  const { traceparent, 'x-cloud-trace-context': cloudTrace } = headers;
  if (traceparent === undefined && cloudTrace === undefined) return {};
  const ids = ofTraceparent(textOf(traceparent)) ?? ofCloudTrace(textOf(cloudTrace));
  if (ids === undefined) return {};
  const { trace, span } = ids;
  return {
    'logging.googleapis.com/trace': project === undefined ? trace : `projects/${project}/traces/${trace}`,
    ...(span !== undefined && { 'logging.googleapis.com/spanId': span }),
  };
};

import { describe, expect, it } from '@jest/globals';
import { traceFields } from '../../app/runtime/http/trace-fields.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const OTHER = '105445aa7843bc8bf206b12000100000';
const PARENT = `00-${TRACE}-${SPAN}-01`;
const NAME = 'logging.googleapis.com/trace';
const SPAN_NAME = 'logging.googleapis.com/spanId';

describe('the trace of a request in its log line', () => {
  it.each([
    ['traceparent', { traceparent: PARENT }, TRACE, SPAN],
    ['a traceparent of a later version', { traceparent: `cc-${TRACE}-${SPAN}-01-more` }, TRACE, SPAN],
    ['X-Cloud-Trace-Context', { 'x-cloud-trace-context': `${OTHER}/74;o=1` }, OTHER, '000000000000004a'],
    ['one in capitals', { 'x-cloud-trace-context': `${OTHER.toUpperCase()}/1` }, OTHER, '0000000000000001'],
    [
      'the largest span',
      { 'x-cloud-trace-context': `${OTHER}/18446744073709551615` },
      OTHER,
      'ffffffffffffffff',
    ],
    ['one without a span', { 'x-cloud-trace-context': OTHER }, OTHER, undefined],
    ['one with span 0', { 'x-cloud-trace-context': `${OTHER}/0;o=1` }, OTHER, undefined],
    [
      'one with too large a span',
      { 'x-cloud-trace-context': `${OTHER}/18446744073709551616` },
      OTHER,
      undefined,
    ],
    ['both: traceparent', { traceparent: PARENT, 'x-cloud-trace-context': `${OTHER}/74` }, TRACE, SPAN],
    [
      'both, the first unreadable',
      { traceparent: 'x', 'x-cloud-trace-context': `${OTHER}/74` },
      OTHER,
      '000000000000004a',
    ],
  ])('is of %s', (_what, headers, trace, span) => {
    const expected = span === undefined ? {} : { [SPAN_NAME]: span };
    expect(traceFields(headers, 'acme')).toEqual({ [NAME]: `projects/acme/traces/${trace}`, ...expected });
    expect(traceFields(headers)).toEqual({ [NAME]: trace, ...expected });
  });

  it.each([
    [{}],
    [{ traceparent: '' }],
    [{ traceparent: `00-${'0'.repeat(32)}-${SPAN}-01` }],
    [{ traceparent: `00-${TRACE}-${'0'.repeat(16)}-01` }],
    [{ traceparent: `ff-${TRACE}-${SPAN}-01` }],
    [{ traceparent: `00-${TRACE.toUpperCase()}-${SPAN}-01` }],
    [{ traceparent: `${PARENT}, ${PARENT}` }],
    [{ 'x-cloud-trace-context': `${'0'.repeat(32)}/1` }],
    [{ 'x-cloud-trace-context': `${OTHER}/x` }],
    [{ 'x-cloud-trace-context': `${OTHER}\n/1` }],
    [{ 'x-cloud-trace-context': ['a', 'b'] }],
  ])('is none of %j', (headers) => expect(traceFields(headers, 'acme')).toEqual({}));
});

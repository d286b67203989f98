import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, judge } from '../../app/delivery/engine/judge.ts';

const delivered = { kind: 'delivered', refusals: [] };
const retry = { kind: 'retry', waitMs: 0, everyLane: false };
const hold = (code: string): object => ({ kind: 'hold', code });

describe('judge', () => {
  it.each<[string, Answer, object]>([
    ['200 with JSON', { status: 200, json: {} }, delivered],
    ['207 without a list', { status: 207, json: {} }, delivered],
    ['200 that is not JSON', { status: 200 }, retry],
    ['207 that is not JSON', { status: 207 }, retry],
    ['no connection', { fault: 'ECONNREFUSED' }, retry],
    ['a time-out', { fault: 'TimeoutError' }, retry],
    ['408', { status: 408, json: {} }, retry],
    ['500', { status: 500, json: {} }, retry],
    ['HTML 502', { status: 502 }, retry],
    ['503 that asks to wait', { status: 503, retryAfterMs: 3000 }, { ...retry, waitMs: 3000 }],
    ['429', { status: 429, json: {}, retryAfterMs: 50 }, { kind: 'retry', waitMs: 50, everyLane: true }],
    [
      '400',
      { status: 400, json: { errors: [{ field: 'name', message: 'is bad' }] } },
      { kind: 'split', message: 'name: is bad' },
    ],
    ['413 that is not JSON', { status: 413 }, { kind: 'split', message: 'HTTP 413' }],
    ['422', { status: 422, json: { meta: { error: 'no' } } }, { kind: 'split', message: 'no' }],
    [
      '400 of v1',
      { status: 400, json: { meta: { errors: ['a', 'b'] } } },
      { kind: 'split', message: 'a; b' },
    ],
    ['JSON 404', { status: 404, json: { errors: [] } }, { kind: 'split', message: 'HTTP 404' }],
    ['HTML 404', { status: 404 }, hold('wrong_address')],
    ['401', { status: 401, json: {} }, hold('unauthorized')],
    ['403', { status: 403 }, hold('unauthorized')],
    ['301', { status: 301 }, hold('wrong_region')],
    ['308', { status: 308, json: {} }, hold('wrong_region')],
  ])('reads %s', (_what, answer, verdict) => {
    expect(judge(answer, 2)).toEqual(verdict);
  });

  it('takes the refused items of a 207, and tolerates indexes that repeat or are out of range', () => {
    const error = (batch_index: unknown, message?: unknown): object => ({
      batch_index,
      field: 'id',
      message,
    });
    const errors = [
      error(1, 'bad'),
      error(1, 'worse'),
      error(2, 'x'),
      error(-1, 'x'),
      error('0', 'x'),
      null,
      7,
    ];
    expect(judge({ status: 207, json: { errors: [...errors, error(0.5)] } }, 2)).toEqual({
      kind: 'delivered',
      refusals: [{ index: 1, message: 'id: bad; id: worse' }],
    });
  });

  it('names a refusal that gives no reason, and cuts one that is long', () => {
    const json = { errors: [{ batch_index: 0 }, { batch_index: 1, reason: 'x'.repeat(9000) }] };
    const verdict = judge({ status: 207, json }, 2);
    expect(verdict).toMatchObject({ refusals: [{ message: 'refused without a reason' }, { index: 1 }] });
    expect(JSON.stringify(verdict).length).toBeLessThan(700);
  });

  it('has a verdict for every status and body', () => {
    const answer = fc.record({ status: fc.integer({ min: 100, max: 999 }), json: fc.anything() });
    fc.assert(
      fc.property(answer, (one) => ['delivered', 'retry', 'split', 'hold'].includes(judge(one, 3).kind)),
      { numRuns: 1000, seed: 5 },
    );
  });
});

import { expect, test } from '@jest/globals';
import { errorKinds, isGenerationOver, isTimeout, toBusError } from '../../app/kafka/kafkajs-errors.ts';
import { BusError } from '../../app/kafka/port.ts';

const fault = (fields: object, cause?: unknown) => Object.assign(new Error('it failed', { cause }), fields);

test.each([
  ['MESSAGE_TOO_LARGE', 'message_too_large'],
  ['RECORD_LIST_TOO_LARGE', 'message_too_large'],
  ['SASL_AUTHENTICATION_FAILED', 'authentication_failed'],
  ['NOT_ENOUGH_REPLICAS', 'unavailable'],
])('%s, deep in the causes, becomes %s', (type, code) => {
  const error = fault({ name: 'KafkaJSNonRetriableError' }, fault({ name: 'KafkaJSProtocolError', type }));
  expect(toBusError(error, 'sending')).toMatchObject({
    code,
    message: 'sending failed: it failed',
    cause: error,
  });
});

test('an authentication error of kafkajs is told by its name, a fault of its own by unavailable', () => {
  expect(toBusError(fault({ name: 'KafkaJSSASLAuthenticationError' }), 'x').code).toBe(
    'authentication_failed',
  );
  expect(toBusError('text', 'x').code).toBe('unavailable');
  const own = toBusError('text', 'x');
  expect(toBusError(own, 'y')).toBe(own);
});

test('an error of our own that kafkajs passes on as a cause keeps its code', () => {
  const own = new BusError('authentication_failed', 'no token');
  const error = fault({ name: 'KafkaJSNumberOfRetriesExceeded' }, fault({ name: 'KafkaJSError' }, own));
  expect(toBusError(error, 'sending')).toMatchObject({ code: 'authentication_failed', cause: error });
});

test('kinds are those of the error, its causes and what it gathers, also where it is its own cause', () => {
  const error = fault({ name: 'outer', errors: [fault({ name: 'gathered' })] });
  Object.assign(error, { cause: error });
  expect(errorKinds(error)).toEqual(['outer', 'gathered']);
  expect(isGenerationOver(fault({}, fault({ type: 'ILLEGAL_GENERATION' })))).toBe(true);
  expect(isGenerationOver(fault({ type: 'NOT_COORDINATOR_FOR_GROUP' }))).toBe(false);
  expect(isTimeout(fault({ name: 'KafkaJSRequestTimeoutError' }))).toBe(true);
});

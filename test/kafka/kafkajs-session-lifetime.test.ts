import { expect, test } from '@jest/globals';
import Connection from 'kafkajs/src/network/connection.js';
import { renewalAge } from '../../app/kafka/kafkajs-session-lifetime.ts';

const MINUTE = 60_000;

const connectionOf = (ageMs: number | undefined, lifetime: string): Connection => {
  const [seconds, nanoseconds] = process.hrtime();
  const since = seconds * 1_000 + nanoseconds / 1_000_000 - (ageMs ?? 0);
  const authenticatedAt =
    ageMs === undefined ? null : [Math.floor(since / 1_000), Math.floor((since % 1_000) * 1_000_000)];
  return Object.assign(Object.create(Connection.prototype), { authenticatedAt, sessionLifetime: lifetime });
};

test.each([
  [60 * MINUTE, 59 * MINUTE],
  [10 * MINUTE, 9 * MINUTE],
  [5 * MINUTE, 4 * MINUTE],
  [MINUTE, 48_000],
  [3_000, 2_400],
  [1_000, 1_100],
  [1, 1_100],
])('a session of %i ms is renewed when it is %i ms old', (lifetime, age) => {
  expect(renewalAge(lifetime)).toBe(age);
});

test.each([
  ['never authenticated', undefined, '0', false],
  ['without an end', 1e9, '0', true],
  ['young', 2_000, '3000', true],
  ['old', 2_500, '3000', false],
  ['past its end', 4_000, '3000', false],
])('a connection that is %s', (_name, age, lifetime, authenticated) => {
  expect(connectionOf(age, lifetime).isAuthenticated()).toBe(authenticated);
});

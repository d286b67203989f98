import Connection from 'kafkajs/src/network/connection.js';

/** The most that is left of a session when it is renewed, in milliseconds. */
const MOST_LEFT_MS = 60_000;
/** Brokers refuse a second authentication within a second (KIP-368). */
const LEAST_AGE_MS = 1_100;

/**
 * How old a session may become before it is renewed, in milliseconds: until a fifth of it is left, at most a minute. A source
 * of tokens that renews by the same rule then has a new one.
 *
 * @param lifetimeMs what the broker grants: until the token's end, or its `connections.max.reauth.ms`
 */
export const renewalAge = (lifetimeMs: number): number =>
  Math.max(lifetimeMs - Math.min(MOST_LEFT_MS, lifetimeMs / 5), LEAST_AGE_MS);

const ageOf = (since: [number, number]): number => {
  const [seconds, nanoseconds] = process.hrtime(since);
  return seconds * 1_000 + nanoseconds / 1_000_000;
};

/**
 * kafkajs 2.2.4 asks this before every request on every connection, and authenticates again where it says no. Its own rule is
 * one threshold for all sessions (`reauthenticationThreshold`, 10 s): a session that is shorter would be renewed at every
 * request, which brokers refuse.
 *
 * @see https://cwiki.apache.org/confluence/display/KAFKA/KIP-368%3A+Allow+SASL+Connections+to+Periodically+Re-Authenticate
 */
Connection.prototype.isAuthenticated = function isAuthenticatedForNow() {
  if (this.authenticatedAt === null) return false;
  const lifetime = Number(this.sessionLifetime.toString());
  return lifetime === 0 || ageOf(this.authenticatedAt) < renewalAge(lifetime);
};

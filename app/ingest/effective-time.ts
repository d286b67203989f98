import { parseTime } from '../contract/schemas/timestamp.ts';

/**
 * When an event happened by the server's clock: the client's `timestamp` moved by how wrong its clock was when it sent
 * (`receivedAt - (sentAt - timestamp)`), never later than `receivedAt`. Source: Segment HTTP spec, timestamps.
 *
 * @param receivedAt milliseconds since 1970
 * @returns milliseconds since 1970
 * @example effectiveTime({ timestamp: 1_000, sentAt: 3_000, receivedAt: 10_000 }) // 8000
 */
export const effectiveTime = (times: {
  readonly timestamp: unknown;
  readonly sentAt: unknown;
  readonly receivedAt: number;
}): number => {
  const { receivedAt } = times;
  const timestamp = parseTime(times.timestamp);
  if (timestamp === undefined) return receivedAt;
  const sentAt = parseTime(times.sentAt);
  const corrected = sentAt === undefined ? timestamp : receivedAt - (sentAt - timestamp);
  return Math.max(0, Math.min(corrected, receivedAt));
};

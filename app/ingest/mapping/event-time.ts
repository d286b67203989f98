import { parseTime } from '../../contract/schemas/timestamp.ts';
import { effectiveTime } from '../effective-time.ts';

/** When an event happened. */
export interface EventTime {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether the event told a time that is none, so that the time of receipt stands for it. */
  readonly isReplaced: boolean;
}

/** What tells when an event happened. */
export interface ToldTimes {
  readonly timestamp: unknown;
  /** RudderStack’s Node SDK sends this alone. */
  readonly originalTimestamp: unknown;
  readonly sentAt: unknown;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/**
 * The effective time of an event. A time that is empty, zero or unreadable says nothing, and is taken as the time of receipt: the event
 * is worth more than its time.
 *
 * @example eventTime({ timestamp: '0001-01-01T00:00:00Z', receivedAt: 10_000, … }) // { at: 10_000, isReplaced: true }
 */
export const eventTime = ({ timestamp, originalTimestamp, sentAt, receivedAt }: ToldTimes): EventTime => {
  const told = timestamp ?? originalTimestamp ?? undefined;
  const isReplaced = told !== undefined && !(Number(parseTime(told)) > 0);
  if (isReplaced) return { at: receivedAt, isReplaced };
  return { at: effectiveTime({ timestamp: told, sentAt, receivedAt }), isReplaced };
};

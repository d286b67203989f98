import type { TraceAnswer } from '../trace/trace-answer.ts';

const isTopic = (store: string): boolean => store.startsWith('customerio.');

/** What of the stores was not seen, and how to see more. */
const unreadLines = ({ searched }: TraceAnswer): readonly string[] => {
  const unread = Object.keys(searched).filter((store) => searched[store] === false);
  const topics = unread.filter(isTopic);
  const tables = unread.filter((store) => !isTopic(store));
  return [
    ...(topics.length > 0
      ? [
          `Not everything was read of ${topics.join(', ')}: --max and --within read more, a shorter --since or an event’s own id needs less.`,
        ]
      : []),
    ...(tables.length > 0
      ? [`Only the newest 1,000 of ${tables.join(', ')} are shown: ask for a single event or delivery.`]
      : []),
    ...(unread.length > 0 ? [`truncated: there may be more in ${unread.join(', ')}`] : []),
  ];
};

const nothingLine = ({ id, since, searched }: TraceAnswer, age: string): string =>
  `Nothing is known of ${id} since ${since} (--since ${age}) in ${Object.keys(searched).join(', ')}. ` +
  'A longer --since, such as 7d, looks further back.';

/**
 * A trace in words, as lines: its steps, then where each event and message is, then what was not seen.
 *
 * @param age how far back was asked for, as it was given
 */
export const traceReport = (answer: TraceAnswer, age: string): readonly string[] => {
  const { id, steps, verdicts } = answer;
  if (steps.length === 0) return [nothingLine(answer, age), ...unreadLines(answer)];
  const lines = steps.map(({ at, where, what, eventId, deliveryId }) =>
    [at, where, what, eventId ?? '', deliveryId ?? ''].join('  ').trimEnd(),
  );
  const told = verdicts.map(({ eventId, deliveryId, words }) => `${deliveryId ?? eventId ?? id}: ${words}.`);
  return [...lines, ...(told.length > 0 ? ['', ...told] : []), ...unreadLines(answer)];
};

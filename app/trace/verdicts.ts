import type { Trace, TraceStep } from './trace.ts';

/** Where an event or a message is, and why. */
export interface Verdict {
  readonly state: 'waiting' | 'dead' | 'delivered' | 'message';
  readonly eventId?: string;
  readonly deliveryId?: string;
  /** In words. */
  readonly words: string;
}

const time = (ms: number): string => new Date(ms).toISOString();

const newest = (steps: readonly TraceStep[], ...kinds: readonly TraceStep['kind'][]): TraceStep | undefined =>
  steps.filter(({ kind }) => kinds.includes(kind)).at(-1);

const groups = (
  steps: readonly TraceStep[],
  idOf: (step: TraceStep) => string | undefined,
): readonly (readonly [string, readonly TraceStep[]])[] => {
  const found = new Map<string, TraceStep[]>();
  for (const step of steps) {
    const id = idOf(step);
    if (id !== undefined) found.set(id, [...(found.get(id) ?? []), step]);
  }
  return [...found];
};

/** Of an event: the newest of what is known counts, since a dead letter may have been redriven. */
const ofEvent = (steps: readonly TraceStep[], eventId: string | undefined): Verdict | undefined => {
  const id = eventId !== undefined && { eventId };
  const last = newest(steps, 'accepted', 'dead', 'processed');
  if (last === undefined) return undefined;
  const dead = newest(steps, 'dead');
  const isDelivered = last.kind === 'processed' && last.what.startsWith('delivered');
  if (dead !== undefined && !isDelivered) {
    return { state: 'dead', ...id, words: `a dead letter since ${time(dead.at)}: ${dead.what}` };
  }
  if (last.kind === 'processed') {
    return { state: isDelivered ? 'delivered' : 'dead', ...id, words: `${last.what} at ${time(last.at)}` };
  }
  const words = `accepted at ${time(last.at)} and not processed: the worker waits, is behind, or PROCESSED is off`;
  return { state: 'waiting', ...id, words };
};

const ofDelivery = (deliveryId: string, steps: readonly TraceStep[]): Verdict => {
  const last = steps.at(-1);
  const words = `the last that is known of the message: ${last?.what} at ${time(last?.at ?? 0)}`;
  return { state: 'message', deliveryId, ...(last?.eventId && { eventId: last.eventId }), words };
};

/**
 * Says of each event and each message of a trace where it is and why.
 *
 * @example verdicts(trace)[0].words // 'delivered to Customer.io at 2026-11-24T08:00:00.000Z'
 */
export const verdicts = ({ steps }: Trace): readonly Verdict[] => {
  const events = steps.filter(({ kind }) => kind !== 'message');
  // A record that could not be read has no event id: each is a case of its own.
  const nameless = events.filter(({ eventId }) => eventId === undefined);
  return [
    ...groups(events, ({ eventId }) => eventId).map(([id, some]) => ofEvent(some, id)),
    ...nameless.map((step) => ofEvent([step], undefined)),
    ...groups(
      steps.filter(({ kind }) => kind === 'message'),
      ({ deliveryId }) => deliveryId,
    ).map(([id, some]) => ofDelivery(id, some)),
  ].filter((verdict) => verdict !== undefined);
};

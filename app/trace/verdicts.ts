import { TOPICS } from '../contract/topics.ts';
import { isTrouble } from './order-steps.ts';
import type { Trace, TraceStep } from './trace-step.ts';

/** Where an event, a message or a webhook is, and why. */
export interface Verdict {
  readonly state: 'waiting' | 'dead' | 'delivered' | 'message' | 'quarantined' | 'refused';
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
  const found = Map.groupBy(steps, idOf);
  return [...found].flatMap(([id, some]) => (id === undefined ? [] : [[id, some] as const]));
};

const ofWaiting = (accepted: TraceStep, { steps, searched }: Trace): Pick<Verdict, 'state' | 'words'> => {
  const since = `accepted at ${time(accepted.at)}`;
  const { eventId } = accepted;
  if (eventId !== undefined && steps.some((step) => step.kind === 'message' && step.eventId === eventId)) {
    return { state: 'delivered', words: `${since} and delivered to Customer.io, which made messages of it` };
  }
  const { name } = TOPICS.processed;
  if (searched[name] === false) {
    return {
      state: 'waiting',
      words: `${since}; whether it was processed is not known: ${name} was not read to its end`,
    };
  }
  return {
    state: 'waiting',
    words: `${since} and not processed: the worker waits, is behind, or PROCESSED is off`,
  };
};

/** Of an event: the newest of what is known counts, since a dead letter may have been redriven. */
const ofEvent = (
  steps: readonly TraceStep[],
  eventId: string | undefined,
  found: Trace,
): Verdict | undefined => {
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
  return { ...id, ...ofWaiting(last, found) };
};

/** Of a message: the last step, and any trouble before it, which an open by a machine must not hide. */
const ofDelivery = (deliveryId: string, steps: readonly TraceStep[]): Verdict => {
  const last = steps.at(-1);
  const told = (step: TraceStep | undefined): string => `${step?.what} at ${time(step?.at ?? 0)}`;
  const trouble = steps.filter((step) => step !== last && isTrouble(step)).map(told);
  const before = trouble.length > 0 ? `; before that: ${trouble.join(', ')}` : '';
  const words = `the last that is known of the message: ${told(last)}${before}`;
  return { state: 'message', deliveryId, ...(last?.eventId && { eventId: last.eventId }), words };
};

/** Of a webhook that is no delivery event; one that was put back into the stream is both. */
const ofStray = (stray: TraceStep, steps: readonly TraceStep[]): Verdict => {
  const { kind, what, at, webhookId, deliveryId } = stray;
  const name = webhookId === undefined ? '' : `webhook ${webhookId}: `;
  const words = `${name}${what}, at ${time(at)}`;
  const id = deliveryId !== undefined && { deliveryId };
  if (kind !== 'refused') return { state: 'quarantined', ...id, words };
  const isBack = steps.some((step) => step.kind !== 'refused' && webhookId && step.webhookId === webhookId);
  const then = isBack ? 'it is there now' : '`cio-platform stream replay` puts it back';
  return { state: 'refused', ...id, words: `${words}; ${then}` };
};

/**
 * Says of each event, each message and each stray webhook of a trace where it is and why.
 *
 * @example verdicts(trace)[0].words // 'delivered to Customer.io at 2026-11-24T08:00:00.000Z'
 */
export const verdicts = (found: Trace): readonly Verdict[] => {
  const { steps } = found;
  const of = (...kinds: readonly TraceStep['kind'][]): readonly TraceStep[] =>
    steps.filter(({ kind }) => kinds.includes(kind));
  const events = of('accepted', 'dead', 'processed');
  // A record that could not be read has no event id: each is a case of its own.
  const nameless = events.filter(({ eventId }) => eventId === undefined);
  return [
    ...groups(events, ({ eventId }) => eventId).map(([id, some]) => ofEvent(some, id, found)),
    ...nameless.map((step) => ofEvent([step], undefined, found)),
    ...groups(of('message'), ({ deliveryId }) => deliveryId).map(([id, some]) => ofDelivery(id, some)),
    ...of('quarantined', 'refused').map((stray) => ofStray(stray, steps)),
  ].filter((verdict) => verdict !== undefined);
};

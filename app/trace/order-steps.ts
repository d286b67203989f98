import type { TraceStep } from './trace-step.ts';

/** The life of a message. Webhooks tell the second only (contract, section 7), and one second may hold most of it. */
const LIFE = [
  'drafted',
  'attempted',
  'sent',
  'delivered',
  'opened',
  'clicked',
  'replied',
  'converted',
] as const;

/** What may end it, last: none of them may be hidden by a step of the same second. */
const TROUBLE = [
  'deferred',
  'bounced',
  'dropped',
  'failed',
  'undeliverable',
  'unsubscribed',
  'spammed',
] as const;

/** A metric that is not known goes between the two. */
const PLACES: readonly string[] = [...LIFE, '', ...TROUBLE];
const KINDS: readonly TraceStep['kind'][] = ['accepted', 'dead', 'processed'];

/** Records come before the messages that they led to, and strays last: the times of both are exact. */
const rankOf = ({ kind, metric }: TraceStep): number => {
  if (kind === 'quarantined' || kind === 'refused') return PLACES.length + 1;
  if (kind !== 'message') return 0;
  const place = PLACES.indexOf(metric ?? '');
  return 1 + (place < 0 ? LIFE.length : place);
};

const second = ({ at }: TraceStep): number => Math.floor(at / 1000);

const inOrder = (a: TraceStep, b: TraceStep): number =>
  second(a) - second(b) ||
  rankOf(a) - rankOf(b) ||
  a.at - b.at ||
  KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);

/** Whether a message ended badly: it was not delivered, or the person wants no more. */
export const isTrouble = ({ metric }: TraceStep): boolean =>
  metric !== 'deferred' && TROUBLE.some((name) => name === metric);

/**
 * Steps oldest first; those of one second by the life of a message.
 *
 * @example orderSteps([bounced, sent]) // [sent, bounced], also where both are of one second
 */
export const orderSteps = (steps: readonly TraceStep[]): readonly TraceStep[] => steps.toSorted(inOrder);

import type { AppApi, AppMessage } from '../customerio/app-port.ts';
import type { ReconcileState } from './reconcile-state.ts';

/** Deliveries of several pages. */
export interface Pages {
  readonly messages: readonly AppMessage[];
  /** Where the next page begins; undefined at the end of the list. */
  readonly next: string | undefined;
  /** Whether the list has no end: its next page would begin where one began before. */
  readonly isStuck: boolean;
  /** What these pages count of the most that may be looked at: a page without deliveries counts as one. */
  readonly spent: number;
}

const PAGE = 100;

/**
 * Reads pages from where a state is: up to as many deliveries as asked for, to an empty page, or to the end of the list. It ends
 * also where the cursor does not move, or comes again.
 *
 * @param seen cursors that were asked with in this range; those of these pages are added
 * @throws AppApiError
 */
export const readPages = async (
  api: Pick<AppApi, 'messages'>,
  state: ReconcileState,
  most: number,
  seen: Set<string>,
): Promise<Pages> => {
  const messages: AppMessage[] = [];
  let { next } = state;
  for (let spent = 0; ; ) {
    if (next !== undefined) seen.add(next);
    const page = await api.messages({
      limit: Math.min(PAGE, most - spent),
      start_ts: state.from,
      end_ts: state.to,
      ...(next !== undefined && { start: next }),
    });
    messages.push(...page.messages);
    spent += Math.max(1, page.messages.length);
    next = page.next;
    if (next === undefined) return { messages, next, isStuck: false, spent };
    if (seen.has(next)) return { messages, next: undefined, isStuck: true, spent };
    if (page.messages.length === 0 || spent >= most) return { messages, next, isStuck: false, spent };
  }
};

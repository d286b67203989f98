import { LIMITS } from '../contract/limits.ts';
import { rangeFaults } from '../exact-json/parse-events.ts';
import { isDeeperThan, isObject } from './read-json.ts';

type Item = Readonly<Record<string, unknown>>;

/** What a batch says about all of its events. */
export interface BatchDefaults {
  /** The event with the batch's context and integrations; its own win, name by name. The event itself where nothing changes. */
  readonly of: (item: Item) => Item;
  /** The event with the batch's integrations alone. */
  readonly withoutContext: (item: Item) => Item;
  /** Whether the batch's context is given to no event, since it nests too deep, holds a number out of range, or all of its copies together would be too large. */
  readonly isContextLeftOut: boolean;
}

const merged = (item: Item, name: string, given: Item | undefined): Item => {
  if (given === undefined) return item;
  const own = item[name];
  if (own != null && !isObject(own)) return item;
  return { ...item, [name]: { ...given, ...own } };
};

/** An event of the batch holds it one level down. */
const isShallow = (value: Item): boolean => !isDeeperThan(value, LIMITS.depth - 1);

const isAffordable = (context: Item, items: number): boolean =>
  isShallow(context) && JSON.stringify(context).length * items <= LIMITS.batchContextBytes;

/** Reads what a batch says about its events. Source: Segment's batch body, as its SDKs send it. */
export const batchDefaults = (body: Item, items: number): BatchDefaults => {
  const { context, integrations } = body;
  const ownIntegrations = isObject(integrations) && isShallow(integrations) ? integrations : undefined;
  const ownContext = isObject(context) ? context : undefined;
  const isContextLeftOut =
    ownContext !== undefined && (rangeFaults(body).length > 0 || !isAffordable(ownContext, items));
  const withoutContext = (item: Item): Item => merged(item, 'integrations', ownIntegrations);
  return {
    of: (item) => merged(withoutContext(item), 'context', isContextLeftOut ? undefined : ownContext),
    withoutContext,
    isContextLeftOut,
  };
};

import { isDeepStrictEqual } from 'node:util';
import { type Json, textOf } from './operation-fault.ts';
import { type Person, PREFERENCES } from './person.ts';
import type { Workspace } from './workspace.ts';

/** True in any case, 1 and "1" unsubscribe; everything else does not (contract, section 6). */
const isUnsubscribed = (person: Person): boolean =>
  ['true', '1'].includes(textOf(person.attribute('unsubscribed')).toLowerCase());

const preferencesOf = (person: Person): unknown => {
  const value = person.preferences();
  return value === '' || value === null || value === undefined ? {} : value;
};

/**
 * Looks at a person's subscription before attributes are written. What it returns looks again, and reports what has changed;
 * writing what was there already is no change (contract, sections 6 and 9).
 *
 * @param attributes what is about to be written: others are not looked at, because preferences are dear to put together
 */
export const watchSubscription = (workspace: Workspace, person: Person, attributes: Json): (() => void) => {
  const names = Object.keys(attributes);
  const writesTopics = names.some((name) => name === PREFERENCES || name.startsWith(`${PREFERENCES}.`));
  const writesAll = names.includes('unsubscribed');
  const was = writesAll && isUnsubscribed(person);
  const before = writesTopics ? preferencesOf(person) : undefined;
  return () => {
    if (writesAll && isUnsubscribed(person) !== was)
      workspace.listener.changed(person, was ? 'subscribed' : 'unsubscribed');
    if (writesTopics && !isDeepStrictEqual(preferencesOf(person), before))
      workspace.listener.changed(person, 'cio_subscription_preferences_changed');
  };
};

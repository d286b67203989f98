import type { EventRecord, JsonObject, RecordType } from '../../contract/record.ts';
import { pageName } from './page-name.ts';
import { textAt } from './payload.ts';

type Named = (payload: JsonObject) => string;

const NAMES: Readonly<Partial<Record<RecordType, Named>>> = {
  track: (payload) => textAt(payload, 'event'),
  page: (payload) => pageName('page', payload),
  screen: (payload) => pageName('screen', payload),
  metric: (payload) => textAt(payload, 'metric'),
  content: (payload) => textAt(payload, 'action'),
};

/**
 * The name that a record carries, and that is part of its identity; empty for types without one.
 *
 * @throws MappingError
 * @example nameOf({ type: 'track', payload: { event: 'Bought' }, … }) // 'Bought'
 */
export const nameOf = ({ type, payload }: EventRecord): string => NAMES[type]?.(payload) ?? '';

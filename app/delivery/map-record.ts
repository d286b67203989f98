import type { EventRecord, RecordType } from '../contract/record.ts';
import { parseTime } from '../contract/schemas/timestamp.ts';
import { mapContent, mapHappening } from './mapping/map-happening.ts';
import { mapMetric } from './mapping/map-metric.ts';
import { mapGroup, mapObject } from './mapping/map-object.ts';
import { mapAction, mapAlias, mapDevice, mapIdentify, mapMerge } from './mapping/map-person.ts';
import type { Mapped, Mapper } from './mapping/mapped.ts';

const MAPPERS = {
  identify: mapIdentify,
  track: mapHappening('track'),
  page: mapHappening('page'),
  screen: mapHappening('screen'),
  group: mapGroup,
  alias: mapAlias,
  delete: mapAction('delete'),
  suppress: mapAction('suppress'),
  unsuppress: mapAction('unsuppress'),
  merge: mapMerge,
  device: mapDevice,
  object: mapObject,
  metric: mapMetric,
  content: mapContent,
} as const satisfies Record<RecordType, Mapper>;

/**
 * Turns a record into what Customer.io takes.
 *
 * @param id the event's id, a ULID
 * @throws MappingError when the payload does not fit the type; names the field and the rule
 * @example mapRecord({ type: 'track', userId: 'u1', payload: { event: 'Bought', properties: {} }, … }, id)
 */
export const mapRecord = (record: EventRecord, id: string): Mapped => {
  const timestamp = Math.floor((parseTime(record.timestamp) ?? 0) / 1000);
  return MAPPERS[record.type]({ record, id, timestamp });
};

import type { AnonymousEvent, DeliveryReport, Operation } from '../../contract/operations.ts';
import type { EventRecord } from '../../contract/record.ts';

/** How a record is sent: an item of a v2 batch, or a v1 request of its own for an anonymous event or a delivery's report. */
export type Mapped =
  | { readonly kind: 'operation'; readonly operation: Operation }
  | { readonly kind: 'anonymous'; readonly anonymousId: string; readonly event: AnonymousEvent }
  | { readonly kind: 'metric'; readonly report: DeliveryReport };

/** A record, the id it is sent by, a ULID, and its time in whole seconds since 1970. */
export interface Mappable {
  readonly record: EventRecord;
  readonly id: string;
  readonly timestamp: number;
}

/** What one type of record becomes. @throws MappingError when the payload does not fit the type */
export type Mapper = (about: Mappable) => Mapped;

export const operationOf = (operation: Operation): Mapped => ({ kind: 'operation', operation });

import type { EventType } from '../../contract/http-paths.ts';
import { LIMITS } from '../../contract/limits.ts';
import type { JsonObject } from '../../contract/record.ts';
import type { Fault } from '../../contract/schemas/fault.ts';
import { fitAttributes } from './fit-attributes.ts';
import {
  idText,
  type Misshapen,
  objectOf,
  type Shaped,
  type ShapeInput,
  type Shaper,
  shaped,
} from './shape.ts';

const nameFaults = (field: string, name: unknown): readonly Fault[] =>
  typeof name === 'string' && Buffer.byteLength(name.trim()) > LIMITS.eventNameBytes
    ? [{ field, rule: `must not be longer than ${LIMITS.eventNameBytes} bytes` }]
    : [];

const traitFaults = (traits: JsonObject): readonly Fault[] =>
  fitAttributes(traits).leftOut.map(({ name, rule }) => ({ field: `traits.${name}`, rule }));

const userFaults = ({ userId }: ShapeInput): readonly Fault[] =>
  userId === undefined ? [{ field: 'userId', rule: 'is required' }] : [];

const unless = (faults: readonly Fault[], event: () => Shaped): Shaped | Misshapen =>
  faults.length > 0 ? { kind: 'refused', faults } : event();

const view =
  (type: 'page' | 'screen'): Shaper =>
  ({ item }) => {
    const { name, category } = item;
    const payload = {
      ...(name != null && { name: String(name) }),
      ...(category != null && { category: String(category) }),
      properties: objectOf(item['properties']),
    };
    return unless(nameFaults('name', name), () => shaped(type, payload));
  };

const SHAPERS: Readonly<Record<EventType, Shaper>> = {
  identify: (input) => {
    const traits = objectOf(input.item['traits']);
    return unless(traitFaults(traits), () => shaped('identify', { traits }));
  },
  track: ({ item }) => {
    const event = String(item['event']);
    return unless(nameFaults('event', event), () =>
      shaped('track', { event, properties: objectOf(item['properties']) }),
    );
  },
  page: view('page'),
  screen: view('screen'),
  group: (input) => {
    const groupId = idText(input.item['groupId']) ?? '';
    const traits = objectOf(input.item['traits']);
    const faults = [...userFaults(input), ...traitFaults(traits)];
    return unless(faults, () => shaped('group', { groupId, traits }));
  },
  alias: ({ item }) => shaped('alias', { previousId: idText(item['previousId']) ?? '' }),
};

/** Takes an event as it was sent: every field travels as it came, a track call is an event, and what breaks a limit is refused. */
export const eventAsSent = (type: EventType, input: ShapeInput): Shaped | Misshapen => SHAPERS[type](input);

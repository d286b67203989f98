import type { EventType } from '../../contract/http-paths.ts';
import { readCommand } from './commands.ts';
import { identifiersOf } from './person-identifiers.ts';
import { idText, type Misshapen, type Shaped, type ShapeInput, type Shaper, shaped } from './shape.ts';
import { shapeGroup } from './shape-group.ts';
import { shapePage, shapeScreen, shapeTrack } from './shape-happening.ts';
import { shapeIdentify } from './shape-identify.ts';

const shapeAlias: Shaper = ({ item }) => {
  const previousId = idText(item['previousId']) ?? '';
  return shaped('alias', { previousId, previousIdentifiers: identifiersOf(previousId) });
};

const SHAPERS: Readonly<Record<EventType, Shaper>> = {
  identify: shapeIdentify,
  track: (input) => readCommand(input) ?? shapeTrack(input),
  page: shapePage,
  screen: shapeScreen,
  group: shapeGroup,
  alias: shapeAlias,
};

/**
 * Reads an event as Segment's and Customer.io's own destinations do: who the person is, dates, commands, objects, names and limits are
 * decided here, once, and written into the record.
 *
 * @param input an event that passed its schema
 */
export const shapeEvent = (type: EventType, input: ShapeInput): Shaped | Misshapen => {
  const event = SHAPERS[type](input);
  if (event.kind === 'refused' || input.userId === undefined) return event;
  return { ...event, identifiers: identifiersOf(input.userId) };
};

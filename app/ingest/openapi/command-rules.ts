import { CONTENT_ACTIONS, METRICS } from '../mapping/commands.ts';
import { having, ID, type JsonSchema, NOT_BLANK, TEXT_OR_NULL } from './json-schema.ts';

const OF_PERSONS = ['User Deleted', 'User Suppressed', 'User Unsuppressed'];
const OF_OBJECTS = ['Object Deleted', 'Relationship Deleted'];
const METRIC = 'Report Delivery Event';
const CONTENT = 'Report Content Event';

const named = (names: readonly string[]): JsonSchema => ({ enum: names });

const command = (title: string, names: readonly string[], properties: JsonSchema): JsonSchema => ({
  title,
  type: 'object',
  required: ['event', 'properties'],
  properties: { event: named(names), properties: { type: 'object', ...properties } },
});

/** What the commands among the track calls need. Source: `mapping/commands.ts`. */
export const commandRules: JsonSchema = {
  anyOf: [
    {
      title: 'Event',
      properties: { event: { not: named([...OF_PERSONS, ...OF_OBJECTS, METRIC, CONTENT]) } },
    },
    {
      title: 'Command about a person',
      type: 'object',
      required: ['event', 'userId'],
      properties: { event: named(OF_PERSONS), userId: ID },
    },
    command('Command about an object', OF_OBJECTS, having('objectId', { ...ID, type: ['string', 'number'] })),
    command('Report of a delivery', [METRIC], {
      required: ['deliveryId', 'metric'],
      properties: {
        deliveryId: NOT_BLANK,
        metric: { enum: METRICS },
        ...Object.fromEntries(
          ['recipient', 'reason', 'href', 'actionName', 'actionValue'].map((name) => [name, TEXT_OR_NULL]),
        ),
      },
    }),
    command('Report of content', [CONTENT], having('actionType', { enum: CONTENT_ACTIONS })),
  ],
};

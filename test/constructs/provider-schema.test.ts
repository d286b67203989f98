import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic/index.js';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js';
import { describe, expect, it } from '@jest/globals';
import { GcsBackend, TerraformOutput } from 'cdktf';
import { fixtureOf } from '../../tools/provider-schema-fixture.ts';
import { synthesizeProps } from '../../tools/reference/synthesize-props.ts';
import { PROVIDER_SCHEMA, schemaFaults } from '../support/provider-schema.ts';
import {
  BLOCK_CASES,
  LIFECYCLE_CASES,
  REFERENCE_CASES,
  RIGHT_STACK,
  VALUE_CASES,
} from '../support/provider-schema-cases.ts';
import { mutationsOf } from '../support/provider-schema-mutations.ts';
import type { Json } from '../support/provider-schema-types.ts';
import { normalized, resourcesOf, synthStack } from '../support/synth.ts';
import { VARIANTS } from './variants.ts';

type Members = Record<string, unknown>;

/** The right stack with one thing changed; with nothing to put there, without it. */
const changed = (place: string, value?: unknown): Json => {
  const copy = structuredClone(RIGHT_STACK) as Members;
  const names = place.split(' ');
  const last = names.pop() ?? '';
  const at = names.reduce((within, name) => within[name] as Members, copy);
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
};

/** `resource google_pubsub_topic events name` is a place in `google_pubsub_topic.events`. */
const addressOf = (place: string): string => {
  const [section = '', first = '', second = 'events'] = place.split(' ');
  if (section === 'resource') return `${first}.${second}`;
  return section === 'data' ? `data.${first}.${second}` : `${section}.${first}`;
};

describe('a stack held against the provider’s schema', () => {
  it('has no faults when it is right', () => {
    expect(schemaFaults(RIGHT_STACK)).toEqual([]);
  });

  describe.each([
    ['what stands where', BLOCK_CASES],
    ['literals', VALUE_CASES],
    ['lifecycles', LIFECYCLE_CASES],
    ['references', REFERENCE_CASES],
  ])('has a fault in %s', (_kind, cases) => {
    it.each(cases)('%s', (_what, place, value, fault) => {
      expect(schemaFaults(changed(place, value))).toEqual([`${addressOf(place)}: ${fault}`]);
    });
  });

  it('has an index where there are many of a resource', () => {
    const many = changed('resource google_pubsub_topic events count', 2);
    expect(schemaFaults(many)).toEqual([]);
    const text = JSON.stringify(many).replaceAll('topic.events.name', 'topic.events[0].name');
    expect(schemaFaults(JSON.parse(text))).toEqual([]);
  });

  it('shows a circle that goes through a local value', () => {
    const text = JSON.stringify(RIGHT_STACK).replace('growth', `$\{google_pubsub_topic.events.name}`);
    const way = ['google_pubsub_topic.events', 'local.team', 'google_pubsub_topic.events'].join(' -> ');
    expect(schemaFaults(JSON.parse(text))).toContain(`google_pubsub_topic.events: circle: ${way}`);
  });

  it('shows every fault at once', () => {
    expect(schemaFaults({ resource: { google_pubsub_topic: { a: { nam: 'a' }, b: {} } } })).toEqual([
      'google_pubsub_topic.a: nam: no such attribute',
      'google_pubsub_topic.a: name: missing',
      'google_pubsub_topic.b: name: missing',
    ]);
  });
});

describe('a stack that CDKTF synthesized', () => {
  const json = synthStack((stack) => {
    new GcsBackend(stack, { bucket: '/home/someone/state', prefix: 'p' });
    const topic = new PubsubTopic(stack, 'events', {
      name: 'events',
      messageStoragePolicy: { allowedPersistenceRegions: ['europe-west1'] },
      lifecycle: { preventDestroy: true, ignoreChanges: ['labels'] },
    });
    new PubsubTopicIamMember(stack, 'sends', {
      topic: topic.name,
      role: 'roles/pubsub.publisher',
      member: 'user:a@acme.example',
      dependsOn: [topic],
    });
    new TerraformOutput(stack, 'topic', { value: topic.id });
  });

  it('has no faults', () => {
    expect(schemaFaults(json)).toEqual([]);
    expect(resourcesOf(json, 'google_pubsub_topic')).toMatchObject({ events: { name: 'events' } });
    expect(resourcesOf(json, 'google_pubsub_schema')).toEqual({});
  });

  it('is the same on every machine once the folders and comments are out', () => {
    const commented = { ...json, '//': 'made here', locals: ['/home/someone/cdktf.out', 5, { '//': 1 }] };
    expect(normalized(commented, '/home/someone')).toMatchObject({
      terraform: { backend: { gcs: { bucket: '<root>/state' } } },
      locals: ['<root>/cdktf.out', 5, {}],
    });
    expect(normalized(commented, '/home/someone')).not.toHaveProperty('//');
  });
});

describe('the platform’s own stacks', () => {
  const seen = new Set<string>();

  it.each(Object.entries(VARIANTS))('%s: whatever is made wrong in it is caught', (_name, props) => {
    const json = synthesizeProps(props);
    const before = new Set(schemaFaults(json));
    const mutations = mutationsOf(json, PROVIDER_SCHEMA).filter(({ what }) => !seen.has(what));
    for (const { what } of mutations) seen.add(what);
    const isMissed = (mutated: Json): boolean => schemaFaults(mutated).every((fault) => before.has(fault));
    expect(mutations.length).toBeGreaterThan(25);
    expect(mutations.filter((mutation) => isMissed(mutation.json)).map(({ what }) => what)).toEqual([]);
  });

  it('were made wrong in every way', () => {
    const counts = Map.groupBy(seen, (what) => what.split(':')[0]);
    const least = [...counts].map(([way, all]) => [way, all.length >= 20]);
    expect(Object.fromEntries(least)).toEqual({
      drop: true,
      rename: true,
      twice: true,
      'other type': true,
      'as a block': true,
      'as an attribute': true,
      'empty text': true,
      'one level up': true,
      'misspelt attribute': true,
      'misspelt resource': true,
    });
  });
});

describe('the part of the schema that is kept', () => {
  const attribute = { type: 'string', optional: true, description: 'what it is' };
  const block = { attributes: { name: attribute, description: attribute } };

  it('holds the types of the constructs and of the stacks, without what the provider says of them', () => {
    const full = {
      ...PROVIDER_SCHEMA,
      resources: { ...PROVIDER_SCHEMA.resources, google_zebra: block, google_unused: block },
    } as unknown as Json;
    const kept = fixtureOf(full, [{ resource: { google_zebra: {} } }]);
    const bare = { type: 'string', optional: true };
    expect(Object.keys(kept['resources'] as Json)).toEqual([
      ...Object.keys(PROVIDER_SCHEMA.resources),
      'google_zebra',
    ]);
    expect(kept['resources']).toHaveProperty('google_zebra', {
      attributes: { name: bare, description: bare },
    });
  });

  it('refuses a type that the schema does not have', () => {
    const stack = { data: { google_moon: {} } };
    expect(() => fixtureOf(PROVIDER_SCHEMA as unknown as Json, [stack])).toThrow('no google_moon');
  });
});

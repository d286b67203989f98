import { type Json, UNRESOLVED } from './provider-schema-types.ts';

/** An expression of Terraform. */
const ref = (text: string): string => `\${${text}}`;

/** A stack with nothing wrong in it, and with one of everything that a check has to understand. */
export const RIGHT_STACK: Json = {
  '//': { metadata: { version: '0.21.0' } },
  terraform: { required_providers: { google: { source: 'google', version: '6.50.0' } } },
  provider: { google: [{ project: 'acme' }, { project: 'acme', alias: 'other' }] },
  variable: {
    key: { type: 'string', ephemeral: true, validation: [{ condition: ref('length(var.key) > 0') }] },
  },
  locals: { team: 'growth', about: `$${ref('not.a.reference')} of ${ref('local.team')}` },
  data: { google_project: { this: { project_id: 'acme' } } },
  resource: {
    google_service_account: {
      sender: { account_id: 'sender', project: ref('data.google_project.this.name') },
    },
    google_pubsub_topic: {
      events: {
        '//': { metadata: { path: 'stack/events' } },
        name: 'events',
        labels: { team: ref('local.team'), [ref('local.team')]: 'yes' },
        message_storage_policy: { allowed_persistence_regions: ['europe-west1'] },
        lifecycle: { ignore_changes: ['labels["x"]', 'message_storage_policy[0].enforce_in_transit'] },
      },
    },
    google_pubsub_topic_iam_member: {
      sends: {
        topic: ref('google_pubsub_topic.events.name'),
        role: 'roles/pubsub.publisher',
        member: `serviceAccount:${ref('google_service_account.sender.email')}`,
        depends_on: ['google_pubsub_topic.events', 'data.google_project.this'],
      },
    },
    google_secret_manager_secret_version: {
      key: {
        secret: 'k',
        secret_data_wo: ref('var.key'),
        secret_data_wo_version: ref(`length("${ref('var.key')}")`),
      },
    },
    google_cloud_run_v2_service: {
      web: {
        name: 'web',
        location: ref('one(google_pubsub_topic.events.schema_settings[*].schema)'),
        timeouts: { create: '10m' },
        template: {
          containers: [
            { image: 'node', env: [{ name: 'A', value: ref('[for one in [{ b = 1 }] : one.b][0]') }] },
            { image: 'node', resources: { limits: { cpu: '1' }, cpu_idle: false } },
          ],
        },
        lifecycle: { create_before_destroy: true, replace_triggered_by: ['google_pubsub_topic.events.id'] },
      },
    },
  },
  output: { uri: { value: ref('google_cloud_run_v2_service.web.uri') } },
};

/** What is wrong, where it is put into the right stack, what is put there, and the fault at the address of the place. */
export type FaultCase = readonly [kind: string, place: string, value: unknown, fault: string];

const TOPIC = 'resource google_pubsub_topic events';
const MEMBER = 'resource google_pubsub_topic_iam_member sends';
const SERVICE = 'resource google_cloud_run_v2_service web';
const SECRET = 'resource google_secret_manager_secret_version key';
const CONTAINERS = `${SERVICE} template containers`;

/** Faults of what stands where. */
export const BLOCK_CASES: readonly FaultCase[] = [
  ['an unknown resource type', 'resource google_topic', { events: {} }, 'no such resource type'],
  ['an unknown data source', 'data google_zone', { events: {} }, 'no such data source type'],
  ['an unknown provider', 'provider aws', {}, 'no schema of this provider'],
  ['an unknown attribute', `${TOPIC} colour`, 'red', 'colour: no such attribute'],
  ['an object’s own name', `${TOPIC} constructor`, 'x', 'constructor: no such attribute'],
  [
    'an unknown attribute of a block',
    `${CONTAINERS} 1 foo`,
    1,
    'template.containers[1].foo: no such attribute',
  ],
  ['an unknown attribute of a provider', 'provider google 0 projekt', 'a', 'projekt: no such attribute'],
  ['a missing attribute', `${TOPIC} name`, undefined, 'name: missing'],
  ['an attribute without a value', `${TOPIC} name`, null, 'name: missing'],
  [
    'a missing attribute of a block',
    `${CONTAINERS} 0 image`,
    undefined,
    'template.containers[0].image: missing',
  ],
  ['a missing block', `${SERVICE} template`, undefined, 'template: missing'],
  ['no block where one is needed', `${SERVICE} template`, [], 'template: at least 1 blocks, got 0'],
  ['too many blocks', `${SERVICE} template`, [{}, {}], 'template: at most 1 blocks, got 2'],
  ['a list for a single block', `${SERVICE} timeouts`, [{}], 'timeouts: one block, got a list'],
  ['a block as an attribute', `${SERVICE} scaling`, 'x', 'scaling: a block, but given as an attribute'],
  ['an attribute as a block', `${TOPIC} name`, [{ value: 'x' }], 'name: string expected, got a list'],
  ['an attribute of the provider’s own', `${SERVICE} uri`, 'x', 'uri: set by the provider alone'],
  ['an id', `${TOPIC} id`, 'x', 'id: set by the provider alone'],
];

/** Faults of literals. */
export const VALUE_CASES: readonly FaultCase[] = [
  ['a number for a text', `${TOPIC} name`, 5, 'name: string expected, got a number'],
  [
    'a text for a number',
    `${SECRET} secret_data_wo_version`,
    '1',
    'secret_data_wo_version: number expected, got a string',
  ],
  [
    'two expressions for a number',
    `${SECRET} secret_data_wo_version`,
    ref('1') + ref('2'),
    'secret_data_wo_version: number expected, got a string',
  ],
  [
    'a text for a truth',
    `${CONTAINERS} 1 resources cpu_idle`,
    'true',
    'template.containers[1].resources.cpu_idle: bool expected, got a string',
  ],
  ['a text for a map', `${TOPIC} labels`, 'team', 'labels: map expected, got a string'],
  ['a number in a map', `${TOPIC} labels team`, 1, 'labels.team: string expected, got a number'],
  [
    'a text for a list',
    `${CONTAINERS} 0 args`,
    'a',
    'template.containers[0].args: list expected, got a string',
  ],
  [
    'a number in a list',
    `${CONTAINERS} 0 args`,
    ['a', 1],
    'template.containers[0].args[1]: string expected, got a number',
  ],
  ['an unresolved text', `${TOPIC} name`, ref('TfToken[TOKEN.7]'), `name: ${UNRESOLVED}`],
  [
    'an unresolved number',
    `${SECRET} secret_data_wo_version`,
    -1.8e289,
    `secret_data_wo_version: ${UNRESOLVED}`,
  ],
];

/** Faults of lifecycles. */
export const LIFECYCLE_CASES: readonly FaultCase[] = [
  ['an unknown part', `${TOPIC} lifecycle`, { destroy: false }, 'lifecycle.destroy: no such attribute'],
  ['no block', `${TOPIC} lifecycle`, 'x', 'lifecycle: a block, but given as an attribute'],
  [
    'a truth as a text',
    `${TOPIC} lifecycle prevent_destroy`,
    'true',
    'lifecycle.prevent_destroy: true or false expected',
  ],
  [
    'no list',
    `${TOPIC} lifecycle ignore_changes`,
    'name',
    'lifecycle.ignore_changes: list of strings expected',
  ],
  ...(
    [
      ['no attribute', 'label', 'no such attribute: label'],
      ['no attribute of a block', 'message_storage_policy[0].x', 'no such attribute: x'],
      ['no index', 'schema_settings.schema', 'schema_settings needs an index before schema'],
      ['something in a text', 'name.x', 'a string has nothing inside'],
      ['an item of a set', 'message_storage_policy[0].allowed_persistence_regions[0]', 'a set has no index'],
      ['no path', 'labels labels', 'not a path'],
    ] as const
  ).map(
    ([kind, path, fault]): FaultCase => [
      `an ignored path with ${kind}`,
      `${TOPIC} lifecycle ignore_changes`,
      [path],
      `lifecycle.ignore_changes: ${path}: ${fault}`,
    ],
  ),
  ...(
    [
      ['no resource', 'google_pubsub_topic.x.id', 'no such resource in this stack'],
      ['no attribute', 'google_service_account.sender.x', 'no such attribute: x'],
      ['no reference', 'always', 'not a reference'],
    ] as const
  ).map(
    ([kind, text, fault]): FaultCase => [
      `a trigger that is ${kind}`,
      `${TOPIC} lifecycle replace_triggered_by`,
      [text],
      `lifecycle.replace_triggered_by: ${text}: ${fault}`,
    ],
  ),
];

const NOT_THERE = 'no such resource in this stack';

/** What is wrong with a reference, the reference, and the fault. */
const REFERENCES: readonly (readonly [kind: string, text: string, fault: string])[] = [
  ['no resource', 'google_pubsub_topic.evens.name', NOT_THERE],
  ['no kind of resource', 'gogle_pubsub_topic.events.name', NOT_THERE],
  ['no data source', 'data.google_project.that.name', NOT_THERE],
  ['no attribute', 'google_pubsub_topic.events.nam', 'no such attribute: nam'],
  ['no attribute of a data source', 'data.google_project.this.nam', 'no such attribute: nam'],
  ['no variable', 'var.keys', 'no such var'],
  ['no local value', 'local.teams', 'no such local'],
  [
    'one of many blocks, but not which',
    'google_cloud_run_v2_service.web.template.labels',
    'template needs an index before labels',
  ],
  ['one of a resource that is one', 'google_pubsub_topic.events[0].name', 'no count and no for_each'],
  ['something in a number', 'data.google_project.this.number.x', 'a string has nothing inside'],
];

/** Faults of references, in depends_on, and of circles. */
export const REFERENCE_CASES: readonly FaultCase[] = [
  ...REFERENCES.map(
    ([kind, text, fault]): FaultCase => [
      `a reference to ${kind}`,
      `${MEMBER} role`,
      ref(text),
      `role: ${text}: ${fault}`,
    ],
  ),
  ['a reference within a text', `${MEMBER} role`, `a ${ref('var.a')} b`, 'role: var.a: no such var'],
  [
    'a reference within a call',
    `${MEMBER} role`,
    ref(`upper("a ${ref('trim(var.a)')} b")`),
    'role: var.a: no such var',
  ],
  ['a reference within an index', `${MEMBER} role`, ref('local.team[var.a]'), 'role: var.a: no such var'],
  ['a reference in a map’s key', `${TOPIC} labels`, { [ref('var.a')]: 'x' }, 'labels: var.a: no such var'],
  ['an unresolved text in an output', 'output uri value', '#{TfToken[TOKEN.1]}', `value: ${UNRESOLVED}`],
  ['an output of what is not there', 'output uri value', ref('local.a'), 'value: local.a: no such local'],
  ['a wait for what is not there', `${MEMBER} depends_on`, ['local.x'], `depends_on: local.x: ${NOT_THERE}`],
  [
    'a wait for an expression',
    `${MEMBER} depends_on`,
    [ref('google_pubsub_topic.events')],
    `depends_on: ${ref('google_pubsub_topic.events')}: not an address`,
  ],
  [
    'a circle',
    `${TOPIC} depends_on`,
    ['google_pubsub_topic_iam_member.sends'],
    'circle: google_pubsub_topic.events -> google_pubsub_topic_iam_member.sends -> google_pubsub_topic.events',
  ],
  [
    'a wait for oneself',
    `${TOPIC} name`,
    ref('google_pubsub_topic.events.id'),
    'circle: google_pubsub_topic.events -> google_pubsub_topic.events',
  ],
];

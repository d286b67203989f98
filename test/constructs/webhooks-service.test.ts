import { describe, expect, it } from '@jest/globals';
import { withFragment } from '../../tools/reference/example-props.ts';
import { grantsIn } from '../../tools/reference/grants-table.ts';
import {
  resourcesIn,
  type SynthesizedResource,
  synthesizeProps,
} from '../../tools/reference/synthesize-props.ts';
import { VARIANTS } from './variants.ts';

interface Service {
  readonly location: string;
  readonly ingress: string;
  readonly invoker_iam_disabled: boolean;
  readonly scaling: object;
  readonly depends_on: readonly string[];
  readonly template: {
    readonly scaling: object;
    readonly vpc_access?: object;
    readonly max_instance_request_concurrency: number;
    readonly containers: readonly [
      { readonly resources: object; readonly startup_probe: object; readonly liveness_probe: object },
    ];
  };
}

const made = (fragment: Readonly<Record<string, unknown>> = {}): readonly SynthesizedResource[] =>
  resourcesIn(synthesizeProps(withFragment(fragment)));

const at = (resources: readonly SynthesizedResource[], path: string): SynthesizedResource | undefined =>
  resources.find((resource) => resource.path === path);

const serviceIn = (resources: readonly SynthesizedResource[]): Service =>
  at(resources, 'webhooks/service')?.body as unknown as Service;

const SUBSCRIPTIONS = ['delivery_events', 'quarantine', 'dead_letters', 'replay'].map(
  (name) => `stream/${name}`,
);

describe.each([
  ['with the props’ defaults', {}],
  ['with a topic that exists', { webhooks: { existingTopic: 'projects/shared/topics/events' } }],
  ['with a dataset that exists', { warehouse: { existingDataset: 'marketing' } }],
  [
    'with an account that exists',
    { webhooks: { existingServiceAccount: 'webhooks@acme.iam.gserviceaccount.com' } },
  ],
])('the receiver of webhooks %s', (_what, fragment) => {
  const resources = made(fragment);
  const { depends_on: waitsFor } = serviceIn(resources);

  // Pub/Sub drops what it gets before a subscription is there, while the receiver has answered 200.
  it.each(SUBSCRIPTIONS)('is not made before %s', (path) => {
    expect(waitsFor).toContain(at(resources, path)?.address ?? `nothing at ${path}`);
  });

  it('is not made before it may publish', () => {
    expect(waitsFor).toContain(at(resources, 'stream/webhooks-publisher')?.address);
  });
});

describe('the receiver of webhooks', () => {
  const variant = (name: string): readonly SynthesizedResource[] => {
    const props = VARIANTS[name];
    if (props === undefined) throw new Error(`no variant ${name}`);
    return resourcesIn(synthesizeProps(props));
  };

  it('is open by a grant to everybody, where its service is', () => {
    const resources = made();
    expect(serviceIn(resources)).toMatchObject({
      location: 'europe-west1',
      ingress: 'INGRESS_TRAFFIC_ALL',
      invoker_iam_disabled: false,
    });
    expect(at(resources, 'webhooks/everybody')?.body).toMatchObject({
      location: 'europe-west1',
      role: 'roles/run.invoker',
      member: 'allUsers',
      name: expect.stringContaining(at(resources, 'webhooks/service')?.address ?? '?'),
    });
  });

  it('is open without a grant where an organization forbids it', () => {
    const resources = made({ webhooks: { publicAccess: 'invokerIamDisabled' } });
    expect(serviceIn(resources)).toMatchObject({
      ingress: 'INGRESS_TRAFFIC_ALL',
      invoker_iam_disabled: true,
    });
    expect(at(resources, 'webhooks/everybody')).toBeUndefined();
  });

  it.each(['dev', 'staging', 'prod'])(
    'has one warm instance, whichever revisions serve: %s',
    (environment) => {
      const { scaling, template } = serviceIn(made({ environment }));
      expect(scaling).toEqual({ min_instance_count: 1 });
      expect(template.scaling).toEqual({ max_instance_count: expect.any(Number) });
    },
  );

  it.each(Object.keys(VARIANTS))('starts fast, in no network, and says that it lives: %s', (name) => {
    const { vpc_access, containers } = serviceIn(variant(name)).template;
    expect(vpc_access).toBeUndefined();
    expect(containers[0]).toMatchObject({
      resources: { startup_cpu_boost: true, cpu_idle: false },
      startup_probe: { http_get: { path: '/healthz', port: 8080 } },
      liveness_probe: { http_get: { path: '/healthz', port: 8080 } },
    });
  });

  it('may publish to the topic and read its key and its code, and nothing else', () => {
    const grants = grantsIn(made()).filter(({ who }) => who === '`webhooks`');
    expect(grants.map(({ role, on }) => `${role} on ${on}`).toSorted()).toEqual([
      '`roles/pubsub.publisher` on the topic of `stream`',
      '`roles/secretmanager.secretAccessor` on secret `webhook-signing-keys`',
      '`roles/storage.objectViewer` on the bucket of `runtime`',
    ]);
  });

  it.each(Object.keys(VARIANTS))('may do no more with other props: %s', (name) => {
    const resources = variant(name);
    const account = at(resources, 'identities/webhooks')?.address ?? 'webhooks@acme.iam.gserviceaccount.com';
    const held = resources.filter(
      ({ type, body }) => type.endsWith('_iam_member') && String(body['member']).includes(account),
    );
    expect(held.length).toBeGreaterThan(1);
    const allowed = [
      'google_pubsub_topic_iam_member roles/pubsub.publisher',
      'google_secret_manager_secret_iam_member roles/secretmanager.secretAccessor',
      'google_storage_bucket_iam_member roles/storage.objectViewer',
    ];
    const roles = held.map(({ type, body }) => `${type} ${String(body['role'])}`);
    expect(new Set(roles).size).toBe(roles.length);
    expect(roles.filter((role) => !allowed.includes(role))).toEqual([]);
  });

  it.each([
    ['dev', 512],
    ['staging', 512],
    ['prod', 1024],
  ])('has room for a body of 1 MB in every request that it takes by its preset: %s', (environment, mib) => {
    const { template } = serviceIn(made({ environment }));
    expect(template.containers[0]).toMatchObject({ resources: { limits: { memory: `${mib}Mi` } } });
    const needed = template.max_instance_request_concurrency * 1_000_000 + 300_000_000;
    expect(needed).toBeLessThanOrEqual(mib * 1_048_576);
  });
});

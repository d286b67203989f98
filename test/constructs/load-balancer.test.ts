import { BlockList, isIPv4 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { type App, Testing } from 'cdktf';
import { PATHS } from '../../app/contract/http-paths.ts';
import { CustomerioStack } from '../../stacks/customerio-stack.ts';
import { SMALLEST, withFragment } from '../../tools/reference/example-props.ts';
import { placeholderBundle } from '../../tools/reference/placeholder-bundle.ts';
import {
  resourcesIn,
  type SynthesizedResource,
  synthesizeProps,
} from '../../tools/reference/synthesize-props.ts';
import { schemaFaults } from '../support/provider-schema.ts';

interface Rule {
  readonly action: string;
  readonly priority: number;
  readonly preview?: boolean;
  readonly match: { readonly config: { readonly src_ip_ranges: readonly string[] } };
  readonly rate_limit_options?: object;
}

const ALLOWED = Array.from({ length: 25 }, (_none, index) => `203.0.${index}.0/24`);
const V6 = '2001:db8::/32';
const LISTED = [...ALLOWED, V6];
const LIMIT = { requests: 6000, intervalSeconds: 60 };
const THROTTLE = {
  conform_action: 'allow',
  exceed_action: 'deny(429)',
  enforce_on_key: 'IP',
  rate_limit_threshold: { count: 6000, interval_sec: 60 },
};

const made = (fragment: Readonly<Record<string, unknown>>): readonly SynthesizedResource[] => {
  const json = synthesizeProps(withFragment(fragment));
  expect(schemaFaults(json)).toEqual([]);
  return resourcesIn(json);
};

const bodyAt = (resources: readonly SynthesizedResource[], path: string): Readonly<Record<string, unknown>> =>
  resources.find((resource) => resource.path === path)?.body ?? {};

const rulesOf = (part: 'ingest' | 'webhooks', balancer: object): readonly Rule[] => {
  const resources = made({ [part]: { loadBalancer: { domains: ['a.example'], ...balancer } } });
  return bodyAt(resources, `${part}/load-balancer/security-policy`)['rule'] as readonly Rule[];
};

const isIn = (address: string, range: string): boolean => {
  if (range === '*') return true;
  const [first = '', length] = range.split('/');
  const list = new BlockList();
  list.addSubnet(first, Number(length), isIPv4(first) ? 'ipv4' : 'ipv6');
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
};

/** The rule that decides about an address, as Cloud Armor does: the first that matches and is no preview. */
const decides = (rules: readonly Rule[], address: string): Rule | undefined =>
  rules
    .toSorted((a, b) => a.priority - b.priority)
    .find(
      ({ preview, match }) =>
        preview !== true && match.config.src_ip_ranges.some((range) => isIn(address, range)),
    );

const whatOf = (rules: readonly Rule[], address: string): string | undefined =>
  decides(rules, address)?.action;

const INSIDE = ['203.0.0.1', '203.0.9.255', '203.0.10.7', '203.0.24.0', '2001:db8::1'];
const OUTSIDE = ['203.0.25.1', '198.51.100.1', '2001:db9::1'];

describe('Cloud Armor before the ingest', () => {
  it.each([
    ['nothing', {}, ['allow', 'allow']],
    ['addresses', { allowedAddresses: LISTED }, ['allow', 'deny(403)']],
    ['addresses that are enforced', { allowedAddresses: LISTED, enforce: true }, ['allow', 'deny(403)']],
    ['addresses as a preview', { allowedAddresses: LISTED, enforce: false }, ['allow', 'allow']],
    ['a limit', { rateLimit: LIMIT }, ['throttle', 'throttle']],
    ['both', { allowedAddresses: LISTED, rateLimit: LIMIT }, ['throttle', 'deny(403)']],
    [
      'a limit and addresses as a preview',
      { allowedAddresses: LISTED, enforce: false, rateLimit: LIMIT },
      ['throttle', 'throttle'],
    ],
  ])('with %s decides about who is listed and who is not', (_what, balancer, [listed, other]) => {
    const rules = rulesOf('ingest', balancer);
    expect(new Set(INSIDE.map((address) => whatOf(rules, address)))).toEqual(new Set([listed]));
    expect(new Set(OUTSIDE.map((address) => whatOf(rules, address)))).toEqual(new Set([other]));
  });

  it('logs what a preview would refuse', () => {
    const refusing = rulesOf('ingest', { allowedAddresses: LISTED, enforce: false }).filter(
      ({ action }) => action === 'deny(403)',
    );
    expect(refusing).toMatchObject([{ preview: true, match: { config: { src_ip_ranges: ['*'] } } }]);
  });

  it('limits each address apart, with 429, and nothing but what it lets pass', () => {
    const rules = rulesOf('ingest', { allowedAddresses: LISTED, rateLimit: LIMIT });
    const limited = rules.filter(({ action }) => action === 'throttle');
    expect(limited).toHaveLength(3);
    for (const rule of limited) expect(rule.rate_limit_options).toEqual(THROTTLE);
    expect(rules.filter((rule) => rule.rate_limit_options && rule.action !== 'throttle')).toEqual([]);
  });

  it('has no more than ten ranges in a rule, and no two rules of one priority', () => {
    const rules = rulesOf('ingest', { allowedAddresses: LISTED, enforce: false, rateLimit: LIMIT });
    expect(Math.max(...rules.map(({ match }) => match.config.src_ip_ranges.length))).toBe(10);
    expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
    expect(rules.at(-1)).toMatchObject({ action: 'allow', priority: 2_147_483_647 });
  });
});

describe('Cloud Armor before the receiver of webhooks', () => {
  it('refuses nobody because a list is given: each refusal would cost an hour of webhooks', () => {
    const rules = rulesOf('webhooks', { allowedAddresses: LISTED });
    expect(new Set([...INSIDE, ...OUTSIDE].map((address) => whatOf(rules, address)))).toEqual(
      new Set(['allow']),
    );
    expect(rules.find(({ action }) => action === 'deny(403)')?.preview).toBe(true);
  });

  it('refuses who is not listed once that is asked for', () => {
    const rules = rulesOf('webhooks', { allowedAddresses: LISTED, enforce: true });
    expect(new Set(INSIDE.map((address) => whatOf(rules, address)))).toEqual(new Set(['allow']));
    expect(new Set(OUTSIDE.map((address) => whatOf(rules, address)))).toEqual(new Set(['deny(403)']));
  });
});

describe.each(['ingest', 'webhooks'])('a load balancer before the service of %s', (part) => {
  const other = part === 'ingest' ? 'webhooks' : 'ingest';
  const resources = made({ [part]: { loadBalancer: { domains: ['a.example'] } } });
  const addressOf = (path: string): string =>
    resources.find((resource) => resource.path === path)?.address ?? `nothing at ${path}`;

  it('takes TLS 1.2 and later', () => {
    const path = `${part}/load-balancer/ssl-policy`;
    expect(bodyAt(resources, path)).toMatchObject({ profile: 'MODERN', min_tls_version: 'TLS_1_2' });
    expect(bodyAt(resources, `${part}/load-balancer/https-proxy`)['ssl_policy']).toBe(
      `\${${addressOf(path)}.id}`,
    );
  });

  it('is the only way to it from outside, and leaves the other service alone', () => {
    const group = bodyAt(resources, `${part}/load-balancer/endpoint-group`);
    expect(group['cloud_run']).toEqual({ service: `\${${addressOf(`${part}/service`)}.name}` });
    expect(bodyAt(resources, `${part}/service`)['ingress']).toBe('INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER');
    expect(bodyAt(resources, `${other}/service`)['ingress']).toBe('INGRESS_TRAFFIC_ALL');
    expect(resources.filter(({ path }) => path.startsWith(`${other}/load-balancer`))).toEqual([]);
  });

  it('needs the API of Compute Engine', () => {
    const props = { enableApis: true, [part]: { loadBalancer: { domains: ['a.example'] } } };
    expect(bodyAt(made(props), 'apis/compute')).toMatchObject({ service: 'compute.googleapis.com' });
  });
});

describe('load balancers before both services', () => {
  const resources = made({
    ingest: { loadBalancer: { domains: ['events.acme.example'] } },
    webhooks: { loadBalancer: { domains: ['webhooks.acme.example'] } },
  });

  it('share no name', () => {
    const names = resources
      .filter(({ path }) => path.includes('/load-balancer/'))
      .map(({ type, body }) => `${type} ${String(body['name'])}`);
    expect(names).toHaveLength(18);
    expect(new Set(names).size).toBe(names.length);
  });

  it('keep the addresses that the ingest’s resources always had', () => {
    expect(bodyAt(resources, 'ingest/load-balancer/https-proxy')).toMatchObject({
      name: 'customerio-ingest',
    });
    const addresses = resources.map(({ address }) => address);
    expect(addresses).toEqual(
      expect.arrayContaining([
        'google_compute_global_address.customerio_ingest_load-balancer_address_602A03BA',
        'google_compute_security_policy.customerio_ingest_load-balancer_security-policy_0C0EAF8E',
        'google_compute_target_https_proxy.customerio_ingest_load-balancer_https-proxy_3EE9A051',
        'google_compute_url_map.customerio_ingest_load-balancer_url-map_D5830AEE',
        'google_compute_global_forwarding_rule.customerio_ingest_load-balancer_forwarding-rule_D5776D76',
      ]),
    );
  });
});

describe('the outputs of a stack', () => {
  const outputsOf = (more: object): Readonly<Record<string, { readonly value: unknown }>> => {
    const stack = new CustomerioStack(Testing.app() as App, 'stack', {
      ...SMALLEST,
      runtime: { bundle: placeholderBundle },
      stateBucket: 'acme-tfstate',
      ...more,
    });
    return stack.toTerraform().output;
  };

  it('name the load balancer’s domain as the place of webhooks, and what it must point at', () => {
    const outputs = outputsOf({
      webhooks: { loadBalancer: { domains: ['webhooks.acme.example', 'b.example'] } },
    });
    expect(outputs['webhooks_url']?.value).toBe(`https://webhooks.acme.example${PATHS.webhooks}`);
    expect(outputs['webhooks_address']?.value).toMatch(/global_address\.customerio_webhooks_.*\.address\}$/);
  });

  it('name the service’s own address without one', () => {
    const outputs = outputsOf({});
    expect(outputs['webhooks_url']?.value).toMatch(/cloud_run_v2_service\..*\.uri\}\/webhooks\/customerio$/);
    expect(outputs).not.toHaveProperty('webhooks_address');
  });
});

import type { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service/index.js';
import type * as computeBackendServiceModule from '@cdktf/provider-google/lib/compute-backend-service/index.js';
import type * as computeGlobalAddressModule from '@cdktf/provider-google/lib/compute-global-address/index.js';
import type * as computeGlobalForwardingRuleModule from '@cdktf/provider-google/lib/compute-global-forwarding-rule/index.js';
import type * as computeManagedSslCertificateModule from '@cdktf/provider-google/lib/compute-managed-ssl-certificate/index.js';
import type * as computeRegionNetworkEndpointGroupModule from '@cdktf/provider-google/lib/compute-region-network-endpoint-group/index.js';
import type * as computeSecurityPolicyModule from '@cdktf/provider-google/lib/compute-security-policy/index.js';
import type * as computeTargetHttpsProxyModule from '@cdktf/provider-google/lib/compute-target-https-proxy/index.js';
import type * as computeUrlMapModule from '@cdktf/provider-google/lib/compute-url-map/index.js';
import { Construct } from 'constructs';
import type { LoadBalancerProps } from '../props/ingest-props.ts';
import type { Context } from './context.ts';
import { markOf } from './mark-of.ts';
import { providerModule } from './provider-module.ts';

/** The provider's classes, loaded where there is a load balancer. */
const google = {
  get ComputeBackendService() {
    return providerModule<typeof computeBackendServiceModule>('compute-backend-service')
      .ComputeBackendService;
  },
  get ComputeGlobalAddress() {
    return providerModule<typeof computeGlobalAddressModule>('compute-global-address').ComputeGlobalAddress;
  },
  get ComputeGlobalForwardingRule() {
    return providerModule<typeof computeGlobalForwardingRuleModule>('compute-global-forwarding-rule')
      .ComputeGlobalForwardingRule;
  },
  get ComputeManagedSslCertificate() {
    return providerModule<typeof computeManagedSslCertificateModule>('compute-managed-ssl-certificate')
      .ComputeManagedSslCertificate;
  },
  get ComputeRegionNetworkEndpointGroup() {
    return providerModule<typeof computeRegionNetworkEndpointGroupModule>(
      'compute-region-network-endpoint-group',
    ).ComputeRegionNetworkEndpointGroup;
  },
  get ComputeSecurityPolicy() {
    return providerModule<typeof computeSecurityPolicyModule>('compute-security-policy')
      .ComputeSecurityPolicy;
  },
  get ComputeTargetHttpsProxy() {
    return providerModule<typeof computeTargetHttpsProxyModule>('compute-target-https-proxy')
      .ComputeTargetHttpsProxy;
  },
  get ComputeUrlMap() {
    return providerModule<typeof computeUrlMapModule>('compute-url-map').ComputeUrlMap;
  },
};

const SCHEME = 'EXTERNAL_MANAGED';
/** Cloud Armor takes at most ten ranges a rule. */
const RANGES_PER_RULE = 10;
const FIRST_PRIORITY = 1000;
const REFUSE_PRIORITY = 2_000_000_000;
const DEFAULT_PRIORITY = 2_147_483_647;

const everyAddress = { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } };

/**
 * The rules of Cloud Armor: the listed addresses pass, the others are refused, or only noted while it is a preview. The default
 * rule, which cannot be a preview, lets pass.
 */
const rulesOf = ({ allowedAddresses = [], enforce = false }: LoadBalancerProps) => {
  const parts = Array.from({ length: Math.ceil(allowedAddresses.length / RANGES_PER_RULE) }, (_none, index) =>
    allowedAddresses.slice(index * RANGES_PER_RULE, (index + 1) * RANGES_PER_RULE),
  );
  const allow = parts.map((srcIpRanges, index) => ({
    action: 'allow',
    priority: FIRST_PRIORITY + index,
    description: 'Addresses that may send events',
    match: { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges } },
  }));
  const refuse = {
    action: 'deny(403)',
    priority: REFUSE_PRIORITY,
    preview: !enforce,
    description: 'Every other address',
    match: everyAddress,
  };
  const rest = {
    action: 'allow',
    priority: DEFAULT_PRIORITY,
    description: 'The default',
    match: everyAddress,
  };
  return [...allow, ...(allow.length > 0 ? [refuse] : []), rest];
};

/** An external application load balancer with Cloud Armor in front of a Cloud Run service. */
export class LoadBalancer extends Construct {
  readonly address: computeGlobalAddressModule.ComputeGlobalAddress;
  readonly securityPolicy: computeSecurityPolicyModule.ComputeSecurityPolicy;
  readonly backendService: computeBackendServiceModule.ComputeBackendService;
  /** One for each domain: a domain that stays keeps its certificate when another one comes or goes. */
  readonly certificates: readonly computeManagedSslCertificateModule.ComputeManagedSslCertificate[];
  readonly #context: Context;
  readonly #props: LoadBalancerProps;

  constructor(
    scope: Construct,
    id: string,
    context: Context,
    { service, props }: { readonly service: CloudRunV2Service; readonly props: LoadBalancerProps },
  ) {
    super(scope, id);
    this.#context = context;
    this.#props = props;
    this.address = this.#newAddress();
    this.securityPolicy = this.#newSecurityPolicy();
    this.backendService = this.#newBackend(service);
    this.certificates = props.domains.map((domain) => this.#newCertificate(domain));
    this.#newFrontEnd();
  }

  get url(): string {
    return `https://${this.#props.domains[0]}`;
  }

  #newAddress(): computeGlobalAddressModule.ComputeGlobalAddress {
    const { props, names, labels } = this.#context;
    return new google.ComputeGlobalAddress(this, 'address', {
      project: props.project,
      name: names.of('ingest'),
      labels,
    });
  }

  #newSecurityPolicy(): computeSecurityPolicyModule.ComputeSecurityPolicy {
    const { props, names } = this.#context;
    return new google.ComputeSecurityPolicy(this, 'security-policy', {
      project: props.project,
      name: names.of('ingest'),
      description: 'Which addresses may send events',
      type: 'CLOUD_ARMOR',
      rule: rulesOf(this.#props),
    });
  }

  #newBackend(service: CloudRunV2Service): computeBackendServiceModule.ComputeBackendService {
    const { props, names } = this.#context;
    const group = new google.ComputeRegionNetworkEndpointGroup(this, 'endpoint-group', {
      project: props.project,
      region: props.location,
      name: names.of('ingest'),
      networkEndpointType: 'SERVERLESS',
      cloudRun: { service: service.name },
    });
    return new google.ComputeBackendService(this, 'backend-service', {
      project: props.project,
      name: names.of('ingest'),
      loadBalancingScheme: SCHEME,
      protocol: 'HTTPS',
      securityPolicy: this.securityPolicy.id,
      backend: [{ group: group.id }],
      logConfig: { enable: true, sampleRate: 1 },
    });
  }

  #newCertificate(domain: string): computeManagedSslCertificateModule.ComputeManagedSslCertificate {
    const { props, names } = this.#context;
    const mark = markOf(domain);
    return new google.ComputeManagedSslCertificate(this, `certificate-${mark}`, {
      project: props.project,
      name: names.of(`ingest-${mark}`),
      managed: { domains: [domain] },
      lifecycle: { createBeforeDestroy: true },
    });
  }

  #newFrontEnd(): void {
    const { props, names, labels } = this.#context;
    const { project } = props;
    const name = names.of('ingest');
    const urlMap = new google.ComputeUrlMap(this, 'url-map', {
      project,
      name,
      defaultService: this.backendService.id,
    });
    const proxy = new google.ComputeTargetHttpsProxy(this, 'https-proxy', {
      project,
      name,
      urlMap: urlMap.id,
      sslCertificates: this.certificates.map(({ id: certificate }) => certificate),
    });
    new google.ComputeGlobalForwardingRule(this, 'forwarding-rule', {
      project,
      name,
      loadBalancingScheme: SCHEME,
      ipAddress: this.address.id,
      portRange: '443',
      target: proxy.id,
      labels,
    });
  }
}

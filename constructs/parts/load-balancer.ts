import type { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service/index.js';
import type * as computeBackendServiceModule from '@cdktf/provider-google/lib/compute-backend-service/index.js';
import type * as computeGlobalAddressModule from '@cdktf/provider-google/lib/compute-global-address/index.js';
import type * as computeGlobalForwardingRuleModule from '@cdktf/provider-google/lib/compute-global-forwarding-rule/index.js';
import type * as computeManagedSslCertificateModule from '@cdktf/provider-google/lib/compute-managed-ssl-certificate/index.js';
import type * as computeRegionNetworkEndpointGroupModule from '@cdktf/provider-google/lib/compute-region-network-endpoint-group/index.js';
import type * as computeSecurityPolicyModule from '@cdktf/provider-google/lib/compute-security-policy/index.js';
import type * as computeSslPolicyModule from '@cdktf/provider-google/lib/compute-ssl-policy/index.js';
import type * as computeTargetHttpsProxyModule from '@cdktf/provider-google/lib/compute-target-https-proxy/index.js';
import type * as computeUrlMapModule from '@cdktf/provider-google/lib/compute-url-map/index.js';
import { Construct } from 'constructs';
import { type AddressLimits, addressRules } from './address-rules.ts';
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
  get ComputeSslPolicy() {
    return providerModule<typeof computeSslPolicyModule>('compute-ssl-policy').ComputeSslPolicy;
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

/** The service behind a load balancer, and who gets through. */
export interface LoadBalancerOptions {
  /** Its resources are named after the role. */
  readonly role: 'ingest' | 'webhooks';
  readonly service: CloudRunV2Service;
  readonly domains: readonly string[];
  readonly limits: AddressLimits;
}

const SENT = { ingest: 'events', webhooks: 'webhooks' } as const;

/** An external application load balancer with Cloud Armor in front of a Cloud Run service. */
export class LoadBalancer extends Construct {
  readonly address: computeGlobalAddressModule.ComputeGlobalAddress;
  readonly securityPolicy: computeSecurityPolicyModule.ComputeSecurityPolicy;
  readonly sslPolicy: computeSslPolicyModule.ComputeSslPolicy;
  readonly backendService: computeBackendServiceModule.ComputeBackendService;
  /** One for each domain: a domain that stays keeps its certificate when another one comes or goes. */
  readonly certificates: readonly computeManagedSslCertificateModule.ComputeManagedSslCertificate[];
  readonly #context: Context;
  readonly #options: LoadBalancerOptions;
  readonly #name: string;

  constructor(scope: Construct, id: string, context: Context, options: LoadBalancerOptions) {
    super(scope, id);
    this.#context = context;
    this.#options = options;
    this.#name = context.names.of(options.role);
    this.address = this.#newAddress();
    this.securityPolicy = this.#newSecurityPolicy();
    this.sslPolicy = this.#newSslPolicy();
    this.backendService = this.#newBackend();
    this.certificates = options.domains.map((domain) => this.#newCertificate(domain));
    this.#newFrontEnd();
  }

  get url(): string {
    return `https://${this.#options.domains[0]}`;
  }

  #newAddress(): computeGlobalAddressModule.ComputeGlobalAddress {
    const { props, labels } = this.#context;
    return new google.ComputeGlobalAddress(this, 'address', {
      project: props.project,
      name: this.#name,
      labels,
    });
  }

  #newSecurityPolicy(): computeSecurityPolicyModule.ComputeSecurityPolicy {
    const { role, limits } = this.#options;
    const sent = SENT[role];
    return new google.ComputeSecurityPolicy(this, 'security-policy', {
      project: this.#context.props.project,
      name: this.#name,
      description: `Which addresses may send ${sent}`,
      type: 'CLOUD_ARMOR',
      rule: addressRules(sent, limits),
    });
  }

  /** Google's default takes TLS 1.0. */
  #newSslPolicy(): computeSslPolicyModule.ComputeSslPolicy {
    return new google.ComputeSslPolicy(this, 'ssl-policy', {
      project: this.#context.props.project,
      name: this.#name,
      profile: 'MODERN',
      minTlsVersion: 'TLS_1_2',
    });
  }

  #newBackend(): computeBackendServiceModule.ComputeBackendService {
    const { props } = this.#context;
    const group = new google.ComputeRegionNetworkEndpointGroup(this, 'endpoint-group', {
      project: props.project,
      region: props.location,
      name: this.#name,
      networkEndpointType: 'SERVERLESS',
      cloudRun: { service: this.#options.service.name },
    });
    return new google.ComputeBackendService(this, 'backend-service', {
      project: props.project,
      name: this.#name,
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
      name: names.of(`${this.#options.role}-${mark}`),
      managed: { domains: [domain] },
      lifecycle: { createBeforeDestroy: true },
    });
  }

  #newFrontEnd(): void {
    const { props, labels } = this.#context;
    const { project } = props;
    const name = this.#name;
    const urlMap = new google.ComputeUrlMap(this, 'url-map', {
      project,
      name,
      defaultService: this.backendService.id,
    });
    const proxy = new google.ComputeTargetHttpsProxy(this, 'https-proxy', {
      project,
      name,
      urlMap: urlMap.id,
      sslPolicy: this.sslPolicy.id,
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

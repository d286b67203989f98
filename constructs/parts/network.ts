import { ComputeAddress } from '@cdktf/provider-google/lib/compute-address/index.js';
import type * as computeFirewallModule from '@cdktf/provider-google/lib/compute-firewall/index.js';
import type { ComputeFirewall } from '@cdktf/provider-google/lib/compute-firewall/index.js';
import { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network/index.js';
import { ComputeRouter } from '@cdktf/provider-google/lib/compute-router/index.js';
import { ComputeRouterNat } from '@cdktf/provider-google/lib/compute-router-nat/index.js';
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Context } from './context.ts';
import { providerModule } from './provider-module.ts';

const DEFAULT_CIDR = '10.8.0.0/24';
/** The implied rules come after it, whatever a user adds can come before. */
const LAST_PRIORITY = 65_534;
const FLOW_LOGS = {
  aggregationInterval: 'INTERVAL_30_SEC',
  flowSampling: 1,
  metadata: 'INCLUDE_ALL_METADATA',
};

interface Place {
  /** The project of the network, which may be another one (a shared VPC). */
  readonly project: string;
  readonly network: string;
  readonly subnetwork: string;
  readonly tags: readonly string[];
}

/** How containers reach what is not on the internet: direct VPC egress, and optionally one static address for all they send. */
export class Network extends Construct {
  /** The network that was made here. */
  readonly vpc: ComputeNetwork | undefined;
  readonly subnet: ComputeSubnetwork | undefined;
  /** The address that traffic leaves from. */
  readonly address: ComputeAddress | undefined;
  /** What must be there before a container sends. */
  readonly ready: readonly ITerraformDependable[];
  readonly #place: Place;

  constructor(scope: Construct, id: string, context: Context) {
    super(scope, id);
    const existing = context.props.network?.existingVpc;
    if (existing === undefined) {
      this.vpc = this.#newVpc(context);
      this.subnet = this.#newSubnetwork(context, this.vpc);
      if (context.props.hardened) this.#refuseIngress(context, this.vpc);
      const { project } = context.props;
      this.#place = { project, network: this.vpc.id, subnetwork: this.subnet.id, tags: [] };
    } else {
      const project = existing.network.split('/')[1] ?? context.props.project;
      this.#place = {
        project,
        network: existing.network,
        subnetwork: existing.subnetwork,
        tags: existing.tags ?? [],
      };
    }
    if (context.props.network?.staticAddress === true) {
      this.address = this.#newAddress(context);
      this.ready = [this.#newNat(context, this.address)];
    } else this.ready = [];
  }

  /** The full name of the subnetwork. */
  get subnetwork(): string {
    return this.#place.subnetwork;
  }

  /** The `vpc_access` block of a container. */
  get vpcAccess(): {
    egress: string;
    networkInterfaces: { network: string; subnetwork: string; tags?: string[] }[];
  } {
    const { network, subnetwork, tags } = this.#place;
    return {
      egress: this.address === undefined ? 'PRIVATE_RANGES_ONLY' : 'ALL_TRAFFIC',
      networkInterfaces: [{ network, subnetwork, ...(tags.length > 0 && { tags: [...tags] }) }],
    };
  }

  #newVpc({ props, names }: Context): ComputeNetwork {
    return new ComputeNetwork(this, 'vpc', {
      project: props.project,
      name: names.of('vpc'),
      description: 'The network of the Customer.io integration',
      autoCreateSubnetworks: false,
    });
  }

  #newSubnetwork({ props, names }: Context, vpc: ComputeNetwork): ComputeSubnetwork {
    return new ComputeSubnetwork(this, 'subnetwork', {
      project: props.project,
      region: props.location,
      name: names.of('run'),
      network: vpc.id,
      ipCidrRange: props.network?.vpcProps?.cidr ?? DEFAULT_CIDR,
      // With all traffic through the network, Google's own services are reached without leaving it.
      privateIpGoogleAccess: true,
      ...(props.hardened && { logConfig: FLOW_LOGS }),
    });
  }

  /** The network refuses it anyway, but silently. */
  #refuseIngress({ props, names }: Context, vpc: ComputeNetwork): ComputeFirewall {
    return new (providerModule<typeof computeFirewallModule>('compute-firewall').ComputeFirewall)(
      this,
      'deny-ingress',
      {
        project: props.project,
        name: names.of('deny-ingress'),
        description: 'Nothing is reached from outside: containers only send',
        network: vpc.id,
        direction: 'INGRESS',
        priority: LAST_PRIORITY,
        sourceRanges: ['0.0.0.0/0'],
        deny: [{ protocol: 'all' }],
        logConfig: { metadata: 'INCLUDE_ALL_METADATA' },
      },
    );
  }

  /** In another project's network, other environments may have theirs too. */
  #nameOf(what: string, { props, names }: Context): string {
    return this.#place.project === props.project ? names.of(what) : `${props.project}-${names.of(what)}`;
  }

  #newAddress(context: Context): ComputeAddress {
    const { props, labels } = context;
    return new ComputeAddress(this, 'address', {
      project: this.#place.project,
      region: props.location,
      name: this.#nameOf('egress', context),
      description: 'Traffic of the Customer.io integration leaves from this address',
      addressType: 'EXTERNAL',
      labels,
    });
  }

  #newNat(context: Context, address: ComputeAddress): ComputeRouterNat {
    const { project, network, subnetwork } = this.#place;
    const region = context.props.location;
    const router = new ComputeRouter(this, 'router', {
      project,
      region,
      name: this.#nameOf('router', context),
      network,
    });
    return new ComputeRouterNat(this, 'nat', {
      project,
      region,
      name: this.#nameOf('nat', context),
      router: router.name,
      natIpAllocateOption: 'MANUAL_ONLY',
      natIps: [address.selfLink],
      sourceSubnetworkIpRangesToNat: 'LIST_OF_SUBNETWORKS',
      subnetwork: [{ name: subnetwork, sourceIpRangesToNat: ['ALL_IP_RANGES'] }],
      logConfig: { enable: true, filter: 'ERRORS_ONLY' },
    });
  }
}

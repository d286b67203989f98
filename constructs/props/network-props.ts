/** A network that exists. */
export interface ExistingVpcProps {
  /**
   * Full name of the network.
   * @example { network: { existingVpc: { network: 'projects/acme/global/networks/main', subnetwork: 'projects/acme/regions/europe-west1/subnetworks/run' } } }
   */
  readonly network: string;

  /**
   * Full name of a subnetwork in the same region, /26 or larger.
   * @example { network: { existingVpc: { network: 'projects/acme/global/networks/main', subnetwork: 'projects/acme/regions/europe-west1/subnetworks/apps' } } }
   */
  readonly subnetwork: string;

  /**
   * Network tags of the containers, for firewall rules.
   * @default none
   * @example { network: { existingVpc: { network: 'projects/acme/global/networks/main', subnetwork: 'projects/acme/regions/europe-west1/subnetworks/run', tags: ['kafka-client'] } } }
   */
  readonly tags?: readonly string[];
}

/** The network that is made. */
export interface VpcProps {
  /**
   * Private range of its subnetwork, in CIDR notation, /26 or larger.
   * @default '10.8.0.0/24'
   * @example { network: { vpcProps: { cidr: '10.20.0.0/24' } } }
   */
  readonly cidr?: string;
}

/** How the roles that need Kafka reach it. Either `existingVpc` or `vpcProps`. */
export interface NetworkProps {
  /**
   * A network that exists. Not with `vpcProps`.
   * @default none
   * @example { network: { existingVpc: { network: 'projects/acme/global/networks/main', subnetwork: 'projects/acme/regions/europe-west1/subnetworks/run' } } }
   */
  readonly existingVpc?: ExistingVpcProps;

  /**
   * The network that is made. Not with `existingVpc`.
   * @default none with brokers of one’s own; one with defaults with a managed Kafka
   * @example { network: { vpcProps: {} } }
   */
  readonly vpcProps?: VpcProps;

  /**
   * Sends all traffic of these roles through the network and out of one static address, which brokers and Customer.io can be told of.
   * @default false
   * @example { network: { vpcProps: {}, staticAddress: true } }
   */
  readonly staticAddress?: boolean;
}

import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js';
import { type App, GcsBackend, TerraformOutput, TerraformStack } from 'cdktf';
import { CustomerIoIntegration } from '../constructs/index.ts';
import type { Environment } from './environments.ts';

/** One environment: provider, state, the integration, and what its users must know of it. */
export class CustomerioStack extends TerraformStack {
  readonly customerio: CustomerIoIntegration;

  /** @throws PropsError with every fault of the environment's props */
  constructor(app: App, id: string, { stateBucket, ...props }: Environment) {
    super(app, id);
    new GcsBackend(this, { bucket: stateBucket, prefix: id });
    new GoogleProvider(this, 'google', { project: props.project, region: props.location });
    this.customerio = new CustomerIoIntegration(this, 'customerio', props);
    const { ingest, trackWorker, webhooks, warehouse, network, secrets } = this.customerio;
    this.#output('ingest_url', 'Where applications send events', ingest.url);
    this.#output('webhooks_url', 'Where the reporting webhook of Customer.io must point', webhooks.url);
    this.#output('dataset', 'The dataset that analysts read', warehouse.datasetId);
    this.#output('ingest_service_account', 'Who the ingest is', ingest.identity.email);
    this.#output('track_worker_service_account', 'Who the track worker is', trackWorker.identity.email);
    this.#output('secrets', 'The secrets whose values must be set', [...secrets.all.keys()]);
    if (network?.address)
      this.#output('egress_address', 'The address that traffic leaves by', network.address.address);
    if (ingest.loadBalancer)
      this.#output('ingest_address', 'What the domains must point at', ingest.loadBalancer.address.address);
    if (webhooks.loadBalancer) {
      const { address } = webhooks.loadBalancer.address;
      this.#output('webhooks_address', 'What the domains of the webhooks must point at', address);
    }
  }

  #output(id: string, description: string, value: string | readonly string[]): void {
    new TerraformOutput(this, id, { description, value }).overrideLogicalId(id);
  }
}

import type { WorkloadProps } from './workload-props.ts';

/** The topic that is made for webhooks. */
export interface StreamTopicProps {
  /**
   * Name of the topic, 3 to 239 characters. Those of its dead letters and subscriptions begin with it.
   * @default `customerio-events`, with the prefix in front
   * @example { webhooks: { topicProps: { name: 'delivery-events' } } }
   */
  readonly name?: string;

  /**
   * Days that Pub/Sub keeps what a subscription has not taken, 1 to 31. Where `topicRetentionDays` is more, that counts.
   * @default 7
   * @example { webhooks: { topicProps: { retentionDays: 14 } } }
   */
  readonly retentionDays?: number;
}

/**
 * A load balancer in front of the receiver, with Cloud Armor. The service itself is then reached through it alone. There is no rate limit:
 * whatever Cloud Armor refuses, Customer.io sends again an hour later, and it holds back every later webhook meanwhile.
 */
export interface WebhooksLoadBalancerProps {
  /**
   * Domains, at most 15, each with a certificate that Google manages; they must point at the balancer’s address. The reporting webhook
   * belongs at the first one, once its certificate is active.
   * @example { webhooks: { loadBalancer: { domains: ['webhooks.acme.example'] } } }
   */
  readonly domains: readonly string[];

  /**
   * The addresses that Customer.io sends from, in CIDR notation. Its documentation lists them by region
   * (`integrations/data-out/connections/webhooks`), and so does `GET /v1/info/ip_addresses` of the App API; they can change.
   * @default every address
   * @example { webhooks: { loadBalancer: { domains: ['webhooks.acme.example'], allowedAddresses: ['34.76.143.229/32'] } } }
   */
  readonly allowedAddresses?: readonly string[];

  /**
   * Whether other addresses than `allowedAddresses` are refused. With `false` they are let in, where the signature decides, and only logged
   * as what would be refused. An address of Customer.io that the list lacks costs an hour of webhooks each time: read the logs first.
   * @default false
   * @example { webhooks: { loadBalancer: { domains: ['webhooks.acme.example'], allowedAddresses: ['34.76.143.229/32'], enforce: true } } }
   */
  readonly enforce?: boolean;
}

/** The receiver of Customer.io's webhooks: a Cloud Run service, and the stream behind it. */
export interface WebhooksProps extends WorkloadProps {
  /**
   * How Cloud Run’s own check is opened, since Customer.io cannot pass it: by a grant to everybody, or by turning the check off.
   * The receiver itself checks every signature.
   * @default 'allUsers'
   * @example { webhooks: { publicAccess: 'invokerIamDisabled' } }
   */
  readonly publicAccess?: 'allUsers' | 'invokerIamDisabled';

  /**
   * A load balancer with Cloud Armor in front, which takes TLS 1.2 and later. Where webhooks arrive already, the service’s own address
   * refuses them from then on: register the webhook anew (`cio-platform webhooks register`), and what was refused comes an hour later.
   * @default none
   * @example { webhooks: { loadBalancer: { domains: ['webhooks.acme.example'] } } }
   */
  readonly loadBalancer?: WebhooksLoadBalancerProps;

  /**
   * Fewest instances, 1 to 100: one is always warm, since Customer.io waits four seconds for an answer.
   * @default 1
   * @example { webhooks: { minInstances: 2, maxInstances: 10 } }
   */
  readonly minInstances?: number;

  /**
   * Most instances, 1 to 1,000.
   * @default 2 in dev, 5 in staging, 10 in prod
   * @example { webhooks: { maxInstances: 20 } }
   */
  readonly maxInstances?: number;

  /**
   * Webhooks that one instance takes at once, 1 to 1,000: at most so many that 1 MB for each and 300 MB more fit into `memoryMib`. Their
   * bodies share 64 MB, and of those above 1 MB one is read at a time: what does not fit is answered 503, and Customer.io sends again.
   * @default 80
   * @example { webhooks: { concurrency: 200 } }
   */
  readonly concurrency?: number;

  /**
   * Full name of a topic that exists; how long it keeps messages is its own affair. Not with `topicProps`.
   * @default a new topic
   * @example { webhooks: { existingTopic: 'projects/acme/topics/customerio-events' } }
   */
  readonly existingTopic?: string;

  /**
   * The topic that is made. Not with `existingTopic`.
   * @default a topic named after the integration
   * @example { webhooks: { topicProps: {} } }
   */
  readonly topicProps?: StreamTopicProps;

  /**
   * Days that the topics of events and of dead letters keep every message, also after it was taken, 1 to 31 (Pub/Sub itself takes from 10
   * minutes to 31 days). So far can a subscription be set back (`gcloud pubsub subscriptions seek`), also one that had to be made anew, since
   * filters cannot be changed. It costs storage: Pub/Sub bills what a topic keeps. With `existingTopic` it is for the dead letters alone.
   * @default 7
   * @example { webhooks: { topicRetentionDays: 14 } }
   */
  readonly topicRetentionDays?: number;

  /**
   * How often Pub/Sub tries to write a row before it is a dead letter, 50 to 100: fewer would make dead letters of everything during an
   * outage of BigQuery.
   * @default 100
   * @example { webhooks: { deliveryAttempts: 50 } }
   */
  readonly deliveryAttempts?: number;
}

import type { Topic } from '../../app/contract/topics.ts';

/** How the roles authenticate to brokers of one's own. User name and password are secrets. */
export interface SaslProps {
  /**
   * Mechanism: `plain`, `scram-sha-256`, `scram-sha-512` or `oauthbearer`.
   * @example { kafka: { bootstrapServers: ['broker:9092'], sasl: { mechanism: 'scram-sha-512' } } }
   */
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer';

  /**
   * With `oauthbearer`: https address that gives tokens by client credentials, which are the Kafka user name and password.
   * @default tokens of the role’s own Google identity
   * @example { kafka: { bootstrapServers: ['broker:9092'], sasl: { mechanism: 'oauthbearer', tokenUrl: 'https://login.acme.example/token' } } }
   */
  readonly tokenUrl?: string;

  /**
   * With `tokenUrl`: the scope to ask for.
   * @default none
   * @example { kafka: { bootstrapServers: ['broker:9092'], sasl: { mechanism: 'oauthbearer', tokenUrl: 'https://login.acme.example/token', scope: 'kafka' } } }
   */
  readonly scope?: string;

  /**
   * With `tokenUrl`: SASL extensions that are sent with a token.
   * @default none
   * @example { kafka: { bootstrapServers: ['broker:9092'], sasl: { mechanism: 'oauthbearer', tokenUrl: 'https://login.acme.example/token', extensions: { logicalCluster: 'lkc-1' } } } }
   */
  readonly extensions?: Readonly<Record<string, string>>;
}

/** A cluster of Google's Managed Service for Apache Kafka, its topics and who may use them. */
export interface ManagedKafkaProps {
  /**
   * Name of the cluster: lower-case letters, digits and dashes, at most 63 characters.
   * @default `customerio`, with the prefix in front
   * @example { kafka: { managed: { clusterId: 'events' } } }
   */
  readonly clusterId?: string;

  /**
   * Virtual CPUs of the cluster, at least 3.
   * @default 3 in dev and staging, 6 in prod
   * @example { kafka: { managed: { vcpus: 9, memoryGib: 36 } } }
   */
  readonly vcpus?: number;

  /**
   * Memory of the cluster in GiB: 1 to 8 for each virtual CPU.
   * @default 3 in dev, 12 in staging, 24 in prod
   * @example { kafka: { managed: { memoryGib: 24 } } }
   */
  readonly memoryGib?: number;

  /**
   * Copies of each partition. Changing it makes the topics anew.
   * @default 3
   * @example { kafka: { managed: { replicationFactor: 3 } } }
   */
  readonly replicationFactor?: number;

  /**
   * Copies that must have a record before it is acknowledged; at most the number of copies.
   * @default 2
   * @example { kafka: { managed: { minInsyncReplicas: 2 } } }
   */
  readonly minInsyncReplicas?: number;

  /**
   * Days that records are kept, by topic. Dead letters must be kept at least as long as events.
   * @default identify, track and processed 7, dlq 30; in dev 3, 3, 1 and 14
   * @example { kafka: { managed: { retentionDays: { dlq: 60 } } } }
   */
  readonly retentionDays?: Readonly<Partial<Record<Topic, number>>>;

  /**
   * E-mail addresses of the service accounts of applications that write events to Kafka themselves. They may connect to the cluster and write
   * to customerio.identify and customerio.track.
   * @default none
   * @example { kafka: { managed: { producers: ['shop@acme.iam.gserviceaccount.com'] } } }
   */
  readonly producers?: readonly string[];

  /**
   * E-mail addresses of the service accounts of applications that read the topics, such as customerio.dlq and customerio.processed.
   * @default none
   * @example { kafka: { managed: { readers: ['audit@acme.iam.gserviceaccount.com'] } } }
   */
  readonly readers?: readonly string[];

  /**
   * Where the cluster is reached, `host:port`. Google also gives clusters addresses that cannot be told from their names: where
   * `gcloud managed-kafka clusters describe` shows another one than the default, give it here and deploy again.
   * @default `bootstrap.<cluster>.<location>.managedkafka.<project>.cloud.goog:9092`
   * @example { kafka: { managed: { bootstrapAddress: 'bootstrap-x1.c0aad26f.europe-west1.managedkafka.s.cloud.goog:9092' } } }
   */
  readonly bootstrapAddress?: string;

  /**
   * Restricts the roles’ grant to this cluster, by a condition. Where IAM does not know clusters it restricts nothing.
   * @default true
   * @example { kafka: { managed: { conditionalGrant: false } } }
   */
  readonly conditionalGrant?: boolean;
}

/** Kafka: either `bootstrapServers` or `managed`. */
export interface KafkaProps {
  /**
   * Brokers of one’s own, `host:port` each. Their topics are made by `cio-platform kafka apply`.
   * @default a managed cluster, which then must be asked for
   * @example { kafka: { bootstrapServers: ['broker:9092'] } }
   */
  readonly bootstrapServers?: readonly string[];

  /**
   * A cluster that is made here, with topics and access lists; reached with the roles’ own identities.
   * @default none
   * @example { kafka: { managed: {} } }
   */
  readonly managed?: ManagedKafkaProps;

  /**
   * TLS to brokers of one’s own. Without it, outside dev, there must be a `network` and no `sasl`.
   * @default true
   * @example { kafka: { bootstrapServers: ['10.0.0.2:9092'], tls: false } }
   */
  readonly tls?: boolean;

  /**
   * How the roles authenticate to brokers of one’s own.
   * @default not at all
   * @example { kafka: { bootstrapServers: ['broker:9092'], sasl: { mechanism: 'plain' } } }
   */
  readonly sasl?: SaslProps;

  /**
   * Certificates in PEM of the private authority that signed the brokers’; public knowledge, at most 16,000 characters.
   * @default public authorities
   * @example { kafka: { bootstrapServers: ['broker:9092'], ca: readFileSync('ca.pem', 'utf8') } }
   */
  readonly ca?: string;

  /**
   * Partitions of each topic, which limits how many workers can share the work. It can only grow, and growing it moves people to other partitions.
   * @default 6 in dev and staging, 12 in prod
   * @example { kafka: { bootstrapServers: ['broker:9092'], partitions: 24 } }
   */
  readonly partitions?: number;

  /**
   * Milliseconds without a heartbeat after which Kafka gives a worker up, 6,000 to 300,000.
   * @default 30,000
   * @example { kafka: { bootstrapServers: ['broker:9092'], sessionTimeoutMs: 45_000 } }
   */
  readonly sessionTimeoutMs?: number;
}

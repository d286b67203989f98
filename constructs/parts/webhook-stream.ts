import {
  PubsubSubscription,
  type PubsubSubscriptionConfig,
} from '@cdktf/provider-google/lib/pubsub-subscription/index.js';
import { PubsubSubscriptionIamMember } from '@cdktf/provider-google/lib/pubsub-subscription-iam-member/index.js';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic/index.js';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Context } from './context.ts';
import type { Encryption } from './encryption.ts';
import { AFTER_ITS_USERS, because } from './grant.ts';
import type { Identity } from './identities.ts';
import type { Warehouse, WarehouseTable } from './warehouse.ts';

const DAY_S = 86_400;
const EVENTS = 'attributes.table = "delivery_events"';

/**
 * Which messages go into which table. Together the filters take every message, whatever its attributes are. Filters cannot be changed
 * later.
 */
const FILTERS = { delivery_events: EVENTS, quarantine: `NOT ${EVENTS}` } as const;

/** A duration as Pub/Sub answers with it: another spelling would show as a change in every plan. */
const inSeconds = (days: number): string => `${days * DAY_S}s`;

/** The stream from the receiver to the warehouse: a topic, a subscription for each table, and dead letters. */
export class WebhookStream extends Construct {
  /** The topic that was made here. */
  readonly topic: PubsubTopic | undefined;
  readonly deadLetterTopic: PubsubTopic;
  readonly subscriptions: ReadonlyMap<string, PubsubSubscription>;
  /** The project of the topic. */
  readonly project: string;
  readonly topicName: string;
  readonly #context: Context;
  readonly #warehouse: Warehouse;
  readonly #topicId: string;

  constructor(
    scope: Construct,
    id: string,
    context: Context,
    parts: { readonly warehouse: Warehouse; readonly encryption: Encryption | undefined },
  ) {
    super(scope, id);
    this.#context = context;
    this.#warehouse = parts.warehouse;
    const { props, names } = context;
    const { existingTopic, topicProps } = props.webhooks ?? {};
    const [, project = props.project, , existingName] = existingTopic?.split('/') ?? [];
    this.project = project;
    this.topicName = existingName ?? topicProps?.name ?? names.of('events');
    this.topic =
      existingTopic === undefined ? this.#newTopic('topic', this.topicName, parts.encryption) : undefined;
    this.#topicId = existingTopic ?? this.topic?.id ?? '';
    this.deadLetterTopic = this.#newTopic('dead-letter-topic', `${this.topicName}-dead`, parts.encryption);
    const writers = this.#writers();
    const publisher = this.#deadLettersBy(this.#agent);
    const deadLetters = this.#newDeadLetterSubscription(writers.dead_letters);
    const replay = this.#newReplaySubscription();
    // A row may become a dead letter only once something is there that takes it.
    const before = [publisher, deadLetters, replay];
    this.subscriptions = new Map([
      ['delivery_events', this.#newSubscription('delivery_events', [...writers.delivery_events, ...before])],
      ['quarantine', this.#newSubscription('quarantine', [...writers.quarantine, ...before])],
      ['dead_letters', deadLetters],
      ['replay', replay],
    ]);
  }

  /** What must be there before anything is published: a subscription gets nothing that came before it was made. */
  get ready(): readonly ITerraformDependable[] {
    return [...this.subscriptions.values()];
  }

  /** Lets a role publish to the topic; returns the grant to wait for. */
  publishedBy(identity: Identity): PubsubTopicIamMember {
    const grant = new PubsubTopicIamMember(this, `${identity.role}-publisher`, {
      project: this.project,
      topic: this.topic?.name ?? this.topicName,
      role: 'roles/pubsub.publisher',
      member: identity.member,
      lifecycle: AFTER_ITS_USERS,
    });
    return because(grant, 'puts webhooks into the stream');
  }

  get #agent(): string {
    return `serviceAccount:service-${this.#context.projectNumber()}@gcp-sa-pubsub.iam.gserviceaccount.com`;
  }

  get #retention(): string {
    return inSeconds(this.#context.props.webhooks?.topicProps?.retentionDays ?? 7);
  }

  #newTopic(id: string, name: string, encryption: Encryption | undefined): PubsubTopic {
    const { props, settings, labels, kept } = this.#context;
    const key = encryption?.keyFor('pubsub');
    return new PubsubTopic(this, id, {
      project: props.project,
      name,
      labels,
      messageRetentionDuration: inSeconds(settings.webhooks.topicRetentionDays),
      messageStoragePolicy: { allowedPersistenceRegions: [props.location] },
      lifecycle: kept,
      ...(key && { kmsKeyName: key.name, dependsOn: [key.ready] }),
    });
  }

  /** Lets Pub/Sub's agent write into every table. */
  #writers(): Readonly<Record<WarehouseTable, readonly ITerraformDependable[]>> {
    const by = (table: WarehouseTable) => this.#warehouse.writtenBy(this.#agent, table);
    return {
      delivery_events: by('delivery_events'),
      quarantine: by('quarantine'),
      dead_letters: by('dead_letters'),
    };
  }

  #deadLettersBy(agent: string): PubsubTopicIamMember {
    const grant = new PubsubTopicIamMember(this, 'dead-letter-publisher', {
      project: this.#context.props.project,
      topic: this.deadLetterTopic.name,
      role: 'roles/pubsub.publisher',
      member: agent,
    });
    return because(grant, 'puts rows that BigQuery does not take into the dead letters');
  }

  #newSubscription(
    table: keyof typeof FILTERS,
    dependsOn: readonly ITerraformDependable[],
  ): PubsubSubscription {
    const { settings } = this.#context;
    const subscription = this.#subscribe(table, {
      name: `${this.topicName}-${table.replaceAll('_', '-')}`,
      topic: this.#topicId,
      filter: FILTERS[table],
      bigqueryConfig: { ...this.#into(table), useTableSchema: true, dropUnknownFields: true },
      deadLetterPolicy: {
        deadLetterTopic: this.deadLetterTopic.id,
        maxDeliveryAttempts: settings.webhooks.deliveryAttempts,
      },
      dependsOn,
    });
    const grant = new PubsubSubscriptionIamMember(this, `${table}-subscriber`, {
      project: this.#context.props.project,
      subscription: subscription.name,
      role: 'roles/pubsub.subscriber',
      member: this.#agent,
    });
    because(grant, `moves rows that ${table} does not take to the dead letters`);
    return subscription;
  }

  #newDeadLetterSubscription(dependsOn: readonly ITerraformDependable[]): PubsubSubscription {
    return this.#subscribe('dead_letters', {
      name: `${this.topicName}-dead-letters`,
      topic: this.deadLetterTopic.id,
      bigqueryConfig: this.#into('dead_letters'),
      dependsOn,
    });
  }

  /** What `cio-platform stream replay` pulls from. */
  #newReplaySubscription(): PubsubSubscription {
    return this.#subscribe('replay', {
      name: `${this.topicName}-dead-replay`,
      topic: this.deadLetterTopic.id,
      dependsOn: [],
    });
  }

  #into(table: WarehouseTable): { table: string; writeMetadata: boolean } {
    return { table: this.#warehouse.fullName(table), writeMetadata: true };
  }

  #subscribe(
    id: string,
    config: Omit<PubsubSubscriptionConfig, 'dependsOn'> & {
      readonly dependsOn: readonly ITerraformDependable[];
    },
  ): PubsubSubscription {
    const { props, labels, kept } = this.#context;
    return new PubsubSubscription(this, id, {
      ...config,
      project: props.project,
      labels,
      messageRetentionDuration: this.#retention,
      expirationPolicy: { ttl: '' },
      retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
      lifecycle: kept,
      dependsOn: [...config.dependsOn],
    });
  }
}

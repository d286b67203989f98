import { ManagedKafkaAcl } from '@cdktf/provider-google/lib/managed-kafka-acl/index.js';
import { ManagedKafkaCluster } from '@cdktf/provider-google/lib/managed-kafka-cluster/index.js';
import { ManagedKafkaTopic } from '@cdktf/provider-google/lib/managed-kafka-topic/index.js';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Role } from '../../app/contract/roles.ts';
import { TOPICS, type Topic } from '../../app/contract/topics.ts';
import type { Context } from './context.ts';
import type { Encryption } from './encryption.ts';
import { because, PROJECT_ROLES } from './grant.ts';
import type { Identities } from './identities.ts';
import type { Kafka } from './kafka.ts';
import { type AclEntry, groupEntries, topicEntries } from './kafka-access.ts';
import { markOf } from './mark-of.ts';
import type { Network } from './network.ts';

const GIB = 1024 ** 3;
const DAY_MS = 86_400_000;
const PORT = 9092;
const CLIENT_ROLE = 'roles/managedkafka.client';

/** A cluster of Google's Managed Service for Apache Kafka with the platform's topics and the right to use them. */
export class ManagedKafka extends Construct implements Kafka {
  readonly cluster: ManagedKafkaCluster;
  readonly topics: ReadonlyMap<Topic, ManagedKafkaTopic>;
  readonly env: Kafka['env'];
  readonly #context: Context;
  readonly #acls: readonly ManagedKafkaAcl[];
  readonly #clients: ReadonlyMap<Role, ProjectIamMember>;

  constructor(
    scope: Construct,
    id: string,
    context: Context,
    parts: {
      readonly network: Network;
      readonly identities: Identities;
      readonly encryption: Encryption | undefined;
    },
  ) {
    super(scope, id);
    this.#context = context;
    const { props, names } = context;
    const clusterId = props.kafka.managed?.clusterId ?? names.base;
    this.cluster = this.#newCluster(clusterId, parts.network, parts.encryption);
    this.topics = new Map((Object.keys(TOPICS) as Topic[]).map((topic) => [topic, this.#newTopic(topic)]));
    this.#acls = this.#newAcls(parts.identities);
    this.#clients = new Map(
      parts.identities.withKafka.map((identity) => [
        identity.role,
        this.#newClient(identity.role, identity.member, clusterId),
      ]),
    );
    const { producers = [], readers = [] } = props.kafka.managed ?? {};
    for (const email of new Set([...producers, ...readers])) {
      this.#newClient(`application-${markOf(email)}`, `serviceAccount:${email}`, clusterId);
    }
    this.env = {
      KAFKA_BROKERS: props.kafka.managed?.bootstrapAddress ?? this.#derivedAddress(clusterId),
      KAFKA_TLS: 'true',
      KAFKA_SASL_MECHANISM: 'oauthbearer',
    };
  }

  ready(role: Role): readonly ITerraformDependable[] {
    const client = this.#clients.get(role);
    return [...this.topics.values(), ...this.#acls, ...(client ? [client] : [])];
  }

  /** The provider does not tell a cluster's address; this is the form that is made of names. */
  #derivedAddress(clusterId: string): string {
    const { location, project } = this.#context.props;
    return `bootstrap.${clusterId}.${location}.managedkafka.${project}.cloud.goog:${PORT}`;
  }

  #newCluster(clusterId: string, network: Network, encryption: Encryption | undefined): ManagedKafkaCluster {
    const { props, settings, labels, preventDestroy } = this.#context;
    const key = encryption?.keyFor('kafka');
    return new ManagedKafkaCluster(this, 'cluster', {
      project: props.project,
      location: props.location,
      clusterId,
      capacityConfig: {
        vcpuCount: String(settings.kafka.vcpus),
        memoryBytes: String(settings.kafka.memoryGib * GIB),
      },
      gcpConfig: {
        accessConfig: { networkConfigs: [{ subnet: network.subnetwork }] },
        ...(key && { kmsKey: key.name }),
      },
      labels,
      lifecycle: { preventDestroy },
      ...(key && { dependsOn: [key.ready] }),
    });
  }

  #newTopic(topic: Topic): ManagedKafkaTopic {
    const { props, settings, preventDestroy } = this.#context;
    const { retentionDays, minInsyncReplicas, partitions, replicationFactor } = settings.kafka;
    return new ManagedKafkaTopic(this, topic, {
      project: props.project,
      location: props.location,
      cluster: this.cluster.clusterId,
      topicId: TOPICS[topic].name,
      partitionCount: partitions,
      replicationFactor,
      configs: {
        'cleanup.policy': 'delete',
        'message.timestamp.type': 'LogAppendTime',
        'min.insync.replicas': String(minInsyncReplicas),
        'retention.ms': String(retentionDays[topic] * DAY_MS),
      },
      lifecycle: { preventDestroy },
    });
  }

  #newAcls(identities: Identities): ManagedKafkaAcl[] {
    const { props } = this.#context;
    const { producers = [], readers = [] } = props.kafka.managed ?? {};
    const topics = [...this.topics.keys()].map((topic) =>
      this.#newAcl(
        `${topic}-acl`,
        `topic/${TOPICS[topic].name}`,
        topicEntries(topic, identities, { producers, readers }),
      ),
    );
    const groups = groupEntries(identities).map(({ role, group, entries }) =>
      this.#newAcl(`${role}-group-acl`, `consumerGroup/${group}`, entries),
    );
    return [...topics, ...groups];
  }

  #newAcl(id: string, pattern: string, aclEntries: readonly AclEntry[]): ManagedKafkaAcl {
    const { props } = this.#context;
    return new ManagedKafkaAcl(this, id, {
      project: props.project,
      location: props.location,
      cluster: this.cluster.clusterId,
      aclId: pattern,
      aclEntries: [...aclEntries],
    });
  }

  #newClient(id: string, member: string, clusterId: string): ProjectIamMember {
    const { project, location, kafka } = this.#context.props;
    const cluster = `projects/${project}/locations/${location}/clusters/${clusterId}`;
    const condition = {
      title: 'this-cluster',
      description: `Of all clusters only ${clusterId}`,
      // Where IAM does not know the type of a cluster, the first half holds and the grant is as wide as without a condition.
      expression: `resource.type != "managedkafka.googleapis.com/Cluster" || resource.name == "${cluster}" || resource.name.startsWith("${cluster}/")`,
    };
    const grant = new ProjectIamMember(this, `${id}-client`, {
      project,
      role: CLIENT_ROLE,
      member,
      ...(kafka.managed?.conditionalGrant !== false && { condition }),
    });
    return because(grant, PROJECT_ROLES[CLIENT_ROLE]);
  }
}

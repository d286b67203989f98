import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic/index.js';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Context } from './context.ts';
import { because } from './grant.ts';

/** The topic that Secret Manager tells that a secret is due to be changed. */
export class RotationNotices extends Construct {
  /** The topic that was made here. */
  readonly topic: PubsubTopic | undefined;
  readonly topicName: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, context: Context) {
    super(scope, id);
    const { props, names, labels } = context;
    const { existingTopic, topicProps } = props.secrets?.rotation ?? {};
    if (existingTopic !== undefined) {
      this.topicName = existingTopic;
      this.ready = [];
      return;
    }
    this.topic = new PubsubTopic(this, 'topic', {
      project: props.project,
      name: topicProps?.name ?? names.of('secret-rotation'),
      labels,
    });
    this.topicName = this.topic.id;
    const publisher = new PubsubTopicIamMember(this, 'publisher', {
      project: props.project,
      topic: this.topic.name,
      role: 'roles/pubsub.publisher',
      member: `serviceAccount:service-${context.projectNumber()}@gcp-sa-secretmanager.iam.gserviceaccount.com`,
    });
    this.ready = [because(publisher, 'tells that a secret is due to be changed')];
  }
}

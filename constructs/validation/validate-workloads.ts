import { LIMITS } from '../../app/contract/limits.ts';
import type { IngestProps } from '../props/ingest-props.ts';
import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import type { WebhooksProps } from '../props/webhooks-props.ts';
import type { WorkloadProps } from '../props/workload-props.ts';
import type { Settings } from '../settings/settings.ts';
import type { Faults } from './faults.ts';
import {
  boolean,
  exceeds,
  FULL_STREAM_TOPIC,
  MEMBER,
  oneOf,
  product,
  SERVICE_ACCOUNT_EMAIL,
  STREAM_TOPIC_NAME,
  text,
  wholeNumber,
} from './rules.ts';
import { validateLoadBalancer } from './validate-load-balancer.ts';

/** Customer.io's soft limit is 3,000 requests in 3 s; a request takes some 100 to 300 ms. */
const MOST_IN_FLIGHT = 300;
const SHORTEST_TIMEOUT_S = LIMITS.kafkaWaitMs / 1000 + 2;
const ACCOUNT_ID = text(
  /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  '6 to 30 lower-case letters, digits and dashes, a letter first',
);

/** Cloud Run gives an instance at most 4 GiB with 1 CPU, 8 with 2, 16 with 4, 24 with 6 and 32 with 8. */
const MOST_MIB_PER_CPU: Readonly<Record<number, number>> = {
  1: 4096,
  2: 8192,
  4: 16_384,
  6: 24_576,
  8: 32_768,
};
const LEAST_MIB = 512;
const FEWEST_CPUS: readonly (readonly [number, number])[] = [
  [24_576, 8],
  [16_384, 6],
  [8192, 4],
  [4096, 2],
];

/** Cloud Run needs at least 2 GiB with 4 CPUs, and 4 with 6 or 8. */
const FEWEST_MIB_PER_CPU: Readonly<Record<number, number>> = { 4: 2048, 6: 4096, 8: 4096 };
/** Cloud Run's limit. */
const MOST_CONCURRENCY = 1000;
/** What a request under way may cost on average, and what the receiver needs with none but one large webhook: measured, 306 MiB with ten of them waiting. */
const WEBHOOK_BYTES = 1_000_000;
const RECEIVER_BYTES = 300_000_000;
const MIB = 1_048_576;

const validateSize = (
  at: string,
  props: WorkloadProps,
  size: { cpu: number; memoryMib: number },
  faults: Faults,
): void => {
  faults.check(`${at}.cpu`, props.cpu, oneOf(1, 2, 4, 6, 8));
  faults.check(`${at}.memoryMib`, props.memoryMib, wholeNumber(LEAST_MIB, 32_768));
  const needed = FEWEST_CPUS.find(([above]) => exceeds(size.memoryMib, above))?.[1] ?? 1;
  if (exceeds(needed, size.cpu) && MOST_MIB_PER_CPU[size.cpu] !== undefined) {
    faults.add(
      `${at}.memoryMib`,
      `must be at most ${MOST_MIB_PER_CPU[size.cpu]} with cpu ${size.cpu}`,
      size.memoryMib,
    );
  }
  const fewest = typeof size.cpu === 'number' ? FEWEST_MIB_PER_CPU[size.cpu] : undefined;
  if (exceeds(fewest, size.memoryMib) && !exceeds(LEAST_MIB, size.memoryMib))
    faults.add(`${at}.memoryMib`, `must be at least ${fewest} with cpu ${size.cpu}`, size.memoryMib);
};

const validateAccount = (at: string, props: WorkloadProps, faults: Faults): void => {
  faults.exclusive(at, props, 'existingServiceAccount', 'serviceAccountProps');
  faults.check(`${at}.existingServiceAccount`, props.existingServiceAccount, SERVICE_ACCOUNT_EMAIL);
  faults.check(`${at}.serviceAccountProps.accountId`, props.serviceAccountProps?.accountId, ACCOUNT_ID);
  faults.check(
    `${at}.serviceAccountProps.displayName`,
    props.serviceAccountProps?.displayName,
    text(/^[^\n]{1,100}$/, 'one line of at most 100 characters'),
  );
};

const validateAccess = (props: IngestProps, faults: Faults): void => {
  // Otherwise everybody could be let in where the ingest relies on IAM.
  faults.known('ingest.access', props.access);
  faults.known('ingest.publicAccess', props.publicAccess);
  faults.check('ingest.access', props.access, oneOf('write-key', 'iam'));
  faults.check('ingest.publicAccess', props.publicAccess, oneOf('allUsers', 'invokerIamDisabled'));
  if (props.access === 'iam') {
    if (props.invokers === undefined)
      faults.add('ingest.invokers', 'must be given with access iam', props.invokers);
    if (props.publicAccess !== undefined)
      faults.add('ingest.publicAccess', 'belongs to access write-key', props.publicAccess);
  } else if (props.invokers !== undefined) {
    faults.add('ingest.invokers', 'belongs to access iam', props.invokers);
  }
  faults.known('ingest.invokers', props.invokers);
  if (props.invokers !== undefined) faults.each('ingest.invokers', props.invokers, MEMBER);
};

const validateIngest = (props: IngestProps, settings: Settings, faults: Faults): void => {
  validateSize('ingest', props, settings.ingest, faults);
  validateAccount('ingest', props, faults);
  validateAccess(props, faults);
  if (props.loadBalancer !== undefined)
    validateLoadBalancer('ingest.loadBalancer', props.loadBalancer, faults);
  faults.check('ingest.mapping', props.mapping, oneOf('destination', 'as-sent'));
  faults.check('ingest.minInstances', props.minInstances, wholeNumber(0, 1000));
  faults.check('ingest.maxInstances', props.maxInstances, wholeNumber(1, 1000));
  const { minInstances, maxInstances } = settings.ingest;
  if (exceeds(minInstances, maxInstances))
    faults.add('ingest.minInstances', `must be at most ingest.maxInstances, ${maxInstances}`, minInstances);
  faults.check('ingest.concurrency', props.concurrency, wholeNumber(1, MOST_CONCURRENCY));
  faults.check('ingest.timeoutSeconds', props.timeoutSeconds, wholeNumber(SHORTEST_TIMEOUT_S, 300));
};

const validateTrackWorker = (props: CustomerIoIntegrationProps, settings: Settings, faults: Faults): void => {
  const { trackWorker = {} } = props;
  validateSize('trackWorker', trackWorker, settings.trackWorker, faults);
  validateAccount('trackWorker', trackWorker, faults);
  faults.check('trackWorker.instances', trackWorker.instances, wholeNumber(1, 100));
  faults.check('trackWorker.lanes', trackWorker.lanes, wholeNumber(1, 64));
  faults.check('trackWorker.processed', trackWorker.processed, oneOf('event', 'batch', 'off'));
  faults.check('trackWorker.scaledElsewhere', trackWorker.scaledElsewhere, boolean);
  const { instances, lanes } = settings.trackWorker;
  if (exceeds(settings.kafka.partitions, 0) && exceeds(instances, settings.kafka.partitions))
    faults.add(
      'trackWorker.instances',
      `must be at most kafka.partitions, ${settings.kafka.partitions}`,
      instances,
    );
  if (exceeds(product(instances, lanes), MOST_IN_FLIGHT))
    faults.add(
      'trackWorker.lanes',
      `times trackWorker.instances must be at most ${MOST_IN_FLIGHT} requests in flight, which is more than Customer.io takes`,
      product(instances, lanes),
    );
};

/** A grant that two roles share would be taken from both when one of them gets an account of its own. */
const refuseSharedAccount = (props: CustomerIoIntegrationProps, faults: Faults): void => {
  const seen = new Map<string, string>();
  for (const part of ['ingest', 'trackWorker', 'webhooks'] as const) {
    const account = props[part]?.existingServiceAccount;
    if (account === undefined) continue;
    const first = seen.get(account);
    seen.set(account, part);
    const rule = `must differ from that of ${first}: each role has its own`;
    if (first !== undefined) faults.add(`${part}.existingServiceAccount`, rule, account);
  }
};

/**
 * Bodies share the receiver’s own 64 MB; but a request under way also has its text, its rows and its message, and Node, its libraries
 * and the mounted code need the rest.
 */
const refuseFullMemory = ({ concurrency, memoryMib }: Settings['webhooks'], faults: Faults): void => {
  const bytes = product(memoryMib, MIB);
  if (bytes === undefined || exceeds(LEAST_MIB, memoryMib) || exceeds(concurrency, MOST_CONCURRENCY)) return;
  const most = Math.floor((bytes - RECEIVER_BYTES) / WEBHOOK_BYTES);
  const rule = `times 1 MB and 300 MB more must fit into webhooks.memoryMib, ${memoryMib}: at most ${most}`;
  if (exceeds(concurrency, most)) faults.add('webhooks.concurrency', rule, concurrency);
};

const validateWebhooks = (props: WebhooksProps, settings: Settings, faults: Faults): void => {
  const { minInstances, maxInstances } = settings.webhooks;
  validateSize('webhooks', props, settings.webhooks, faults);
  validateAccount('webhooks', props, faults);
  faults.known('webhooks.publicAccess', props.publicAccess);
  faults.check('webhooks.publicAccess', props.publicAccess, oneOf('allUsers', 'invokerIamDisabled'));
  if (props.loadBalancer !== undefined)
    validateLoadBalancer('webhooks.loadBalancer', props.loadBalancer, faults);
  faults.check('webhooks.minInstances', props.minInstances, wholeNumber(1, 100));
  faults.check('webhooks.maxInstances', props.maxInstances, wholeNumber(1, 1000));
  if (exceeds(minInstances, maxInstances))
    faults.add(
      'webhooks.minInstances',
      `must be at most webhooks.maxInstances, ${maxInstances}`,
      minInstances,
    );
  faults.check('webhooks.concurrency', props.concurrency, wholeNumber(1, MOST_CONCURRENCY));
  refuseFullMemory(settings.webhooks, faults);
  faults.exclusive('webhooks', props, 'existingTopic', 'topicProps');
  faults.known('webhooks.existingTopic', props.existingTopic);
  faults.check('webhooks.existingTopic', props.existingTopic, FULL_STREAM_TOPIC);
  faults.check('webhooks.topicProps.name', props.topicProps?.name, STREAM_TOPIC_NAME);
  faults.known('webhooks.topicProps.retentionDays', props.topicProps?.retentionDays);
  faults.check('webhooks.topicProps.retentionDays', props.topicProps?.retentionDays, wholeNumber(1, 31));
  faults.known('webhooks.topicRetentionDays', props.topicRetentionDays);
  faults.check('webhooks.topicRetentionDays', props.topicRetentionDays, wholeNumber(1, 31));
  faults.check('webhooks.deliveryAttempts', props.deliveryAttempts, wholeNumber(50, 100));
};

/** The containers: sizes, accounts, access and budgets. */
export const validateWorkloads = (
  props: CustomerIoIntegrationProps,
  settings: Settings,
  faults: Faults,
): void => {
  refuseSharedAccount(props, faults);
  validateIngest(props.ingest ?? {}, settings, faults);
  validateTrackWorker(props, settings, faults);
  validateWebhooks(props.webhooks ?? {}, settings, faults);
};

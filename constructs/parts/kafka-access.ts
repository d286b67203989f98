import { ROLES, type Role, type RoleDefinition } from '../../app/contract/roles.ts';
import type { Topic } from '../../app/contract/topics.ts';
import type { Identities } from './identities.ts';

/** One entry of an access list of the managed Kafka. */
export interface AclEntry {
  readonly principal: string;
  readonly operation: string;
  readonly permissionType: 'ALLOW';
  readonly host: '*';
}

const allow = (email: string, operation: string): AclEntry => ({
  principal: `User:${email}`,
  operation,
  permissionType: 'ALLOW',
  host: '*',
});

/** Topics that applications may write events to themselves. */
const OPEN_TO_PRODUCERS: readonly Topic[] = ['identify', 'track'];

const roleOperations = (role: Role, topic: Topic): readonly string[] => {
  const { reads, writes }: RoleDefinition = ROLES[role];
  return [
    // Every role checks at its start that every topic is as it must be.
    'DESCRIBE',
    'DESCRIBE_CONFIGS',
    ...(reads.includes(topic) ? ['READ'] : []),
    ...(writes.includes(topic) ? ['WRITE'] : []),
  ];
};

/**
 * Who may do what on a topic: the list owns all entries of its pattern, and whoever is not on it may do nothing.
 *
 * @param applications e-mail addresses of applications that write events themselves, and of those that read
 */
export const topicEntries = (
  topic: Topic,
  identities: Identities,
  { producers, readers }: { readonly producers: readonly string[]; readonly readers: readonly string[] },
): readonly AclEntry[] => [
  ...identities.withKafka.flatMap(({ role, email }) =>
    roleOperations(role, topic).map((operation) => allow(email, operation)),
  ),
  ...(OPEN_TO_PRODUCERS.includes(topic) ? producers : []).flatMap((email) => [
    allow(email, 'DESCRIBE'),
    allow(email, 'WRITE'),
  ]),
  ...readers.flatMap((email) => [allow(email, 'DESCRIBE'), allow(email, 'READ')]),
];

/** The consumer groups and who may be in them. */
export const groupEntries = (
  identities: Identities,
): readonly { readonly role: Role; readonly group: string; readonly entries: readonly AclEntry[] }[] =>
  identities.withKafka.flatMap(({ role, email }) => {
    const { group }: RoleDefinition = ROLES[role];
    if (group === undefined) return [];
    return [{ role, group, entries: [allow(email, 'READ'), allow(email, 'DESCRIBE')] }];
  });

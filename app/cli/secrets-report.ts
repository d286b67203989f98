import { allHaveValues, type SecretState, type SecretStatus } from './secrets-status.ts';
import { textTable } from './text-table.ts';

const HINTS: Readonly<Record<Exclude<SecretState, 'set'>, string>> = {
  missing: 'missing: no role reads it with the props of this deployment, or it is not deployed yet',
  'no version': 'no version: no version is enabled, roles that read it cannot start; use secrets set',
  placeholder: 'placeholder: no value yet, roles that need it hold; use secrets set',
  'placeholder newest':
    'placeholder newest: roles that run keep their value, those that start now hold; Terraform made the placeholder again, as it does until secrets.placeholders is false',
  'newest disabled':
    'newest disabled: roles read only the newest version, which is disabled or destroyed; enable it, or use secrets restore or secrets set',
};

/** Says which version holds the value, and the command that makes it the newest. */
const mending = ({ name, secret, status, version }: SecretStatus, place: string): readonly string[] =>
  status === 'placeholder newest' || status === 'newest disabled'
    ? [
        `Version ${version} of ${secret} holds a value; \`cio-platform secrets restore ${name} ${place}\` makes it the newest.`,
      ]
    : [];

const UNCERTAIN =
  'told by the number alone, since versions that Terraform may have written could not be read: ask for roles/secretmanager.secretAccessor';

/**
 * The state of the secrets as lines: a table, what each state means, how to mend what is wrong, and when Terraform needs no
 * placeholders any more.
 *
 * @param place the options that name the deployment, such as `--project acme`
 */
export const secretsReport = (secrets: readonly SecretStatus[], place: string): readonly string[] => {
  const rows = secrets.map(({ secret, status, version, createdAt }) => [
    secret,
    status,
    String(version ?? '-'),
    createdAt ?? '-',
  ]);
  const present = new Set<string>(secrets.map(({ status }) => status));
  const uncertain = secrets.filter((one) => one.uncertain).map(({ name }) => name);
  return [
    ...textTable(['SECRET', 'STATUS', 'VERSION', 'CREATED'], rows),
    ...Object.entries(HINTS).flatMap(([state, hint]) => (present.has(state) ? [hint] : [])),
    ...secrets.flatMap((secret) => mending(secret, place)),
    ...(uncertain.length > 0 ? [`${uncertain.join(', ')}: ${UNCERTAIN}`] : []),
    ...(allHaveValues(secrets)
      ? ['All secrets have a value: set secrets.placeholders: false now, and deploy.']
      : []),
  ];
};

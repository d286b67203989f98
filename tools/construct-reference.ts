import { readFileSync, writeFileSync } from 'node:fs';
import { propsOfExample, SMALLEST } from './reference/example-props.ts';
import { type GrantRow, grantsIn } from './reference/grants-table.ts';
import { type InterfaceDoc, type PropDoc, readProps } from './reference/read-props.ts';
import { resourcesIn, type SynthesizedResource, synthesizeProps } from './reference/synthesize-props.ts';

const FILE = `${import.meta.dirname}/../docs/construct.md`;
const PARTS = [
  'kafka',
  'ingest',
  'trackWorker',
  'webhooks',
  'warehouse',
  'runtime',
  'secrets',
  'encryption',
  'network',
] as const;
/** Parts that are made for every integration, and what they are. */
const OTHER_PARTS: Readonly<Record<string, string>> = {
  identities:
    'A service account for each role, or those that exist. Grants are additive and on the narrowest resource there is.',
  stream:
    'The way from the receiver to the warehouse: a topic, a BigQuery subscription for each table, dead letters.',
  'audit-logs': 'Cloud Audit Logs of the project, for the services that `auditLogs` names.',
  apis: 'The Google APIs, where `enableApis` asks for them.',
};
const FOLDERS: Readonly<Record<string, string>> = { trackWorker: 'track-worker' };

/** A prop with its path from the root. */
interface Placed extends PropDoc {
  readonly path: string;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

const place = (
  name: string,
  path: string,
  interfaces: ReadonlyMap<string, InterfaceDoc>,
): readonly Placed[] => {
  const found = interfaces.get(name);
  if (found === undefined) return [];
  const own = found.props.flatMap((prop) => {
    const here = path === '' ? prop.name : `${path}.${prop.name}`;
    const inner = /\b(\w+Props)\b/.exec(prop.type)?.[1];
    const isMap = prop.type.includes('Record<');
    return [
      { ...prop, path: here },
      ...(inner ? place(inner, isMap ? `${here}.<name>` : here, interfaces) : []),
    ];
  });
  return found.base === undefined ? own : [...own, ...place(found.base, path, interfaces)];
};

/** Every prop by its path, in the order of the source. */
export const allProps = (): readonly Placed[] => place('CustomerIoIntegrationProps', '', readProps());

/** What each example makes that no earlier one did. */
interface Made {
  readonly type: string;
  readonly part: string;
  readonly when: string;
}

const lookAtAll = (): {
  readonly made: readonly Made[];
  readonly grants: readonly (GrantRow & { when: string })[];
} => {
  const made = new Map<string, Made>();
  const grants = new Map<string, GrantRow & { when: string }>();
  const look = (resources: readonly SynthesizedResource[], when: string): void => {
    for (const { type, path } of resources) {
      const part = path.split('/')[0] ?? '';
      if (!made.has(`${part} ${type}`)) made.set(`${part} ${type}`, { part, type, when });
    }
    for (const grant of grantsIn(resources)) {
      const key = [grant.who, grant.role, grant.on].join();
      if (!grants.has(key)) grants.set(key, { ...grant, when });
    }
  };
  look(resourcesIn(synthesizeProps(SMALLEST)), 'always');
  for (const { path, example = '{}' } of allProps()) {
    const props = propsOfExample(example);
    look(resourcesIn(synthesizeProps(props)), `with \`${path}\``);
  }
  return { made: [...made.values()], grants: [...grants.values()] };
};

const propsTable = (props: readonly Placed[]): string =>
  table(
    ['Prop', 'Type', 'Default', 'What it is'],
    props.map(({ path, type, optional, about, ...prop }) => [
      `\`${path}\``,
      `\`${type}\``,
      optional ? (prop.default ?? 'none') : 'required',
      about,
    ]),
  );

const exampleOf = (example: string | undefined): string =>
  example === undefined ? '' : `\`\`\`ts\n${example.replace(/^\{ ?/, '').replace(/ ?\}$/, '')},\n\`\`\`\n\n`;

const madeTable = (made: readonly Made[], part: string): string => {
  const rows = made.filter((one) => one.part === part).map(({ type, when }) => [`\`${type}\``, when]);
  return rows.length === 0 ? 'It makes nothing itself.' : table(['Resource', 'Made'], rows);
};

const partSection = (part: string, props: readonly Placed[], made: readonly Made[]): string => {
  const [root, ...below] = props.filter(({ path }) => path === part || path.startsWith(`${part}.`));
  const richest = below.find(({ example = '' }) => example.length > 30)?.example ?? root?.example;
  return `## ${part}\n\n${root?.about}\n\n${exampleOf(richest)}${propsTable(below)}\n\n${madeTable(made, FOLDERS[part] ?? part)}\n`;
};

const HEAD = `# The construct

\`CustomerIoIntegration\` and its parts. This page is made from the source and from what it synthesizes: \`npm run reference\`.
A value comes from the props, else from the preset of the environment, else from the default. Where a thing may exist already, \`existing…\`
names it and \`…Props\` describes the one to make; giving both is a fault. All faults are told together when the stack is synthesized.
Everything that is made can be reached through read-only properties of the construct: \`customerio.ingest.service\`, \`customerio.kafka?.cluster\`.
`;

/** The page about the construct, as markdown. */
export const constructReference = (): string => {
  const props = allProps();
  const { made, grants } = lookAtAll();
  const roots = props.filter(({ path }) => !path.includes('.'));
  const others = Object.entries(OTHER_PARTS).map(
    ([part, about]) => `## ${part}\n\n${about}\n\n${madeTable(made, part)}\n`,
  );
  const rows = grants.map(({ who, role, on, why, when }) => [who, role, on, why, when]);
  return [
    HEAD,
    `## CustomerIoIntegration\n\n${propsTable(roots)}\n`,
    ...PARTS.map((part) => partSection(part, props, made)),
    ...others,
    `## Grants\n\nWho may do what on what, and why. There are no others.\n\n${table(['Who', 'Role', 'On', 'Why', 'When'], rows)}\n`,
  ].join('\n');
};

if (import.meta.main) {
  if (process.argv.includes('--check'))
    process.exitCode = readFileSync(FILE, 'utf8') === constructReference() ? 0 : 1;
  else writeFileSync(FILE, constructReference());
}

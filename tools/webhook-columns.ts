import { writeFileSync } from 'node:fs';
import { QUARANTINE_REASONS } from '../app/contract/quarantine-reasons.ts';
import { type Column, DELIVERY_EVENTS, METRIC_COLUMNS, QUARANTINE } from '../app/contract/warehouse.ts';

const PAGE = `${import.meta.dirname}/../docs/webhook-columns.md`;
const NONE = '–';

const code = (text: string): string => `\`${text}\``;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The documented pairs that fill a column, channels with equal metrics together: `email, push: clicked; sms: replied`. */
const pairsFilling = (name: string): string => {
  const channels = new Map<string, string[]>();
  for (const [objectType, metrics] of Object.entries(METRIC_COLUMNS)) {
    const filling = Object.entries<readonly string[]>(metrics).filter(([, columns]) =>
      columns.includes(name),
    );
    const list = filling.map(([metric]) => metric).toSorted();
    if (list.length > 0)
      channels.set(list.join(', '), [...(channels.get(list.join(', ')) ?? []), objectType]);
  }
  return [...channels].map(([metrics, objectTypes]) => `${objectTypes.join(', ')}: ${metrics}`).join('; ');
};

const filledBy = (name: string, { of, metadata }: Column): string => {
  if (metadata) return 'Pub/Sub';
  const parts = [of ?? '', pairsFilling(name)].filter((part) => part !== '');
  return parts.length > 0 ? parts.join('; ') : 'all';
};

const columnRow = ([name, column]: readonly [string, Column]): readonly string[] => [
  code(name),
  column.type,
  column.mode?.toLowerCase() ?? '',
  column.from === undefined ? NONE : [column.from].flat().map(code).join(', '),
  filledBy(name, column),
  column.about,
];

const HEAD = ['Column', 'Type', 'Mode', 'Where it stands', 'Filled by', 'What it is'];
const columnsOf = (columns: Readonly<Record<string, Column>>): string =>
  table(HEAD, Object.entries(columns).map(columnRow));

const pairRows = Object.entries(METRIC_COLUMNS).flatMap(([objectType, metrics]) =>
  Object.entries<readonly string[]>(metrics).map(([metric, columns]) => [
    code(objectType),
    code(metric),
    columns.length === 0 ? NONE : columns.map(code).join(', '),
  ]),
);

/**
 * The page on the columns of the warehouse, from their one declaration in the contract.
 *
 * @example webhookColumns().split('\n')[0] // '# Webhook columns'
 */
export const webhookColumns = (): string => `# Webhook columns

Made by \`node tools/webhook-columns.ts --write\` from \`app/contract/warehouse.ts\`. A value that does not fit its column leaves it
null and stands in \`raw\`. A row whose JSON would be above 9.9 MB, more than a message of Pub/Sub holds, has
\`{"omitted":{"bytes":…,"sha256":"…"}}\` in place of \`raw\` and, where that is not enough, of its largest columns: the length in UTF-8 and the
SHA-256 of what is left out, of \`raw\` those of the request’s body.

## delivery_events

${columnsOf(DELIVERY_EVENTS)}

## Columns by metric

Beside the columns of the event, of the person and of the message's origin above. A pair that is not listed is stored too.

${table(['object_type', 'metric', 'Columns'], pairRows)}

## quarantine

What is signed but is no delivery event, byte for byte in \`body_base64\`. Of a body that fits into no row, or is above 8 MB, the first 64 kB,
with its length and SHA-256 in \`body_bytes\` and \`body_sha256\`, which are null else.

${columnsOf(QUARANTINE)}

${table(
  ['Reason', 'What it says'],
  Object.entries(QUARANTINE_REASONS).map(([reason, about]) => [code(reason), about]),
)}
`;

if (import.meta.main) {
  if (process.argv.includes('--write')) writeFileSync(PAGE, webhookColumns());
  else console.log(webhookColumns());
}

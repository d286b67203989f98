import { Command, InvalidArgumentError } from 'commander';
import { QUERY_PATH } from '../warehouse/query-path.ts';
import { shown, shownJson, terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

const URL_DEFAULT = 'http://localhost:8080';
const PATIENCE_MS = 60_000;

/** A query that failed; its message says all there is to say. */
export class WarehouseQueryError extends Error {
  override readonly name = 'WarehouseQueryError';
}

/** What the platform answers. */
interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly truncated: boolean;
}

const post = async (url: string, sql: string): Promise<Response> => {
  try {
    return await fetch(new URL(QUERY_PATH, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    const why = Error.isError(error) && Error.isError(error.cause) ? error.cause : error;
    const code = Error.isError(why) && 'code' in why ? ` (${why.code})` : '';
    throw new WarehouseQueryError(`nothing answers at ${url}${code}: start it with npm start, or give --url`);
  }
};

const messageOf = async (response: Response): Promise<string> => {
  const text = await response.text();
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? text);
  } catch {
    return `HTTP ${response.status} from ${response.url}: is that npm start?`;
  }
};

const ask = async (url: string, sql: string): Promise<Answer> => {
  const response = await post(url, sql);
  if (!response.ok) throw new WarehouseQueryError(await messageOf(response));
  return (await response.json()) as Answer;
};

const sqlOf = (text: string): string => {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It must be a SELECT; the examples of --help are some.');
};

/** Only where it listens: a path, a query or credentials would be dropped in silence. */
const originOf = (text: string): string => {
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === null || !isHttp)
    throw new InvalidArgumentError(`It must be an http or https address such as ${URL_DEFAULT}.`);
  if (url.href === `${url.origin}/`) return url.origin;
  throw new InvalidArgumentError(`It must be only where npm start listens, ${url.origin}, and nothing else.`);
};

const query = async (sql: string, { url, json }: { url: string; json?: true }): Promise<void> => {
  const { columns, rows, truncated } = await ask(url, sql);
  if (json) {
    const objects = rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
    terminal.print(shownJson({ rows: objects, ...(truncated && { truncated }) }, 2));
  } else {
    const cut = truncated ? [`truncated, there are more rows: these are the first ${rows.length}`] : [];
    terminal.print(shown([...textTable(columns, rows), ...cut]));
  }
};

const EXAMPLES = `
BigQuery demands a filter on the day: \`timestamp\` of delivery_events and its deduplicated view, \`received_at\` of quarantine,
\`day\` of message_funnel and bounce_and_complaint_rates. Here it is not demanded; with it a query runs in both.

Examples:
  cio-platform warehouse query \\
    'SELECT day, origin, sent, opened FROM \`customerio_events.message_funnel\`
     WHERE day >= DATE_SUB(CURRENT_DATE(), INTERVAL 7 DAY)'
  cio-platform warehouse query \\
    'SELECT timestamp, object_type, metric, person_id FROM \`customerio_events.delivery_events_deduplicated\`
     WHERE timestamp >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY) ORDER BY timestamp DESC LIMIT 20'
  cio-platform warehouse query \\
    'SELECT received_at, reason FROM \`customerio_events.quarantine\`
     WHERE received_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 7 DAY)'`;

/** `cio-platform warehouse query`: asks the warehouse of a running `npm start`. */
export const warehouseCommand = (): Command => {
  const queryCommand = new Command('query')
    .description(
      'run a SELECT, in BigQuery’s SQL, over the webhooks that a running npm start has received. ' +
        'Exit codes: 0 done, 1 failed, 2 usage',
    )
    .argument('<sql>', 'the SELECT; examples are below', sqlOf)
    .option('--url <url>', 'where npm start listens', originOf, URL_DEFAULT)
    .option(
      '--json',
      'instead of a table, an object: rows, an array of objects, and truncated, true where there are more',
    )
    .addHelpText('after', EXAMPLES)
    .action(query);
  return new Command('warehouse')
    .description('the local warehouse of delivery events')
    .addCommand(queryCommand);
};

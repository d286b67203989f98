import { existsSync, readFileSync } from 'node:fs';
import { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset/index.js';
import { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table/index.js';
import { BigqueryTableIamMember } from '@cdktf/provider-google/lib/bigquery-table-iam-member/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { bigQuerySchema } from '../../app/contract/warehouse-schema.ts';
import {
  viewQuery,
  WAREHOUSE_VIEWS,
  type WarehouseViewName,
} from '../../app/contract/warehouse-views/warehouse-views.ts';
import { packageRoot } from '../bundle/package-root.ts';
import type { Context } from './context.ts';
import { datasetAccess } from './dataset-access.ts';
import type { Encryption } from './encryption.ts';
import { AFTER_ITS_USERS, because } from './grant.ts';

const DAY_MS = 86_400_000;
/** Where the views' queries are: in the repository, else in the installed package. */
const VIEWS_FOLDERS = ['app/contract/warehouse-views', 'dist/esm/app/contract/warehouse-views'];

/** What a dead letter's table has: without a schema of its own the subscription writes the message as it is. */
const DEAD_LETTERS = [
  {
    name: 'subscription_name',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'subscription that wrote the row',
  },
  { name: 'message_id', type: 'STRING', mode: 'NULLABLE', description: 'Pub/Sub’s id of the message' },
  {
    name: 'publish_time',
    type: 'TIMESTAMP',
    mode: 'NULLABLE',
    description: 'when it became a dead letter; partitions the table',
  },
  {
    name: 'data',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'the row that could not be written, JSON text',
  },
  {
    name: 'attributes',
    type: 'STRING',
    mode: 'NULLABLE',
    description: 'attributes of the message, JSON text',
  },
] as const;

/** The tables, and what each is partitioned and clustered by. */
const TABLES = {
  delivery_events: {
    about: 'What became of messages, as Customer.io reports it; an event may stand here twice: see the views',
    schema: bigQuerySchema('delivery_events'),
    partition: 'timestamp',
    clustering: ['object_type', 'metric', 'delivery_id'],
    keep: 'eventDays',
  },
  quarantine: {
    about: 'Signed requests that are no delivery event, byte for byte',
    schema: bigQuerySchema('quarantine'),
    partition: 'received_at',
    clustering: ['reason'],
    keep: 'quarantineDays',
  },
  dead_letters: {
    about: 'Rows that BigQuery did not take; `cio-platform stream replay` puts them back',
    schema: DEAD_LETTERS,
    partition: 'publish_time',
    clustering: undefined,
    keep: 'quarantineDays',
  },
} as const;

/** A table of the warehouse. */
export type WarehouseTable = keyof typeof TABLES;

const readView = (name: WarehouseViewName): string => {
  const files = VIEWS_FOLDERS.map((folder) => `${packageRoot()}/${folder}/${name}.sql`);
  const file = files.find((path) => existsSync(path));
  if (file === undefined)
    throw new Error(`no query of the view ${name} in ${files.join(' or ')}; run npm run build`);
  return readFileSync(file, 'utf8');
};

/** Known at synth, so that the views' queries are plain text. */
const datasetIdOf = ({ props, names }: Context): string =>
  props.warehouse?.datasetProps?.datasetId ?? names.dataset;

/** The warehouse in BigQuery: a dataset, its tables, and views that analysts read. */
export class Warehouse extends Construct {
  /** The dataset that was made here. */
  readonly dataset: BigqueryDataset | undefined;
  readonly tables: ReadonlyMap<WarehouseTable, BigqueryTable>;
  readonly views: ReadonlyMap<WarehouseViewName, BigqueryTable>;
  readonly datasetId: string;
  readonly #context: Context;

  constructor(scope: Construct, id: string, context: Context, encryption: Encryption | undefined) {
    super(scope, id);
    this.#context = context;
    const { existingDataset } = context.props.warehouse ?? {};
    const key = encryption?.keyFor('bigquery');
    this.dataset = existingDataset === undefined ? this.#newDataset(key) : undefined;
    this.datasetId = existingDataset ?? datasetIdOf(context);
    const names = Object.keys(TABLES) as WarehouseTable[];
    this.tables = new Map(names.map((name) => [name, this.#newTable(name, key)]));
    const views = Object.keys(WAREHOUSE_VIEWS) as WarehouseViewName[];
    this.views = new Map(views.map((name) => [name, this.#newView(name)]));
  }

  /** The table's name as a BigQuery subscription takes it. */
  fullName(table: WarehouseTable): string {
    return `${this.#context.props.project}.${this.datasetId}.${table}`;
  }

  /** Lets Pub/Sub's agent write into a table; returns what must be there before a subscription does. */
  writtenBy(agent: string, table: WarehouseTable): readonly ITerraformDependable[] {
    return [
      this.#newGrant(`${table}-editor`, table, {
        agent,
        role: 'roles/bigquery.dataEditor',
        reason: `writes rows into ${table}`,
      }),
      this.#newGrant(`${table}-metadata`, table, {
        agent,
        role: 'roles/bigquery.metadataViewer',
        reason: `reads the columns of ${table}`,
      }),
    ];
  }

  #table(table: WarehouseTable): BigqueryTable {
    const found = this.tables.get(table);
    if (found === undefined) throw new Error(`no table ${table}`);
    return found;
  }

  #newDataset(key: ReturnType<Encryption['keyFor']> | undefined): BigqueryDataset {
    const { props, names, labels, kept, preventDestroy } = this.#context;
    const { location } = props.warehouse?.datasetProps ?? {};
    const residence = key === undefined ? props.customerIoRegion.toUpperCase() : props.location;
    return new BigqueryDataset(this, 'dataset', {
      project: props.project,
      datasetId: datasetIdOf(this.#context),
      location: location ?? residence,
      friendlyName: names.base,
      description: 'What became of the messages that Customer.io sent',
      labels,
      access: datasetAccess(props.warehouse),
      deleteContentsOnDestroy: !preventDestroy,
      lifecycle: kept,
      ...(key && { defaultEncryptionConfiguration: { kmsKeyName: key.name }, dependsOn: [key.ready] }),
    });
  }

  #newTable(name: WarehouseTable, key: ReturnType<Encryption['keyFor']> | undefined): BigqueryTable {
    const { props, settings, labels, kept } = this.#context;
    const { about, schema, partition, clustering, keep } = TABLES[name];
    return new BigqueryTable(this, name, {
      project: props.project,
      datasetId: this.datasetId,
      tableId: name,
      description: about,
      schema: JSON.stringify(schema),
      timePartitioning: { type: 'DAY', field: partition, expirationMs: settings.warehouse[keep] * DAY_MS },
      requirePartitionFilter: true,
      ...(clustering && { clustering: [...clustering] }),
      labels,
      deletionProtection: settings.deletionProtection,
      lifecycle: kept,
      ...(key && { encryptionConfiguration: { kmsKeyName: key.name } }),
      dependsOn: [...(this.dataset ? [this.dataset] : []), ...(key ? [key.ready] : [])],
    });
  }

  #newView(name: WarehouseViewName): BigqueryTable {
    const { props, labels } = this.#context;
    const text = readView(name);
    return new BigqueryTable(this, `${name}-view`, {
      project: props.project,
      datasetId: this.datasetId,
      tableId: name,
      description: WAREHOUSE_VIEWS[name].about,
      view: { query: viewQuery(text, `${props.project}.${this.datasetId}`), useLegacySql: false },
      labels,
      // A view holds nothing: it may be made anew whenever its query changes.
      deletionProtection: false,
      dependsOn: [...this.tables.values()],
    });
  }

  #newGrant(
    id: string,
    table: WarehouseTable,
    { agent, role, reason }: { readonly agent: string; readonly role: string; readonly reason: string },
  ): BigqueryTableIamMember {
    const { project } = this.#context.props;
    const grant = new BigqueryTableIamMember(this, id, {
      project,
      datasetId: this.datasetId,
      tableId: this.#table(table).tableId,
      role,
      member: agent,
      lifecycle: AFTER_ITS_USERS,
    });
    return because(grant, reason);
  }
}

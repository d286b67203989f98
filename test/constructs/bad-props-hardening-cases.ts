const DIGEST = `sha256:${'a'.repeat(64)}`;
const access = (more: object): object => ({ warehouse: more });
const hardened = (runtime: object): object => ({ hardened: true, runtime });

/** Fragments of bad props and what is said of each: who has access, what is logged, and what `hardened` needs. */
export const BAD_HARDENING: readonly (readonly [string, object, string])[] = [
  ['everybody as reader', access({ readers: ['allUsers'] }), 'warehouse.readers[0] must be a member'],
  ['reader of no kind', access({ readers: ['ada@acme.example'] }), 'warehouse.readers[0] must be a member'],
  [
    'project’s viewers as readers',
    access({ readers: ['projectViewer:acme'] }),
    'warehouse.readers[0] must be a member',
  ],
  [
    'reader that BigQuery spells otherwise',
    access({ readers: ['group:Analysts@acme.example'] }),
    'warehouse.readers[0] must be in lower case',
  ],
  ['no owners', access({ owners: [] }), 'warehouse.owners must be a list of at least one'],
  ['owners of text', access({ owners: 'user:ada@acme.example' }), 'warehouse.owners must be a list'],
  [
    'reader twice',
    access({ readers: ['domain:acme.example', 'domain:acme.example'] }),
    'warehouse.readers[1] must not be given twice',
  ],
  [
    'readers of a dataset that exists',
    access({ existingDataset: 'marketing', readers: ['domain:acme.example'] }),
    'warehouse.readers must not be given together with warehouse.existingDataset',
  ],
  [
    'owners of a dataset that exists',
    access({ existingDataset: 'marketing', owners: ['user:ada@acme.example'] }),
    'warehouse.owners must not be given together with warehouse.existingDataset',
  ],
  [
    'authorized views of a dataset that exists',
    access({ existingDataset: 'marketing', authorizedViews: ['acme.a.b'] }),
    'warehouse.authorizedViews must not be given together with warehouse.existingDataset',
  ],
  ['view', access({ authorizedViews: ['marketing.opens'] }), 'warehouse.authorizedViews[0] must be a view'],
  ['hardened', { hardened: 'yes' }, 'hardened must be true or false, got "yes"'],
  ['hardened without a digest', { hardened: true }, 'runtime.nodeImage must be given by digest'],
  [
    'hardened with a Node image by tag',
    hardened({ nodeImage: 'docker.io/library/node:24.1.0' }),
    'runtime.nodeImage must be given by digest',
  ],
  [
    'hardened with an image by tag',
    hardened({ image: 'gcr.io/acme/cio:1.2.3' }),
    'runtime.image must be given by digest',
  ],
  ['hardened with no image', hardened({ image: 'cio' }), 'runtime.image must be an image by digest'],
  [
    'image without a tag',
    { runtime: { image: 'gcr.io/acme/cio' } },
    'runtime.image must be an image by digest',
  ],
  [
    'image by a tag that names no version',
    { runtime: { image: `gcr.io/acme/cio:latest@${DIGEST}` } },
    'runtime.image must be an image by digest',
  ],
  ['audit logs', { auditLogs: ['bigquery.googleapis.com'] }, 'auditLogs must be an object'],
  [
    'service of audit logs',
    { auditLogs: { bigquery: ['DATA_READ'] } },
    'auditLogs, the key bigquery must be a service, such as bigquery.googleapis.com',
  ],
  [
    'kind of audit logs',
    { auditLogs: { 'bigquery.googleapis.com': ['ADMIN_WRITE'] } },
    'auditLogs.bigquery.googleapis.com[0] must be one of ADMIN_READ, DATA_READ, DATA_WRITE',
  ],
  [
    'no kind of audit logs',
    { auditLogs: { 'bigquery.googleapis.com': [] } },
    'auditLogs.bigquery.googleapis.com must be a list of at least one',
  ],
  [
    'protection of a key',
    { encryption: { keyProps: { protectionLevel: 'EXTERNAL' } } },
    'encryption.keyProps.protectionLevel must be one of SOFTWARE, HSM',
  ],
];

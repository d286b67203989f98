const prod = (kafka: object, more: object = {}): object => ({ environment: 'prod', kafka, ...more });

const CREDENTIALS = 'kafka.tls must not be false outside dev together with kafka.sasl';
const EVENTS = 'kafka.tls must not be false outside dev without network';

const readable = (mechanism: string): readonly [string, object, string] => [
  `${mechanism} without TLS`,
  prod({ tls: false, sasl: { mechanism } }),
  CREDENTIALS,
];
/** Fragments of props that are insecure together, and what is said of each. */
export const BAD_TOGETHER: readonly (readonly [string, object, string])[] = [
  ...['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'].map(readable),
  [
    'a token of one’s own without TLS',
    prod({ tls: false, sasl: { mechanism: 'oauthbearer', tokenUrl: 'https://login.acme.example/token' } }),
    CREDENTIALS,
  ],
  [
    'a password without TLS in a network',
    prod({ tls: false, sasl: { mechanism: 'plain' } }, { network: { vpcProps: {} } }),
    CREDENTIALS,
  ],
  [
    'a password without TLS in staging',
    { environment: 'staging', kafka: { tls: false, sasl: { mechanism: 'plain' } } },
    CREDENTIALS,
  ],
  [
    'a password without TLS in an environment of an unknown name',
    { environment: 'qa', kafka: { tls: false, sasl: { mechanism: 'plain' } } },
    CREDENTIALS,
  ],
  [
    'a password without TLS in dev with another preset',
    { preset: 'prod', kafka: { tls: false, sasl: { mechanism: 'plain' } } },
    CREDENTIALS,
  ],
  [
    'a password without TLS in prod with the preset of dev',
    prod({ tls: false, sasl: { mechanism: 'plain' } }, { preset: 'dev' }),
    CREDENTIALS,
  ],
  ['events without TLS over the internet', prod({ tls: false }), EVENTS],
  ['TLS as a text', prod({ tls: 'false', sasl: { mechanism: 'plain' } }), 'kafka.tls must be true or false'],
];

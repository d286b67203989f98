import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const STORE_PASSWORD = 'of-a-test-keystore';
const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const SECURITY = 'org.apache.kafka.common.security';
const UNSECURED_TOKENS = `${SECURITY}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`;

/** A SCRAM mechanism; the broker knows passwords for each. */
export type ScramMechanism = (typeof SCRAM)[number];

/** Who may log in at the secured listener, with PLAIN and both kinds of SCRAM. */
export const SASL_USER = { username: 'platform', password: 'of-a-test-user' } as const;

/** How long a session of SCRAM-SHA-256 and of OAUTHBEARER lasts, in milliseconds; those of the others have no end. */
export const SESSION_MS = 3_000;

/** Broker properties for a listener `SECURED` with TLS and SASL, and the certificate authority a client must trust. */
export interface SecuredListener {
  readonly properties: Readonly<Record<string, string>>;
  /** What a broker's data is formatted with, so that it knows its users. */
  readonly users: readonly string[];
  readonly ca: string;
}

/**
 * Makes in a folder, by Java's own tool, a private authority and a certificate of it for 127.0.0.1. The listener takes PLAIN,
 * SCRAM-SHA-256, SCRAM-SHA-512, and by OAUTHBEARER any token that is in date, signed or not.
 */
export const securedListener = async (folder: string): Promise<SecuredListener> => {
  const keystore = path.join(folder, 'broker.p12');
  const ca = await certify(folder, keystore);
  const { username, password } = SASL_USER;
  const mechanism = (name: string) => `listener.name.secured.${name}`;
  return {
    ca,
    users: SCRAM.flatMap((name) => ['--add-scram', `${name}=[name=${username},password=${password}]`]),
    properties: {
      'listener.name.secured.sasl.enabled.mechanisms': ['PLAIN', ...SCRAM, 'OAUTHBEARER'].join(','),
      [`${mechanism('plain')}.sasl.jaas.config`]: `${SECURITY}.plain.PlainLoginModule required user_${username}="${password}";`,
      ...Object.fromEntries(
        SCRAM.map((name) => [
          `${mechanism(name.toLowerCase())}.sasl.jaas.config`,
          `${SECURITY}.scram.ScramLoginModule required;`,
        ]),
      ),
      [`${mechanism('scram-sha-256')}.connections.max.reauth.ms`]: String(SESSION_MS),
      [`${mechanism('oauthbearer')}.connections.max.reauth.ms`]: String(SESSION_MS),
      [`${mechanism('oauthbearer')}.sasl.server.callback.handler.class`]: UNSECURED_TOKENS,
      [`${mechanism('oauthbearer')}.sasl.jaas.config`]: `${SECURITY}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
      'ssl.keystore.location': keystore,
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.password': STORE_PASSWORD,
      'ssl.key.password': STORE_PASSWORD,
    },
  };
};

/**
 * Gives {@link SASL_USER} another password, by Kafka's own tool.
 *
 * @param classpath where Kafka's jars are
 * @param broker a listener without authentication
 */
export const setScramPassword = async (
  classpath: string,
  broker: string,
  change: { readonly mechanism: ScramMechanism; readonly password: string },
): Promise<void> => {
  const user = ['--entity-type', 'users', '--entity-name', SASL_USER.username];
  const config = ['--alter', '--add-config', `${change.mechanism}=[password=${change.password}]`];
  const java = ['-XX:TieredStopAtLevel=1', '-cp', classpath, 'kafka.admin.ConfigCommand'];
  await run('java', [...java, '--bootstrap-server', broker, ...user, ...config], { timeout: 30_000 });
};

/** Fills `keystore` with a key and its chain; the authority's certificate in PEM. */
async function certify(folder: string, keystore: string): Promise<string> {
  const storeOf = (file: string, alias: string) =>
    `-keystore ${file} -storetype PKCS12 -storepass ${STORE_PASSWORD} -alias ${alias}`.split(' ');
  const authority = storeOf(path.join(folder, 'authority.p12'), 'authority');
  const broker = storeOf(keystore, 'broker');
  const key = '-genkeypair -keyalg RSA -validity 2'.split(' ');
  await Promise.all([
    run('keytool', [...key, '-dname', 'CN=authority of a test', '-ext', 'bc:c', ...authority]),
    run('keytool', [...key, '-dname', 'CN=127.0.0.1', ...broker]),
  ]);
  const request = path.join(folder, 'broker.csr');
  const [{ stdout: ca }] = await Promise.all([
    run('keytool', ['-exportcert', '-rfc', ...authority]),
    run('keytool', ['-certreq', '-file', request, ...broker]),
  ]);
  const sign = ['-gencert', '-rfc', '-validity', '2', '-ext', 'san=ip:127.0.0.1', '-infile', request];
  const { stdout: certificate } = await run('keytool', [...sign, ...authority]);
  const chain = path.join(folder, 'broker.pem');
  await writeFile(chain, certificate + ca);
  await run('keytool', ['-importcert', '-noprompt', '-file', chain, ...broker]);
  return ca;
}

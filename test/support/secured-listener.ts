import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PASSWORD = 'of-a-test-keystore';

/** Who may log in at the secured listener. */
export const SASL_USER = { username: 'platform', password: 'of-a-test-user' } as const;

/** Broker properties for a listener `SECURED` with TLS and SASL plain, and the certificate a client must trust. */
export interface SecuredListener {
  readonly properties: Readonly<Record<string, string>>;
  readonly ca: string;
}

/** Makes a key and a certificate for 127.0.0.1 in a folder, by Java's own tool. */
export const securedListener = async (folder: string): Promise<SecuredListener> => {
  const keystore = path.join(folder, 'broker.p12');
  const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', PASSWORD, '-alias', 'broker'];
  const subject = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-validity', '2'];
  await run('keytool', ['-genkeypair', '-keyalg', 'RSA', ...subject, ...store]);
  const { stdout: ca } = await run('keytool', ['-exportcert', '-rfc', ...store]);
  const { username, password } = SASL_USER;
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  return {
    ca,
    properties: {
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.secured.plain.sasl.jaas.config': `${login} user_${username}="${password}";`,
      'ssl.keystore.location': keystore,
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.password': PASSWORD,
      'ssl.key.password': PASSWORD,
    },
  };
};

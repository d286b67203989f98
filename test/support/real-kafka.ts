import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';

import { type ScramMechanism, securedListener, setScramPassword } from './secured-listener.ts';

const KAFKA_VERSION = '4.1.0';
const READY_WITHIN_MS = 40_000;
const ROOT = path.resolve(import.meta.dirname, '../../.real-servers');
const HOME = path.join(ROOT, `kafka-${KAFKA_VERSION}`);
const LIB = path.join(HOME, 'lib');
const CLASSPATH = `${LIB}/*`;

const run = promisify(execFile);

/** A listener with TLS of a private authority and SASL; see {@link securedListener}. */
export interface Secured {
  readonly brokers: readonly string[];
  readonly ca: string;
  /** Gives the user another password; the one before is refused from then on. */
  setPassword(mechanism: ScramMechanism, password: string): Promise<void>;
}

/** A Kafka broker for a test file. Signals and restarts are there only for one that the file started. */
export interface RealKafka {
  readonly brokers: readonly string[];
  /** A second listener; only at a broker that {@link realKafka} started. */
  readonly secured?: Secured;
  /** True when {@link realKafka} started it: only then may it be killed, paused or restarted. */
  readonly own: boolean;
  /** Ends it at once, as a crash does; the data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data, and waits until it answers. */
  restart(): Promise<void>;
  /** Freezes the process: connections stay open, nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/**
 * Why no real Kafka can be had here; undefined when one can. A suite is skipped by name with this reason.
 *
 * @example
 * const reason = whyNoRealKafka();
 * (reason === undefined ? describe : describe.skip)(`on a real Kafka${reason === undefined ? '' : `: ${reason}`}`, …);
 */
export function whyNoRealKafka(): string | undefined {
  if (process.env['KAFKA_BROKERS'] !== undefined) return undefined;
  const missing = (existsSync(LIB) ? ['java'] : ['java', 'mvn']).filter(
    (command) => spawnSync(command, ['-version'], { stdio: 'ignore' }).status !== 0,
  );
  return missing.length === 0 ? undefined : `skipped, no ${missing.join(' and ')} here and no KAFKA_BROKERS`;
}

/** The broker at `KAFKA_BROKERS`, else one of the file's own on free ports. Stop it when the file's tests are done. */
export async function realKafka(): Promise<RealKafka> {
  const given = process.env['KAFKA_BROKERS'];
  return given === undefined ? OwnKafka.start() : givenKafka(given.split(','));
}

function givenKafka(brokers: readonly string[]): RealKafka {
  const refuse = (): never => {
    throw new Error('the broker at KAFKA_BROKERS is not this suite’s to kill');
  };
  return {
    brokers,
    own: false,
    kill: async () => refuse(),
    restart: async () => refuse(),
    pause: refuse,
    resume: refuse,
    stop: async () => undefined,
  };
}

class OwnKafka implements RealKafka {
  readonly own = true;
  readonly brokers: readonly string[];
  readonly #directory: string;
  readonly secured: Secured;
  #process: ChildProcess | undefined;

  private constructor(
    directory: string,
    port: number,
    secured: { readonly port: number; readonly ca: string },
  ) {
    this.#directory = directory;
    const plaintext = `127.0.0.1:${port}`;
    this.brokers = [plaintext];
    this.secured = {
      brokers: [`127.0.0.1:${secured.port}`],
      ca: secured.ca,
      setPassword: (mechanism, password) => setScramPassword(CLASSPATH, plaintext, { mechanism, password }),
    };
  }

  static async start(): Promise<OwnKafka> {
    await fetchJars();
    const directory = path.join(ROOT, 'data', randomUUID());
    await mkdir(directory, { recursive: true });
    const [port, controllerPort, securedPort] = await freePorts();
    const { ca, users, properties: secured } = await securedListener(directory);
    const text = properties({ directory, port, controllerPort, securedPort, secured });
    await writeFile(path.join(directory, 'server.properties'), text);
    await writeFile(path.join(directory, 'log4j2.properties'), LOG_SETTINGS);
    const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
    const format = ['format', '-t', clusterId, '-c', path.join(directory, 'server.properties'), ...users];
    await run('java', ['-cp', CLASSPATH, 'kafka.tools.StorageTool', ...format]);
    const kafka = new OwnKafka(directory, port, { port: securedPort, ca });
    await kafka.restart();
    return kafka;
  }

  async restart(): Promise<void> {
    await this.kill();
    const log = await open(path.join(this.#directory, 'broker.log'), 'a');
    const settings = `-Dlog4j2.configurationFile=${path.join(this.#directory, 'log4j2.properties')}`;
    const main = ['kafka.Kafka', path.join(this.#directory, 'server.properties')];
    this.#process = spawn(
      'java',
      ['-Xmx768m', '-XX:TieredStopAtLevel=1', settings, '-cp', CLASSPATH, ...main],
      {
        stdio: ['ignore', log.fd, log.fd],
      },
    );
    await log.close();
    await this.#ready();
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  }

  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    const until = Date.now() + READY_WITHIN_MS;
    while (!(await answers(this.brokers))) {
      const log = path.join(this.#directory, 'broker.log');
      if (this.#process?.exitCode !== null) throw new Error(`the Kafka broker ended by itself, see ${log}`);
      if (Date.now() > until)
        throw new Error(`no answer of the Kafka broker in ${READY_WITHIN_MS} ms, see ${log}`);
      await delay(200);
    }
  }
}

async function answers(brokers: readonly string[]): Promise<boolean> {
  const admin = new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 500,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    return cluster.brokers.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}

/** Fetches Kafka's jars once; a fetch that was interrupted leaves no `lib` behind. */
async function fetchJars(): Promise<void> {
  if (existsSync(LIB)) return;
  const fetched = path.join(HOME, `lib.${process.pid}`);
  await mkdir(HOME, { recursive: true });
  await writeFile(path.join(HOME, 'pom.xml'), POM);
  await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${fetched}`], {
    cwd: HOME,
  });
  await rename(fetched, LIB);
}

async function freePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [ports[0] ?? 0, ports[1] ?? 0, ports[2] ?? 0];
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>real-kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.24.3</version>
    </dependency>
  </dependencies>
</project>
`;

const LOG_SETTINGS = `rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c %m%n
`;

const properties = (broker: {
  readonly directory: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly securedPort: number;
  readonly secured: Readonly<Record<string, string>>;
}): string =>
  Object.entries({
    ...broker.secured,
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${broker.controllerPort}`,
    listeners: [
      `PLAINTEXT://127.0.0.1:${broker.port}`,
      `SECURED://127.0.0.1:${broker.securedPort}`,
      `CONTROLLER://127.0.0.1:${broker.controllerPort}`,
    ].join(','),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL',
    'log.dirs': path.join(broker.directory, 'log'),
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    // A broker that was killed and comes back is refused until its old session is over.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { installedOnce, works } from './installed-once.ts';
import { pythonEnvironment, pythonIsMissing } from './python-environment.ts';

const SOURCES = path.resolve(import.meta.dirname, 'sdks');
const ROOT = path.resolve(import.meta.dirname, '../../.real-servers/sdks');

const run = promisify(execFile);

/** A published SDK, as its users install it. */
export interface RealSdk {
  readonly name: string;
  /** Why it cannot be had here; undefined when it can. A test is skipped by name with this reason. */
  readonly missing: () => string | undefined;
  /** Installs it where it is not installed yet; gives the command to which host, write key and number of events are appended. */
  readonly install: () => Promise<readonly string[]>;
  /** What else may be appended. */
  readonly options: readonly string[];
}

/** A name that changes with the content of these sources. */
const named = (name: string, ...files: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(path.join(SOURCES, file)));
  return `${name}-${hash.digest('hex').slice(0, 16)}`;
};

/** A package of Python in a virtual environment of its own. */
const pythonSdk = (distribution: string, version: string, module: string): RealSdk => ({
  name: `${distribution} ${version}`,
  missing: pythonIsMissing,
  install: async () => [
    await pythonEnvironment(ROOT, distribution, version),
    path.join(SOURCES, 'send.py'),
    module,
  ],
  options: ['gzip'],
});

const JAVA: RealSdk = {
  name: 'com.segment.analytics.java 3.5.2',
  missing: () => (works('javac', '-version') && works('mvn', '-v') ? undefined : 'no javac and mvn here'),
  install: async () => {
    const sources = path.join(SOURCES, 'java');
    const folder = await installedOnce(
      ROOT,
      named('java', 'java/pom.xml', 'java/Send.java'),
      async (unfinished) => {
        const copy = ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${unfinished}`];
        await run('mvn', copy, { cwd: sources });
        await run('javac', ['-cp', `${unfinished}/*`, '-d', unfinished, path.join(sources, 'Send.java')]);
      },
    );
    return ['java', '-cp', `${folder}:${folder}/*`, 'Send'];
  },
  options: [],
};

const GO: RealSdk = {
  name: 'analytics-go 3.3.0',
  missing: () => (works('go', 'version') ? undefined : 'no go here'),
  install: async () => [
    await installedOnce(ROOT, named('go', 'go/main.go', 'go/go.mod', 'go/go.sum'), async (unfinished) => {
      await run('go', ['build', '-mod=readonly', '-o', unfinished, '.'], { cwd: path.join(SOURCES, 'go') });
    }),
  ],
  options: [],
};

const segmentPython = (version: string): RealSdk =>
  pythonSdk('segment-analytics-python', version, 'segment.analytics');

/** SDKs of servers that differ in where they put the write key. */
export const REAL_SDKS: readonly RealSdk[] = [
  ...['2.2.3', '2.3.2', '2.3.6', '2.4.0'].map(segmentPython),
  pythonSdk('customerio-cdp-analytics', '1.1.0', 'customerio.analytics'),
  JAVA,
  GO,
];

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { NODE_FLAGS } from '../../app/contract/node-flags.ts';
import { ROLES, type Role } from '../../app/contract/roles.ts';
import { NODE_IMAGE } from '../../constructs/bundle/base-image.ts';
import { buildRole } from '../../constructs/bundle/build-role.ts';
import { PREBUILT_FOLDER, writePrebuilt } from '../../constructs/bundle/prebuilt-role.ts';
import { newFolder, ROOT } from './bundle-world.ts';

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const lines = textOf('Dockerfile')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const instructions = lines.map((line): Instruction => {
  const [, word = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
  return { word, rest };
});

/** The instructions of each stage, its FROM first; what stands before the first FROM is stage 0. */
const stages: Instruction[][] = [[]];
for (const instruction of instructions) {
  if (instruction.word === 'FROM') stages.push([]);
  stages.at(-1)?.push(instruction);
}
const [head = [], build = [], runtime = []] = stages;

const restsOf = (stage: readonly Instruction[], word: string): string[] =>
  stage.filter((instruction) => instruction.word === word).map(({ rest }) => rest);

describe('the Dockerfile', () => {
  it('has nothing but instructions that are known here', () => {
    const known = ['ARG', 'FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'EXPOSE', 'CMD'];
    expect(instructions.filter(({ word }) => !known.includes(word))).toEqual([]);
  });

  it('builds in one stage and runs in another, both on the base that the argument names', () => {
    expect(restsOf(head, 'ARG')).toEqual([`NODE_IMAGE=${NODE_IMAGE}`]);
    const base = /^\$\{NODE_IMAGE\} AS (\w+)$/;
    const names = stages.slice(1).map(([from]) => base.exec(from?.rest ?? '')?.[1]);
    expect(names).toEqual(['build', 'runtime']);
  });

  it('rests on the exact Node of this repository', () => {
    const { optionalDependencies } = JSON.parse(textOf('tools/node24/package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    const [version = ''] = Object.values(optionalDependencies);
    expect(NODE_IMAGE).toBe(`docker.io/library/node:${version}-bookworm-slim`);
  });

  it('runs as a user that is not root, as the last word of its stage on that', () => {
    expect(restsOf(runtime, 'USER')).toEqual(['1000:1000']);
  });

  it('copies only what exists and what the .dockerignore lets through', () => {
    const allowed = textOf('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const sources = restsOf(build, 'COPY').flatMap((rest) => rest.split(' ').slice(0, -1));
    expect(sources.length).toBeGreaterThan(6);
    for (const source of sources) {
      expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
      expect([source, allowed.includes(source.split('/')[0] ?? '')]).toEqual([source, true]);
    }
  });

  it('installs by the lock file and builds by the script of the package', () => {
    expect(restsOf(build, 'RUN')).toEqual(['npm ci --no-progress', 'npm run build']);
    const { scripts, workspaces } = JSON.parse(textOf('package.json')) as {
      scripts: Record<string, string>;
      workspaces: string[];
    };
    expect(scripts['build']).toMatch(/ tools\/build\.ts$/);
    const copied = restsOf(build, 'COPY').join(' ');
    for (const workspace of workspaces) expect(copied).toContain(`${workspace}/package.json`);
  });

  it('runs what the build put there, under the name that a container asks for', () => {
    expect(restsOf(runtime, 'COPY')).toEqual([`--from=build /source/${PREBUILT_FOLDER}/ /bundles/`]);
    expect(restsOf(build, 'WORKDIR')).toEqual(['/source']);
    const [node, ...args] = JSON.parse(restsOf(runtime, 'CMD')[0] ?? '[]') as string[];
    const role = /^\/bundles\/([a-z-]+)\.mjs$/.exec(args.at(-1) ?? '')?.[1] as Role;
    expect(Object.keys(ROLES)).toContain(role);
    expect([node, ...args]).toEqual(['node', ...NODE_FLAGS[role], `/bundles/${role}.mjs`]);
  });

  it.each(Object.keys(ROLES) as Role[])('has an entry point for %s, which the build writes', (role) => {
    const folder = newFolder();
    writePrebuilt(folder, role, buildRole(ROOT, role));
    const files = readdirSync(join(folder, PREBUILT_FOLDER)).sort();
    expect(files).toEqual([`${role}.mjs`, `${role}.mjs.map`]);
    const checked = spawnSync(process.execPath, ['--check', join(folder, PREBUILT_FOLDER, `${role}.mjs`)]);
    expect(checked.status).toBe(0);
  });
});
